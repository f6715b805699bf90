// Dropout's factors: drawn from the run's seed, so that every way to compute a network drops the same values.
import { createRandom } from '../../shared/metrics/random.ts';
import { foldStream } from './batches.ts';

/** What a fold draws its random numbers from. */
export interface FoldSeed {
  readonly seed: number;
  readonly fold: number;
}

/**
 * Factors of one dropout layer for one batch: 0 with probability `rate`, else 1 / (1 - rate) (Srivastava et al. 2014,
 * scaled as in Keras). They depend on seed, fold, step and layer alone.
 * @param step batches trained on before this one
 * @param layer the layer's index in the recipe
 * @param size elements of the layer's input, by clip, then step, then column
 */
export function dropoutFactors(
  { seed, fold }: FoldSeed,
  step: number,
  layer: number,
  rate: number,
  size: number,
): Float32Array {
  const random = createRandom(seed, `${foldStream(fold)}/dropout ${layer + 1}/step ${step}`);
  const dropped = rate * 2 ** 32;
  const kept = 1 / (1 - rate);
  return Float32Array.from({ length: size }, () => (random.uint32() < dropped ? 0 : kept));
}
