// Tests of probabilities over time.
import { expect, it } from 'vitest';
import { drawnLabels, overTimeInWords, stretches, windowAt } from './overTime.ts';

const at = (fromSeconds: number, ...probabilities: number[]) => ({
  fromSeconds,
  probabilities: probabilities.length > 0 ? probabilities : null,
});
const windows = [at(0, 0.7, 0.2, 0.1), at(0.1, 0.8, 0.1, 0.1), at(0.2), at(0.3, 0.15, 0.8, 0.05)];

it('draws labels that lead or come near it, the longest leader first', () => {
  expect(drawnLabels(windows, 3)).toEqual([0, 1]);
  expect(drawnLabels(windows, 3, 0.05)).toEqual([0, 1, 2]);
  expect(drawnLabels([], 3)).toEqual([]);
});

it('breaks a line where a window has no answer', () => {
  expect(stretches(windows, 1, 1)).toEqual([
    [
      [0.5, 0.2],
      [0.6, 0.1],
    ],
    [[0.8, 0.8]],
  ]);
});

it('finds the window at a time', () => {
  expect(windowAt(windows, 0.62, 1)).toBe(1);
  expect(windowAt(windows, 99, 1)).toBe(3);
  expect(windowAt([], 1, 1)).toBe(-1);
});

it('says who leads how long', () => {
  expect(overTimeInWords(windows, ['Anger', 'Fear', 'Calm'])).toBe('Anger leads 2 of 4 windows, Fear 1.');
  expect(overTimeInWords([at(0)], ['Anger'])).toBe('No window has an answer.');
});
