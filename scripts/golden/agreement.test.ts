// Agreement and UAR beside scikit-learn, statsmodels and krippendorff, on random tables (made by make_agreement.py).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cohensKappa, fleissKappa, krippendorffsAlpha } from '../../shared/labels/agreement.ts';
import { confusionMatrix, uar } from '../../shared/metrics/metrics.ts';

const MAX_DIFFERENCE = 1e-9;

interface GoldenAgreement {
  /** `ratings`: raters x items, label indices, -1 for none; `cohens_kappa`: of every two raters, in order. */
  tables: {
    labels: number;
    ratings: number[][];
    cohens_kappa: (number | null)[];
    fleiss_kappa: number | null;
    krippendorffs_alpha: number | null;
  }[];
  uar: { labels: number; truth: number[]; predicted: number[]; uar: number }[];
}

const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, 'agreement.json'), 'utf8'),
) as GoldenAgreement;

function expectSame(ours: number | null, reference: number | null): void {
  if (reference === null || ours === null) expect(ours).toBe(reference);
  else expect(Math.abs(ours - reference)).toBeLessThan(MAX_DIFFERENCE);
}

/** How often each label was given to an item. */
function countsOf(ratings: readonly (readonly number[])[], labels: number): number[][] {
  return ratings[0]!.map((_, item) => {
    const counts = new Array<number>(labels).fill(0);
    for (const rater of ratings) if (rater[item]! >= 0) counts[rater[item]!]! += 1;
    return counts;
  });
}

it("gives scikit-learn's kappa of every two raters", () => {
  for (const { labels, ratings, cohens_kappa: expected } of golden.tables) {
    const pairs = ratings.flatMap((a, i) => ratings.slice(i + 1).map((b) => [a, b] as const));
    pairs.forEach(([a, b], index) => {
      const both = a.map((_, item) => item).filter((item) => a[item]! >= 0 && b[item]! >= 0);
      const pick = (rater: readonly number[]): number[] => both.map((item) => rater[item]!);
      expectSame(cohensKappa(confusionMatrix(pick(a), pick(b), labels)), expected[index]!);
    });
  }
});

it("gives statsmodels' Fleiss kappa on the items that all rated", () => {
  for (const { labels, ratings, fleiss_kappa: expected } of golden.tables) {
    const complete = countsOf(ratings, labels).filter(
      (counts) => counts.reduce((sum, count) => sum + count, 0) === ratings.length,
    );
    expectSame(fleissKappa(complete), expected);
  }
});

it("gives krippendorff's alpha, ratings missing or not", () => {
  for (const { labels, ratings, krippendorffs_alpha: expected } of golden.tables) {
    expectSame(krippendorffsAlpha(countsOf(ratings, labels)), expected);
  }
  expect(golden.tables.filter(({ ratings }) => ratings.flat().includes(-1)).length).toBeGreaterThan(20);
});

it("gives scikit-learn's balanced accuracy", () => {
  for (const { labels, truth, predicted, uar: expected } of golden.uar) {
    expectSame(uar(confusionMatrix(truth, predicted, labels)), expected);
  }
});
