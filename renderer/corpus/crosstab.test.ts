// Sums of the speaker x label counts.
import { describe, expect, it } from 'vitest';
import { isOnlyPair, tableOf } from './crosstab.ts';

describe('tableOf', () => {
  it('sums by speaker, by label and over all', () => {
    const table = tableOf({
      speakers: [
        { speaker: '03', sex: 'male' },
        { speaker: '08', sex: 'female' },
      ],
      labels: ['anger', 'fear', 'sadness'],
      counts: [
        [1, 2, 3],
        [10, 0, 5],
      ],
    });
    expect(table.rows.map((row) => row.total)).toEqual([6, 15]);
    expect(table.totals).toEqual([11, 2, 8]);
    expect(table.total).toBe(21);
    expect(table.most).toBe(10);
  });

  it('has something to divide by where nothing is counted', () => {
    expect(tableOf({ speakers: [], labels: [], counts: [] })).toMatchObject({ total: 0, most: 1 });
  });
});

describe('isOnlyPair', () => {
  it('is true for exactly one row and one label', () => {
    expect(isOnlyPair(['03'], ['fear'], '03', 'fear')).toBe(true);
    expect(isOnlyPair(['03'], ['fear'], '03', 'anger')).toBe(false);
    expect(isOnlyPair(['03', '08'], ['fear'], '03', 'fear')).toBe(false);
  });
});
