// Human recall from a table of hit rates: recall by label, and its mean with an interval by speaker.
import { BOOTSTRAP_RESAMPLES, MIN_SPEAKERS_FOR_INTERVAL, type Interval95 } from '../metrics/bootstrap.ts';
import { percentile } from '../metrics/metrics.ts';
import { createRandom } from '../metrics/random.ts';

/** A recording's hit rate. `recall`: share of listeners who heard its label, 0..1. */
export interface HitRate {
  readonly label: string;
  readonly speaker: string | null;
  readonly recall: number;
}

/** Mean hit rate of each label's recordings, 0..1, in order of first appearance. */
export function recallOfLabels(
  rates: readonly HitRate[],
): { label: string; clips: number; recall: number }[] {
  return [...Map.groupBy(rates, ({ label }) => label)].map(([label, rows]) => ({
    label,
    clips: rows.length,
    recall: rows.reduce((total, { recall }) => total + recall, 0) / rows.length,
  }));
}

/** Unweighted mean of the labels' recalls, 0..1. */
export function meanRecall(rates: readonly HitRate[]): number {
  const labels = recallOfLabels(rates);
  return labels.reduce((total, { recall }) => total + recall, 0) / labels.length;
}

/** 95 % interval of meanRecall, speakers drawn with replacement as in bootstrap.clusterIntervals; null below three. */
export function meanRecallInterval(rates: readonly HitRate[], seed: number): Interval95 {
  const clusters = [...Map.groupBy(rates, ({ speaker }) => speaker)];
  if (clusters.filter(([speaker]) => speaker !== null).length < MIN_SPEAKERS_FOR_INTERVAL) return null;
  const random = createRandom(seed, 'bootstrap');
  const means = Float64Array.from({ length: BOOTSTRAP_RESAMPLES }, () =>
    meanRecall(clusters.flatMap(() => clusters[random.integer(clusters.length)]![1])),
  ).sort();
  return [percentile(means, 0.025), percentile(means, 0.975)];
}
