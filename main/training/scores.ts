// A run's scores from its test predictions.
import type { Estimate, Scores, SexScore } from '../../shared/contract/schemas.ts';
import { clusterIntervals, type Interval95 } from '../../shared/metrics/bootstrap.ts';
import { binOf, expectedCalibrationError, RELIABILITY_BINS } from '../../shared/metrics/calibration.ts';
import {
  accuracy,
  confusionMatrix,
  confusionOf,
  f1ByLabel,
  macroF1,
  precisionByLabel,
  recallByLabel,
  uar,
} from '../../shared/metrics/metrics.ts';
import type { RunScores, StoredPrediction } from '../store/runs.ts';

/** What a score needs to know of a test clip; labels are indices. */
export type ScoredClip = Pick<StoredPrediction, 'speaker' | 'sex' | 'label' | 'predicted' | 'probabilities'>;

/**
 * The predictions that count: those of folds that went to their end. Where a cancel left none, those of the
 * cancelled folds, so that what was kept has a score.
 */
export function countedPredictions(predictions: readonly StoredPrediction[]): StoredPrediction[] {
  const done = predictions.filter(({ foldState }) => foldState === 'done');
  return done.length > 0 ? done : predictions.filter(({ foldState }) => foldState === 'cancelled');
}

/** Numbers a bin has in a tally: clips, sum of confidences, right answers. */
const BIN_SIZE = 3;

/** Sums over clips that every figure can be computed from: the confusion matrix row by row, then the bins. */
function tallyOf(clips: readonly ScoredClip[], labels: number): Float64Array {
  const tally = new Float64Array(labels * labels + RELIABILITY_BINS * BIN_SIZE);
  for (const { label, predicted, probabilities } of clips) {
    tally[label * labels + predicted]! += 1;
    const confidence = Math.min(1, probabilities[predicted]!);
    const bin = labels * labels + binOf(confidence) * BIN_SIZE;
    tally[bin]! += 1;
    tally[bin + 1]! += confidence;
    tally[bin + 2]! += label === predicted ? 1 : 0;
  }
  return tally;
}

function binsOf(
  tally: Float64Array,
  labels: number,
): { clips: number; confidence: number; correct: number }[] {
  return Array.from({ length: RELIABILITY_BINS }, (_, i) => {
    const at = labels * labels + i * BIN_SIZE;
    return { clips: tally[at]!, confidence: tally[at + 1]!, correct: tally[at + 2]! };
  });
}

