// Where computed features are kept between runs, seen from the side that computes them.
import type { Matrix } from '../../shared/dsp/matrix.ts';

/** A matrix and the hex SHA-256 of the file's content that it came from. */
export interface CachedFeatures {
  contentHash: string;
  matrix: Matrix;
}

/**
 * A store of matrices by what was heard and how it was analysed. Both hashes are hex SHA-256: of the
 * file's content, and of the feature specification (featureHash). Implemented by the store. It is asked for many at
 * once: a database answers a thousand in one transaction in the time of a few single questions.
 */
export interface FeatureCache {
  /** As many as were asked for, in their order; undefined where there is none. */
  getMany(
    contentHashes: readonly string[],
    featureHash: string,
  ): (Matrix | undefined)[] | Promise<(Matrix | undefined)[]>;
  putMany(entries: readonly CachedFeatures[], featureHash: string): void | Promise<void>;
}
