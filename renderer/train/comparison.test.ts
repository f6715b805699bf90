// Tests of a comparison's words.
import { expect, test } from 'vitest';
import type { Comparison, Interval } from '../../shared/contract/schemas.ts';
import { CLASSIC_RECIPE } from '../../shared/recipe/recipe.ts';
import { differenceInWords, diffRuns, formatSigned, pInWords } from './comparison.ts';

const compared = (value: number | null, interval: Interval, pValue = 0.5): Comparison => ({
  ...{ a: 3, b: 5, clips: 100, speakers: 6, onlyA: 0, onlyB: 0, relabelled: 0, changed: [] },
  accuracy: { a: 0.5, b: 0.5, difference: { value: 0, interval: null } },
  uar: { a: 0.5, b: 0.5, difference: { value, interval } },
  mcnemar: { bothRight: 50, onlyARight: 10, onlyBRight: 20, bothWrong: 20, pValue },
});

test('says which run is better and whether that can be chance', () => {
  expect(differenceInWords(compared(0.04, [0.01, 0.07]))).toBe(
    'Run 5 has a UAR 0.040 above run 3’s: more than chance between speakers explains.',
  );
  expect(differenceInWords(compared(-0.04, [-0.1, 0.02]))).toMatch(/^Run 3 .* chance between speakers can/);
  expect(differenceInWords(compared(0.04, null, 0.01))).toMatch(/for other speakers it says nothing/);
  expect(differenceInWords(compared(0.04, null))).toMatch(/chance can explain it/);
  expect(differenceInWords(compared(0.0004, [-0.1, 0.1]))).toBe('Both runs have the same UAR.');
  expect(differenceInWords(compared(null, null))).toMatch(/cannot be told/);
});

test('signs and p values', () => {
  expect([0.0421, -0.01, -0.0001, null].map(formatSigned)).toEqual(['+0.042', '−0.010', '0.000', '–']);
  expect([0.0004, 0.0312, 1].map(pInWords)).toEqual([
    'p\u00a0<\u00a00.001',
    'p\u00a0=\u00a00.031',
    'p\u00a0=\u00a01.000',
  ]);
});

test('settings that differ are found where names and titles are the same', () => {
  const base = {
    recipeSpec: CLASSIC_RECIPE,
    splitSpec: { name: 'random', share: 0.2 } as const,
    seed: 1,
    labelVersion: { version: 3, hash: 'a' },
    keepFlagged: false,
  };
  const named = (corpusId: number): string => `corpus ${corpusId}`;
  expect(diffRuns(base, base, named)).toEqual([]);
  const half = { ...base, splitSpec: { name: 'random', share: 0.5 } as const };
  expect(diffRuns(base, half, named)).toEqual([{ what: 'Split', a: 'Random 80 / 20', b: 'Random 50 / 50' }]);
  expect(diffRuns(base, { ...base, keepFlagged: true }, named)).toEqual([
    { what: 'Bad recordings', a: 'left out', b: 'used as any other' },
  ]);
  const on = (testCorpusId: number) => ({
    ...base,
    splitSpec: { name: 'cross-corpus', testCorpusId, labelMap: {} } as const,
  });
  expect(diffRuns(on(2), on(3), named)).toHaveLength(1);
});
