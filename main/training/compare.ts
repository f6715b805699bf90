// Two runs compared on the clips that both were tested on.
import type { Comparison } from '../../shared/contract/schemas.ts';
import { clusterIntervals } from '../../shared/metrics/bootstrap.ts';
import { accuracy, type Confusion, confusionOf, uar } from '../../shared/metrics/metrics.ts';
import { mcnemarExact } from '../../shared/metrics/paired.ts';
import type { StoredPrediction } from '../store/runs.ts';
import { bySpeaker, countedPredictions, estimates } from './scores.ts';

/** One side of a comparison. */
export interface ComparedRun {
  readonly runId: number;
  readonly labels: readonly string[];
  readonly predictions: readonly StoredPrediction[];
}

interface Pair {
  readonly clipId: number;
  readonly path: string;
  readonly speaker: string | null;
  readonly label: string;
  readonly a: string;
  readonly b: string;
}

/** Two runs on the test clips that both scored under the same label; intervals of b - a draw speakers, both runs at once. */
export function compareRuns(a: ComparedRun, b: ComparedRun, seed: number): Comparison {
  const own = countedPredictions(a.predictions);
  const other = new Map(countedPredictions(b.predictions).map((row) => [row.clipId, row]));
  const pairs: Pair[] = [];
  let relabelled = 0;
  let shared = 0;
  for (const row of own) {
    const match = other.get(row.clipId);
    if (!match) continue;
    shared += 1;
    const label = a.labels[row.label]!;
    if (b.labels[match.label] !== label) relabelled += 1;
    else
      pairs.push({
        clipId: row.clipId,
        path: row.path,
        speaker: row.speaker,
        label,
        a: a.labels[row.predicted]!,
        b: b.labels[match.predicted]!,
      });
  }
  const labels = [...new Set([...a.labels, ...b.labels])];
  const right = (one: 'a' | 'b', pair: Pair): boolean => pair[one] === pair.label;
  const count = (ofA: boolean, ofB: boolean): number =>
    pairs.filter((pair) => right('a', pair) === ofA && right('b', pair) === ofB).length;
  const [onlyARight, onlyBRight] = [count(true, false), count(false, true)];
  return {
    a: a.runId,
    b: b.runId,
    clips: pairs.length,
    onlyA: own.length - shared,
    onlyB: other.size - shared,
    relabelled,
    ...pairedScores(pairs, labels, seed),
    mcnemar: {
      bothRight: count(true, true),
      onlyARight,
      onlyBRight,
      bothWrong: count(false, false),
      pValue: mcnemarExact(onlyARight, onlyBRight),
    },
    changed: pairs.filter((pair) => pair.a !== pair.b),
  };
}

function pairedScores(
  pairs: readonly Pair[],
  labels: readonly string[],
  seed: number,
): Pick<Comparison, 'speakers' | 'accuracy' | 'uar'> {
  const many = labels.length;
  const index = new Map(labels.map((label, i) => [label, i]));
  const tally = (own: readonly Pair[]): Float64Array => {
    const sums = new Float64Array(2 * many * many);
    for (const pair of own) {
      const row = index.get(pair.label)! * many;
      sums[row + index.get(pair.a)!]! += 1;
      sums[many * many + row + index.get(pair.b)!]! += 1;
    }
    return sums;
  };
  const sides = (sums: Float64Array): [Confusion, Confusion] => [
    confusionOf(sums, many),
    confusionOf(sums, many, many * many),
  ];
  const differences = (sums: Float64Array): (number | null)[] => {
    const [ofA, ofB] = sides(sums);
    return [accuracy, uar].map((score) => {
      const [scoreA, scoreB] = [score(ofA), score(ofB)];
      return scoreA === null || scoreB === null ? null : scoreB - scoreA;
    });
  };
  const pooled = tally(pairs);
  const [ofA, ofB] = sides(pooled);
  const clusters = bySpeaker(pairs, tally);
  const intervals = clusterIntervals({ ...clusters, seed, stream: 'bootstrap/paired' }, differences);
  const [accuracyDifference, uarDifference] = estimates(differences(pooled), intervals);
  return {
    speakers: clusters.speakers,
    accuracy: { a: accuracy(ofA), b: accuracy(ofB), difference: accuracyDifference! },
    uar: { a: uar(ofA), b: uar(ofB), difference: uarDifference! },
  };
}
