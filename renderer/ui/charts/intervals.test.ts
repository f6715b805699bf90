// Tests of how figures and intervals read.
import { expect, it } from 'vitest';
import { intervalInWords, signed, signedInterval } from './intervals.ts';

it('reads a figure with its interval, or says what is missing', () => {
  expect(intervalInWords({ value: 0.6123, interval: [0.571, 0.6512] })).toBe('0.612, 0.571 to 0.651');
  expect(intervalInWords({ value: 0.5, interval: null })).toBe('0.500, interval not estimable');
  expect(intervalInWords({ value: null, interval: null })).toBe('not known');
});

it('gives a difference its sign', () => {
  expect([signed(0.1294), signed(-0.02), signed(0), signed(null)]).toEqual([
    '+0.129',
    '−0.020',
    '+0.000',
    '–',
  ]);
  expect([signedInterval([-0.021, 0.1114]), signedInterval(null)]).toEqual([
    '−0.021 to +0.111',
    'not estimable',
  ]);
});
