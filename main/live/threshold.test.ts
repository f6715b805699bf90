// The threshold of "unsure", on predictions whose best threshold is known.
import { expect, it } from 'vitest';
import { unsureThreshold, type HeldOut } from './threshold.ts';

/** Right from a confidence on, wrong below it. */
const rightFrom = (edge: number, count = 100): HeldOut[] =>
  Array.from({ length: count }, (_, i) => ({
    confidence: (i + 0.5) / count,
    right: (i + 0.5) / count >= edge,
  }));

it('is the lowest one above which three answers of four are right', () => {
  // Right above 0.4: from 0.2 on, 60 of 80 are.
  expect(unsureThreshold(rightFrom(0.4))).toMatchObject({ value: 0.2, clips: 100, right: 0.75 });
  expect(unsureThreshold(rightFrom(0)).answered).toBe(1);
});

it('lets half of the clips have an answer even where that is not reached', () => {
  const never = Array.from({ length: 100 }, (_, i) => ({ confidence: i / 100, right: i % 2 === 0 }));
  const { answered, right } = unsureThreshold(never);
  expect(answered).toBeGreaterThanOrEqual(0.5);
  expect(right).toBeGreaterThanOrEqual(0.5);
  expect(right).toBeLessThan(0.75);
});

it('says that few clips say nothing', () => {
  expect(unsureThreshold([])).toEqual({ value: 0.5, clips: 0, answered: 0, right: null });
  expect(unsureThreshold(rightFrom(0.1, 10))).toMatchObject({ value: 0.5, clips: 10 });
});
