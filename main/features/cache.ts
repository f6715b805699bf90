// Where computed features are kept between runs, seen from the side that computes them.
import type { Matrix } from '../../shared/dsp/matrix.ts';

/**
 * A store of matrices by what was heard and how it was analysed. Both hashes are hex SHA-256: of the
 * file's content, and of the feature specification (featureHash). Implemented by the store.
 */
export interface FeatureCache {
  get(contentHash: string, featureHash: string): Matrix | undefined | Promise<Matrix | undefined>;
  put(contentHash: string, featureHash: string, matrix: Matrix): void | Promise<void>;
}
