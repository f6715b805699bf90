// Tests of the batches' order.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { epochBatches } from './batches.ts';

it('holds every clip once, in full batches but the last, in an order of its own each epoch', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 32 }), (clips, size) => {
      const train = Int32Array.from({ length: clips }, (_, i) => 2 * i);
      const batches = epochBatches(train, size, 1, 0, 1);
      expect(batches.flatMap((batch) => [...batch]).sort((a, b) => a - b)).toEqual([...train]);
      expect(batches.slice(0, -1).every((batch) => batch.length === size)).toBe(true);
      expect(epochBatches(train, size, 1, 0, 1)).toEqual(batches);
    }),
  );
  const order = (seed: number, fold: number, epoch: number): string =>
    epochBatches(
      Int32Array.from({ length: 50 }, (_, i) => i),
      50,
      seed,
      fold,
      epoch,
    ).join();
  expect(new Set([order(1, 0, 1), order(2, 0, 1), order(1, 1, 1), order(1, 0, 2)]).size).toBe(4);
});
