// Intervals by the cluster bootstrap: whole speakers are drawn, because clips of one voice are not independent.
import { accuracy, confusionOf, percentile, uar } from './metrics.ts';
import { createRandom } from './random.ts';

/** Ends of a 95 % interval; null where it is not estimable. */
export type Interval95 = [number, number] | null;

/** Resamples of a bootstrap interval. */
export const BOOTSTRAP_RESAMPLES = 2000;
/** With fewer test speakers an interval by speaker says nothing. */
export const MIN_SPEAKERS_FOR_INTERVAL = 3;
/** A figure that more than this share of the resamples cannot give has no interval. */
const MOST_UNDEFINED = 0.5;

export interface Clustered {
  /** What the figures are computed from, as sums over the clips of one speaker; all of one length. */
  readonly tallies: readonly Float64Array[];
  /** How many of the clusters are speakers; clips of nobody in particular may make one more, which is none. */
  readonly speakers: number;
  /** Position of that one's tally; absent, or -1, where there is none. */
  readonly nobody?: number;
  readonly seed: number;
  /** Name of the stream of random numbers. */
  readonly stream?: string;
  readonly resamples?: number;
}

/**
 * 95 % percentile intervals by the cluster bootstrap (Efron & Tibshirani 1993, ch. 13; Field & Welsh 2007). Each
 * resample draws as many clusters as there are, with replacement, and computes the figures from the sum of their
 * tallies; the ends are the 2.5th and the 97.5th percentile (linear interpolation) over the resamples in which the
 * figure is defined. A speaker has a part in a figure that is defined on their clips alone: in a label's recall one who
 * says that label. Deterministic for a seed.
 * @param figures the figures of a summed tally, always in the same number; null where one is not defined
 * @returns one interval a figure; null with fewer than three speakers that have a part in it, or where most resamples do not define it
 */
export function clusterIntervals(
  { tallies, speakers, nobody = -1, seed, stream = 'bootstrap', resamples = BOOTSTRAP_RESAMPLES }: Clustered,
  figures: (tally: Float64Array) => readonly (number | null)[],
): Interval95[] {
  const pooled = new Float64Array(tallies[0]?.length ?? 0);
  if (speakers < MIN_SPEAKERS_FOR_INTERVAL) return figures(pooled).map(() => null);
  const parts = speakersOf(tallies, nobody, figures);
  const random = createRandom(seed, stream);
  const values: number[][] = [];
  for (let r = 0; r < resamples; r++) {
    pooled.fill(0);
    for (let draw = 0; draw < tallies.length; draw++) {
      const tally = tallies[random.integer(tallies.length)]!;
      for (let i = 0; i < pooled.length; i++) pooled[i]! += tally[i]!;
    }
    figures(pooled).forEach((value, i) => {
      const list = (values[i] ??= []);
      if (value !== null) list.push(value);
    });
  }
  return values.map((list, i) =>
    parts[i]! < MIN_SPEAKERS_FOR_INTERVAL ? null : intervalOf(list, resamples),
  );
}

/** How many speakers have a part in each figure. */
function speakersOf(
  tallies: Clustered['tallies'],
  nobody: number,
  figures: (tally: Float64Array) => readonly (number | null)[],
): number[] {
  const parts: number[] = [];
  tallies.forEach((tally, at) => {
    if (at === nobody) return;
    figures(tally).forEach((value, i) => (parts[i] = (parts[i] ?? 0) + Number(value !== null)));
  });
  return parts;
}

/** Answers to score: labels as indices, position by position; a null speaker is nobody in particular. */
export interface ScoredAnswers {
  readonly truth: readonly number[];
  readonly predicted: readonly number[];
  readonly speakers: readonly (string | null)[];
}

/** 95 % intervals of accuracy and UAR by speaker. */
export function speakerIntervals(
  { truth, predicted, speakers }: ScoredAnswers,
  labels: number,
  seed: number,
): { accuracy: Interval95; uar: Interval95 } {
  const tallies = new Map<string | null, Float64Array>();
  truth.forEach((label, i) => {
    const speaker = speakers[i] ?? null;
    const tally = tallies.get(speaker) ?? new Float64Array(labels * labels);
    tally[label * labels + predicted[i]!]! += 1;
    tallies.set(speaker, tally);
  });
  const named = [...tallies.keys()].filter((speaker) => speaker !== null).length;
  const [ofAccuracy, ofUar] = clusterIntervals(
    { tallies: [...tallies.values()], speakers: named, nobody: [...tallies.keys()].indexOf(null), seed },
    (tally) => {
      const confusion = confusionOf(tally, labels);
      return [accuracy(confusion), uar(confusion)];
    },
  );
  return { accuracy: ofAccuracy ?? null, uar: ofUar ?? null };
}

function intervalOf(values: number[], resamples: number): Interval95 {
  if (values.length < resamples * (1 - MOST_UNDEFINED)) return null;
  const sorted = Float64Array.from(values).sort();
  return [percentile(sorted, 0.025), percentile(sorted, 0.975)];
}
