// Scores of a classifier: confusion matrix, accuracy, recall, UAR, and their intervals by speaker.
import { createRandom } from './random.ts';

/** Counts; rows are the true labels, columns the predicted ones, both in the order of the label list. */
export type Confusion = number[][];
/** Ends of a 95 % interval; null where it is not estimable. */
export type Interval95 = [number, number] | null;

/** Resamples of a bootstrap interval. */
export const BOOTSTRAP_RESAMPLES = 2000;
/** With fewer test speakers an interval by speaker says nothing. */
export const MIN_SPEAKERS_FOR_INTERVAL = 3;

/**
 * Counts how often a label was taken for another (sklearn.metrics.confusion_matrix).
 * @param truth label indices, 0 .. labelCount - 1
 * @param predicted label indices of the same length
 * @throws RangeError where lengths differ or an index is outside the labels
 */
export function confusionMatrix(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  labelCount: number,
): Confusion {
  if (truth.length !== predicted.length) throw new RangeError('truth and predicted differ in length');
  const matrix = Array.from({ length: labelCount }, () => new Array<number>(labelCount).fill(0));
  for (let i = 0; i < truth.length; i++) {
    const row = matrix[truth[i]!];
    const column = predicted[i]!;
    if (row?.[column] === undefined) throw new RangeError(`label index outside 0..${labelCount - 1}`);
    row[column]! += 1;
  }
  return matrix;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Share of clips whose label was recognised, 0..1 (sklearn.metrics.accuracy_score); null without clips. */
export function accuracy(confusion: Confusion): number | null {
  const clips = sum(confusion.map(sum));
  return clips === 0 ? null : sum(confusion.map((row, i) => row[i]!)) / clips;
}

/** Recall of each label, 0..1 (sklearn.metrics.recall_score, average=None); null for a label without test clips. */
export function recallByLabel(confusion: Confusion): (number | null)[] {
  return confusion.map((row, i) => {
    const clips = sum(row);
    return clips === 0 ? null : row[i]! / clips;
  });
}

/**
 * Unweighted average recall, 0..1: the mean of the labels' recalls over the labels that have test clips
 * (Schuller et al. 2009, the INTERSPEECH Emotion Challenge; sklearn.metrics.balanced_accuracy_score).
 * Null without clips.
 */
export function uar(confusion: Confusion): number | null {
  const recalls = recallByLabel(confusion).filter((recall) => recall !== null);
  return recalls.length === 0 ? null : sum(recalls) / recalls.length;
}

/** Results of test clips, one entry a clip. */
export interface TestResults {
  readonly truth: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
  /** Null where the corpus does not say who speaks. */
  readonly speakers: readonly (string | null)[];
}

/** One confusion matrix a speaker, in order of first appearance. */
export function confusionBySpeaker(results: TestResults, labelCount: number): Map<string | null, Confusion> {
  const members = new Map<string | null, number[]>();
  results.speakers.forEach((speaker, i) => {
    const list = members.get(speaker);
    if (list) list.push(i);
    else members.set(speaker, [i]);
  });
  const pick = (values: ArrayLike<number>, at: number[]): number[] => at.map((i) => values[i]!);
  return new Map(
    [...members].map(([speaker, at]) => [
      speaker,
      confusionMatrix(pick(results.truth, at), pick(results.predicted, at), labelCount),
    ]),
  );
}

/** Percentile of sorted values with linear interpolation, as numpy.percentile; share in 0..1. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  return low + (position - below) * ((sorted[Math.ceil(position)] ?? low) - low);
}

/**
 * 95 % percentile intervals of accuracy and UAR by the cluster bootstrap (Efron & Tibshirani 1993, ch. 13;
 * Field & Welsh 2007): speakers, not clips, are drawn with replacement, because clips of one voice are not
 * independent. A resample scores the pooled clips of the speakers drawn. Clips without a speaker count as one
 * cluster, which is not a speaker. Deterministic for a seed.
 * @returns null for both with fewer than three test speakers
 */
export function speakerIntervals(
  results: TestResults,
  labelCount: number,
  seed: number,
  resamples = BOOTSTRAP_RESAMPLES,
): { accuracy: Interval95; uar: Interval95 } {
  const bySpeaker = confusionBySpeaker(results, labelCount);
  const speakers = [...bySpeaker.keys()].filter((speaker) => speaker !== null).length;
  if (speakers < MIN_SPEAKERS_FOR_INTERVAL) return { accuracy: null, uar: null };
  const clusters = [...bySpeaker.values()].map((confusion) => Int32Array.from(confusion.flat()));
  const random = createRandom(seed, 'bootstrap');
  const accuracies = new Float64Array(resamples);
  const uars = new Float64Array(resamples);
  const pooled = new Int32Array(labelCount * labelCount);
  for (let r = 0; r < resamples; r++) {
    pooled.fill(0);
    for (let draw = 0; draw < clusters.length; draw++) {
      const cluster = clusters[random.integer(clusters.length)]!;
      for (let i = 0; i < pooled.length; i++) pooled[i]! += cluster[i]!;
    }
    const confusion = Array.from({ length: labelCount }, (_, i) =>
      Array.from(pooled.subarray(i * labelCount, (i + 1) * labelCount)),
    );
    accuracies[r] = accuracy(confusion)!;
    uars[r] = uar(confusion)!;
  }
  const interval = (values: Float64Array): Interval95 => {
    const sorted = values.slice().sort();
    return [percentile(sorted, 0.025), percentile(sorted, 0.975)];
  };
  return { accuracy: interval(accuracies), uar: interval(uars) };
}
