// Scores, their intervals and the comparison of two runs beside scikit-learn, SciPy and stated formulas.
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import type { Estimate } from '../../shared/contract/schemas.ts';
import { mcnemarExact } from '../../shared/metrics/paired.ts';
import { balancedWeights } from '../../main/training/class-weights.ts';
import { compareRuns } from '../../main/training/compare.ts';
import { scoreClips } from '../../main/training/scores.ts';
import type { StoredPrediction } from '../../main/store/runs.ts';

const DIGITS = 9;

type Ends = [number, number] | null;

interface GoldenCase {
  readonly name: string;
  readonly seed: number;
  readonly labels: number;
  readonly truth: number[];
  readonly speakers: (string | null)[];
  readonly probabilities1024: number[][];
  readonly predicted: number[];
  readonly other: number[];
  readonly expected: {
    readonly order: string[];
    readonly values: (number | null)[];
    readonly intervals: Ends[];
    readonly confusion: number[][];
    readonly classWeights: number[];
    readonly presentLabels: number[];
  };
  readonly paired: {
    readonly differences: number[];
    readonly intervals: Ends[] | null;
    readonly onlyA: number;
    readonly onlyB: number;
    readonly pValue: number;
  };
}

const golden = JSON.parse(readFileSync(new URL('scores.json', import.meta.url), 'utf8')) as {
  cases: GoldenCase[];
  mcnemar: { onlyA: number; onlyB: number; pValue: number }[];
};

function predictions(of: GoldenCase, predicted: readonly number[]): StoredPrediction[] {
  return of.truth.map((label, i) => ({
    clipId: i + 1,
    corpusId: 1,
    path: `${i}.wav`,
    speaker: of.speakers[i]!,
    sex: null,
    utterance: null,
    label,
    predicted: predicted[i]!,
    probabilities: Float32Array.from(of.probabilities1024[i]!, (share) => share / 1024),
    fold: 0,
    foldState: 'done',
  }));
}

function near(got: number | null, wanted: number | null): void {
  if (wanted === null) expect(got).toBeNull();
  else expect(Math.abs(got! - wanted)).toBeLessThanOrEqual(10 ** -DIGITS);
}

function sameEnds(got: Ends, wanted: Ends): void {
  if (wanted === null || got === null) expect(got).toEqual(wanted);
  else wanted.forEach((end, i) => near(got[i]!, end));
}

describe.each(golden.cases)('$name', (of) => {
  const names = Array.from({ length: of.labels }, (_, i) => `label ${i}`);

  it('scores as scikit-learn does, with the intervals of the stated bootstrap', () => {
    const scores = scoreClips(predictions(of, of.predicted), names, of.seed);
    const figures: Estimate[] = [
      scores.accuracy,
      scores.uar,
      scores.macroF1,
      scores.ece,
      ...scores.byLabel.map(({ precision }) => precision),
      ...scores.byLabel.map(({ recall }) => recall),
      ...scores.byLabel.map(({ f1 }) => f1),
    ];
    expect(figures).toHaveLength(of.expected.order.length);
    figures.forEach(({ value, interval }, i) => {
      near(value, of.expected.values[i]!);
      sameEnds(interval, value === null ? null : of.expected.intervals[i]!);
    });
    expect(scores.confusion).toEqual(of.expected.confusion);
  });

  it('weighs labels as scikit-learn does', () => {
    const all = Int32Array.from(of.truth.keys());
    const weights = balancedWeights(Int32Array.from(of.truth), all, of.labels);
    const share = of.expected.presentLabels.length / of.labels;
    of.expected.presentLabels.forEach((label, i) =>
      // Scikit-learn counts the labels that there are, a run all of its own.
      expect(weights[label]).toBeCloseTo(of.expected.classWeights[i]! * share, 6),
    );
  });

  it('compares two runs as McNemar and the stated paired bootstrap do', () => {
    const side = (runId: number, predicted: number[]) => ({
      runId,
      labels: names,
      predictions: predictions(of, predicted),
    });
    const comparison = compareRuns(side(1, of.predicted), side(2, of.other), of.seed);
    const { mcnemar, accuracy, uar, clips } = comparison;
    expect(clips).toBe(of.truth.length);
    expect(mcnemar).toMatchObject({ onlyARight: of.paired.onlyA, onlyBRight: of.paired.onlyB });
    near(mcnemar.pValue, of.paired.pValue);
    [accuracy, uar].forEach(({ difference }, i) => {
      near(difference.value, of.paired.differences[i]!);
      sameEnds(difference.interval, of.paired.intervals?.[i] ?? null);
    });
  });
});

test.each(golden.mcnemar)('McNemar of $onlyA and $onlyB', ({ onlyA, onlyB, pValue }) => {
  expect(mcnemarExact(onlyA, onlyB)).toBeCloseTo(pValue, 12);
  expect(Math.abs(mcnemarExact(onlyA, onlyB) / pValue - 1)).toBeLessThan(1e-9);
});
