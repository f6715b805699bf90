// Tests of the confusion matrix as it is shown.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellInWords, gridMove, rowRates, rowTotals, worstConfusion } from './matrix.ts';

const COUNTS = [
  [90, 10, 0],
  [5, 56, 39],
  [0, 0, 0],
];

describe('rowRates', () => {
  it('divides a row by its clips and says nothing about a row without', () => {
    expect(rowRates(COUNTS)).toEqual([
      [0.9, 0.1, 0],
      [0.05, 0.56, 0.39],
      [null, null, null],
    ]);
    expect(rowTotals(COUNTS)).toEqual([100, 100, 0]);
  });

  it('sums to one in every row with clips', () => {
    const row = fc.array(fc.nat(500), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), (counts) => {
        for (const [i, rates] of rowRates(counts).entries()) {
          if (rowTotals(counts)[i] === 0) expect(rates.every((rate) => rate === null)).toBe(true);
          else expect(rates.reduce<number>((sum, rate) => sum + rate!, 0)).toBeCloseTo(1, 9);
        }
      }),
    );
  });
});

describe('cellInWords', () => {
  it('reads as a sentence', () => {
    expect(cellInWords('fear', 'sadness', 0.19, 23)).toBe('fear heard as sadness: 0.19, 23 clips');
    expect(cellInWords('fear', 'fear', 1, 1)).toBe('fear heard as fear: 1.00, 1 clip');
    expect(cellInWords('fear', 'anger', null, 0)).toBe(
      'fear heard as anger: no clip of this label was tested',
    );
  });
});

describe('worstConfusion', () => {
  it('looks off the diagonal only', () => {
    expect(worstConfusion(rowRates(COUNTS))).toEqual({ row: 1, column: 2, rate: 0.39 });
    expect(worstConfusion([[1]])).toBeNull();
  });
});

describe('gridMove', () => {
  it('stays inside and knows the ends', () => {
    const at = { row: 1, column: 2 };
    expect(gridMove({ key: 'ArrowRight', ctrlKey: false }, at, 3)).toEqual({ row: 1, column: 2 });
    expect(gridMove({ key: 'ArrowUp', ctrlKey: false }, at, 3)).toEqual({ row: 0, column: 2 });
    expect(gridMove({ key: 'Home', ctrlKey: false }, at, 3)).toEqual({ row: 1, column: 0 });
    expect(gridMove({ key: 'End', ctrlKey: true }, { row: 0, column: 0 }, 3)).toEqual({ row: 2, column: 2 });
    expect(gridMove({ key: 'x', ctrlKey: false }, at, 3)).toBeUndefined();
  });
});
