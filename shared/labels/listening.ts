// Listening tests: drawing a stratified blind sample, a rater's order, the scores of answers.
import { clusterIntervals, type Interval95 } from '../metrics/bootstrap.ts';
import { accuracy, type Confusion, confusionMatrix, recallByLabel, uar } from '../metrics/metrics.ts';
import { createRandom, shuffle, type Random } from '../metrics/random.ts';

/**
 * Draws up to `count` items, as evenly as can be over the first level's groups (labels, say), within each of them over
 * the second's, and so on: a round takes one from each group that has some left, in an order of its own. Depends on
 * the items, their groups and the seed alone.
 * @param levels each the name of an item's group; none: any item as likely as another
 */
export function stratifiedSample<T>(
  items: readonly T[],
  levels: readonly ((item: T) => string)[],
  count: number,
  seed: number,
): T[] {
  return interleaved(items, levels, createRandom(seed, 'listening-sample')).slice(0, count);
}

function interleaved<T>(items: readonly T[], levels: readonly ((item: T) => string)[], random: Random): T[] {
  const [groupOf, ...deeper] = levels;
  if (!groupOf) return shuffle([...items], random);
  const groups = [...Map.groupBy(items, groupOf)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => interleaved(group, deeper, random));
  const rounds = Math.max(0, ...groups.map((group) => group.length));
  return Array.from({ length: rounds }, (_, round) => {
    const left = groups.filter((group) => group.length > round);
    return shuffle(left, random).map((group) => group[round]!);
  }).flat();
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
 * recognised. Intervals by speaker as bootstrap.clusterIntervals has them, seeded by `seed`.
 * @throws RangeError for an answer whose right label is none of the labels
 */
export function scoreAnswers(
  answers: readonly Answer[],
  labels: readonly string[],
  seed: number,
): AnswerScore {
  const indexOf = new Map(labels.map((label, index) => [label, index]));
  const size = labels.length + 1;
  const confusionOf = (own: readonly Answer[]): Confusion =>
    confusionMatrix(
      own.map(({ label }) => indexOf.get(label) ?? -1),
      own.map(({ answer }) => indexOf.get(answer ?? '') ?? labels.length),
      size,
    );
  const whole = confusionOf(answers);
  const bySpeaker = Map.groupBy(answers, ({ speaker }) => speaker);
  const clusters = {
    tallies: [...bySpeaker.values()].map((own) => Float64Array.from(confusionOf(own).flat())),
    speakers: [...bySpeaker.keys()].filter((speaker) => speaker !== null).length,
    seed,
  };
  const [accuracyInterval, uarInterval] = clusterIntervals(clusters, (tally) => {
    const pooled = Array.from({ length: size }, (_, i) =>
      Array.from(tally.subarray(i * size, (i + 1) * size)),
    );
    return [accuracy(pooled), uar(pooled)];
  });
  const rows = whole.slice(0, labels.length);
  return {
    answers: answers.length,
    confusion: rows.map((row) => row.slice(0, labels.length)),
    unsure: rows.map((row) => row[labels.length]!),
    recallByLabel: recallByLabel(whole).slice(0, labels.length),
    accuracy: accuracy(whole),
    accuracyInterval: accuracyInterval!,
    uar: uar(whole),
    uarInterval: uarInterval!,
  };
}
