// Keeps feature matrices by content and feature specification, so that a clip is analysed once.
import type { Matrix } from '../../shared/dsp/matrix.ts';
import type { Store } from './database.ts';

/** Fits main/features/cache.ts. Both hashes are hexadecimal SHA-256. */
export interface FeatureStore {
  get(contentHash: string, featureHash: string): Matrix | undefined;
  put(contentHash: string, featureHash: string, matrix: Matrix): void;
}

interface Row {
  frames: number;
  coefficients: number;
  matrix: Uint8Array;
}

/** Matrices as float32, little-endian, row by row: exactly what was put comes back. */
export function featureStore(store: Store): FeatureStore {
  const select = store.prepare(
    'SELECT frames, coefficients, matrix FROM features WHERE content_hash = ? AND feature_hash = ?',
  );
  const insert = store.prepare(
    `INSERT INTO features (content_hash, feature_hash, frames, coefficients, matrix) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET frames = excluded.frames, coefficients = excluded.coefficients, matrix = excluded.matrix`,
  );
  return {
    get(contentHash, featureHash) {
      const row = select.get(contentHash, featureHash) as Row | undefined;
      if (!row) return undefined;
      // Copied: a BLOB need not start at a multiple of four bytes.
      const values = new Float32Array(new Uint8Array(row.matrix).buffer);
      return { frames: row.frames, coefficients: row.coefficients, values };
    },
    put(contentHash, featureHash, { frames, coefficients, values }) {
      const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
      insert.run(contentHash, featureHash, frames, coefficients, bytes);
    },
  };
}
