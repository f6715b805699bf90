// The order in which a fold's clips are trained on: a seeded permutation an epoch.
import { createRandom, shuffle } from '../../shared/metrics/random.ts';

/** Name of a fold's random streams. */
export function foldStream(fold: number): string {
  return `fold ${fold}`;
}

/**
 * Batches of one epoch: every position of `train` once, in an order that depends on seed, fold and epoch alone.
 * @param epoch from 1
 * @returns batches of `batchSize` positions; the last one may be shorter
 */
export function epochBatches(
  train: Int32Array,
  batchSize: number,
  seed: number,
  fold: number,
  epoch: number,
): Int32Array[] {
  const order = shuffle(train.slice(), createRandom(seed, `${foldStream(fold)}/epoch ${epoch}`));
  return Array.from({ length: Math.ceil(order.length / batchSize) }, (_, i) =>
    order.slice(i * batchSize, (i + 1) * batchSize),
  );
}