/** One tally a speaker; clips of nobody in particular share one. */
export function bySpeaker<Clip extends { speaker: string | null }>(
  clips: readonly Clip[],
  tally: (clips: readonly Clip[]) => Float64Array,
): { tallies: Float64Array[]; speakers: number; nobody: number } {
  const groups = Map.groupBy(clips, ({ speaker }) => speaker);
  const nobody = [...groups.keys()].indexOf(null);
  return {
    tallies: [...groups.values()].map(tally),
    speakers: groups.size - Number(nobody !== -1),
    nobody,
  };
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** Every figure that has an interval, in one fixed order. */
function figuresOf(tally: Float64Array, labels: number): (number | null)[] {
  const confusion = confusionOf(tally, labels);
  const bins = binsOf(tally, labels);
  return [
    accuracy(confusion),
    uar(confusion),
    macroF1(confusion),
    expectedCalibrationError(bins),
    ...precisionByLabel(confusion),
    ...recallByLabel(confusion),
    ...f1ByLabel(confusion),
    ...bins.map(({ correct, clips }) => share(correct, clips)),
  ];
}

/** Pairs figures with their intervals; a figure that is not defined has none. */
export function estimates(values: readonly (number | null)[], intervals: readonly Interval95[]): Estimate[] {
  return values.map((value, i) => ({ value, interval: value === null ? null : intervals[i]! }));
}

/**
 * All scores of test clips, pooled, with intervals by speaker.
 * @param labels names of the labels, in the order of the clips' indices
 * @param seed of the bootstrap
 */
export function scoreClips(clips: readonly ScoredClip[], labels: readonly string[], seed: number): Scores {
  const many = labels.length;
  const pooled = tallyOf(clips, many);
  const clusters = bySpeaker(clips, (own) => tallyOf(own, many));
  const intervals = clusterIntervals({ ...clusters, seed }, (tally) => figuresOf(tally, many));
  const [accuracyOf, uarOf, macroF1Of, eceOf, ...rest] = estimates(figuresOf(pooled, many), intervals);
  const part = (index: number): Estimate[] => rest.slice(index * many, (index + 1) * many);
  const [precision, recall, f1] = [part(0), part(1), part(2)];
  const confusion = confusionOf(pooled, many);
  return {
    clips: clips.length,
    speakers: clusters.speakers,
    accuracy: accuracyOf!,
    uar: uarOf!,
    macroF1: macroF1Of!,
    ece: eceOf!,
    reliability: binsOf(pooled, many).map((bin, i) => ({
      from: i / RELIABILITY_BINS,
      to: (i + 1) / RELIABILITY_BINS,
      clips: bin.clips,
      confidence: share(bin.confidence, bin.clips),
      accuracy: rest[3 * many + i]!,
    })),
    confusion,
    byLabel: labels.map((label, i) => ({
      label,
      clips: confusion[i]!.reduce((total, count) => total + count, 0),
      predicted: confusion.reduce((total, row) => total + row[i]!, 0),
      precision: precision[i]!,
      recall: recall[i]!,
      f1: f1[i]!,
    })),
    bySpeaker: speakerScores(clips, many),
    bySex: (['female', 'male'] as const).flatMap((sex) => sexScores(clips, sex, many, seed)),
  };
}

function speakerScores(clips: readonly ScoredClip[], labels: number): Scores['bySpeaker'] {
  const named = clips.flatMap((clip) => (clip.speaker === null ? [] : [{ ...clip, speaker: clip.speaker }]));
  return [...Map.groupBy(named, ({ speaker }) => speaker)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([speaker, own]) => {
      const confusion = confusionOf(tallyOf(own, labels), labels);
      return {
        speaker,
        sex: own[0]!.sex,
        clips: own.length,
        accuracy: accuracy(confusion),
        uar: uar(confusion),
        recall: recallByLabel(confusion),
      };
    });
}

function sexScores(
  clips: readonly ScoredClip[],
  sex: 'female' | 'male',
  labels: number,
  seed: number,
): SexScore[] {
  const own = clips.filter((clip) => clip.sex === sex);
  if (own.length === 0) return [];
  const figures = (tally: Float64Array): (number | null)[] => {
    const confusion = confusionOf(tally, labels);
    return [accuracy(confusion), uar(confusion), ...recallByLabel(confusion)];
  };
  const clusters = bySpeaker(own, (some) => tallyOf(some, labels));
  const intervals = clusterIntervals({ ...clusters, seed, stream: `bootstrap/${sex}` }, figures);
  const [accuracyOf, uarOf, ...recall] = estimates(figures(tallyOf(own, labels)), intervals);
  return [
    { sex, speakers: clusters.speakers, clips: own.length, accuracy: accuracyOf!, uar: uarOf!, recall },
  ];
}

/** The scores that stand with a run in a list, pooled over all counted test clips. */
export function summaryScores(scores: Scores | null): RunScores {
  return {
    accuracy: scores?.accuracy.value ?? null,
    accuracyInterval: scores?.accuracy.interval ?? null,
    uar: scores?.uar.value ?? null,
    uarInterval: scores?.uar.interval ?? null,
  };
}

/** Scores of a run's counted predictions; null where there are none. */
export function scoreRun(
  predictions: readonly StoredPrediction[],
  labels: readonly string[],
  seed: number,
): Scores | null {
  const counted = countedPredictions(predictions);
  return counted.length === 0 ? null : scoreClips(counted, labels, seed);
}

/** Accuracy and UAR of one fold. */
export function scoreFold(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  labels: number,
): { accuracy: number | null; uar: number | null } {
  const confusion = confusionMatrix(truth, predicted, labels);
  return { accuracy: accuracy(confusion), uar: uar(confusion) };
}
