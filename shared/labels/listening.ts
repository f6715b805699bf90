// Listening tests: drawing a stratified blind sample, a rater's order, the scores of answers.
import {
  accuracy,
  confusionMatrix,
  recallByLabel,
  speakerIntervals,
  uar,
  type Interval95,
} from '../metrics/metrics.ts';
import { createRandom, shuffle } from '../metrics/random.ts';

/**
 * Draws up to `count` items with as equal a number from every stratum as can be: a round takes one from each stratum
 * that has some left, in an order of its own. Depends on the items, their strata and the seed alone.
 */
export function stratifiedSample<T>(
  items: readonly T[],
  stratumOf: (item: T) => string,
  count: number,
  seed: number,
): T[] {
  const random = createRandom(seed, 'listening-sample');
  const groups = Map.groupBy(items, stratumOf);
  const strata = [...groups.keys()].sort().map((key) => shuffle([...groups.get(key)!], random));
  const sample: T[] = [];
  while (sample.length < count && strata.some((stratum) => stratum.length > 0)) {
    for (const stratum of shuffle([...strata], random)) {
      const item = stratum.pop();
      if (item !== undefined && sample.length < count) sample.push(item);
    }
  }
  return sample;
}

/** A rater's own order of a test's items: the same at every return to it, another for every rater. */
export function listeningOrder<T>(items: readonly T[], seed: number, rater: string): T[] {
  return shuffle([...items], createRandom(seed, `listening-order/${rater}`));
}

/** An answer beside what counts as right. `answer` null: unsure. */
export interface Answer {
  readonly label: string;
  readonly answer: string | null;
  readonly speaker: string | null;
}

/** Counts and shares of answers; arrays in the order of the labels, shares 0..1, null without answers. */
export interface AnswerScore {
  readonly answers: number;
  readonly confusion: number[][];
  readonly unsure: number[];
  readonly recallByLabel: (number | null)[];
  readonly accuracy: number | null;
  readonly accuracyInterval: Interval95;
  readonly uar: number | null;
  readonly uarInterval: Interval95;
}

/**
 * Scores answers: "unsure", and an answer that is none of the labels, is one more column, so it counts as not
 * recognised. Intervals by speaker as metrics.speakerIntervals has them, seeded by `seed`.
 * @throws RangeError for an answer whose right label is none of the labels
 */
export function scoreAnswers(
  answers: readonly Answer[],
  labels: readonly string[],
  seed: number,
): AnswerScore {
  const indexOf = new Map(labels.map((label, index) => [label, index]));
  const results = {
    truth: answers.map(({ label }) => indexOf.get(label) ?? -1),
    predicted: answers.map(({ answer }) => indexOf.get(answer ?? '') ?? labels.length),
    speakers: answers.map(({ speaker }) => speaker),
  };
  const whole = confusionMatrix(results.truth, results.predicted, labels.length + 1);
  const intervals = speakerIntervals(results, labels.length + 1, seed);
  const rows = whole.slice(0, labels.length);
  return {
    answers: answers.length,
    confusion: rows.map((row) => row.slice(0, labels.length)),
    unsure: rows.map((row) => row[labels.length]!),
    recallByLabel: recallByLabel(whole).slice(0, labels.length),
    accuracy: accuracy(whole),
    accuracyInterval: intervals.accuracy,
    uar: uar(whole),
    uarInterval: intervals.uar,
  };
}
