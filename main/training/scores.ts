// A run's scores from its test predictions.
import type { RunDetail } from '../../shared/contract/schemas.ts';
import {
  accuracy,
  confusionBySpeaker,
  confusionMatrix,
  recallByLabel,
  speakerIntervals,
  uar,
  type TestResults,
} from '../../shared/metrics/metrics.ts';
import type { RunScores, StoredPrediction } from '../store/runs.ts';

/**
 * The predictions that count: those of folds that went to their end. Where a cancel left none, those of the
 * cancelled folds, so that what was kept has a score.
 */
export function countedPredictions(predictions: readonly StoredPrediction[]): StoredPrediction[] {
  const done = predictions.filter(({ foldState }) => foldState === 'done');
  return done.length > 0 ? done : predictions.filter(({ foldState }) => foldState === 'cancelled');
}

function results(predictions: readonly StoredPrediction[]): TestResults {
  return {
    truth: predictions.map(({ label }) => label),
    predicted: predictions.map(({ predicted }) => predicted),
    speakers: predictions.map(({ speaker }) => speaker),
  };
}

/** Scores pooled over all counted test clips, with intervals by speaker. */
export function scoreRun(predictions: readonly StoredPrediction[], labels: number, seed: number): RunScores {
  const pooled = results(countedPredictions(predictions));
  const confusion = confusionMatrix(pooled.truth, pooled.predicted, labels);
  const intervals = speakerIntervals(pooled, labels, seed);
  return {
    accuracy: accuracy(confusion),
    accuracyInterval: intervals.accuracy,
    uar: uar(confusion),
    uarInterval: intervals.uar,
  };
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

/** Confusion and recalls as a run's detail shows them. */
export function detailScores(
  predictions: readonly StoredPrediction[],
  labels: number,
): Pick<RunDetail, 'confusion' | 'recallByLabel' | 'recallBySpeaker'> {
  const counted = countedPredictions(predictions);
  const pooled = results(counted);
  const confusion = confusionMatrix(pooled.truth, pooled.predicted, labels);
  const bySpeaker = [...confusionBySpeaker(pooled, labels)].filter(([speaker]) => speaker !== null);
  return {
    confusion: counted.length > 0 ? confusion : null,
    recallByLabel: recallByLabel(confusion),
    recallBySpeaker: bySpeaker
      .map(([speaker, matrix]) => ({
        speaker: speaker!,
        clips: matrix.flat().reduce((total, clips) => total + clips, 0),
        uar: uar(matrix),
        recall: recallByLabel(matrix),
      }))
      .sort((a, b) => (a.speaker < b.speaker ? -1 : 1)),
  };
}

/** Index of the greatest value, the first of equals; as tf.argMax. */
export function argMax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
