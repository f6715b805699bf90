// Keeps feature matrices by content and feature specification, so that a clip is analysed once.
import type { Matrix } from '../../shared/dsp/matrix.ts';
import type { Store } from './database.ts';

/** Fits main/features/cache.ts. All hashes are hexadecimal SHA-256. */
export interface FeatureStore {
  getMany(contentHashes: readonly string[], featureHash: string): (Matrix | undefined)[];
  putMany(entries: readonly { contentHash: string; matrix: Matrix }[], featureHash: string): void;
}

type Row = [frames: number, coefficients: number, matrix: Uint8Array];

/** Matrices as float32, little-endian, row by row: exactly what was put comes back. Each call is one transaction. */
export function featureStore(store: Store): FeatureStore {
  const select = store
    .prepare('SELECT frames, coefficients, matrix FROM features WHERE content_hash = ? AND feature_hash = ?')
    .raw();
  const insert = store.prepare(
    `INSERT INTO features (content_hash, feature_hash, frames, coefficients, matrix) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET frames = excluded.frames, coefficients = excluded.coefficients, matrix = excluded.matrix`,
  );
  const read = (contentHash: string, featureHash: string): Matrix | undefined => {
    const row = select.get(contentHash, featureHash) as Row | undefined;
    if (!row) return undefined;
    const [frames, coefficients, bytes] = row;
    // Copied: a BLOB need not start at a multiple of four bytes.
    return { frames, coefficients, values: new Float32Array(new Uint8Array(bytes).buffer) };
  };
  // Deferred: reading takes no write lock.
  const readAll = store.db.transaction((contentHashes: readonly string[], featureHash: string) =>
    contentHashes.map((contentHash) => read(contentHash, featureHash)),
  );
  return {
    getMany: (contentHashes, featureHash) => readAll.deferred(contentHashes, featureHash),
    putMany(entries, featureHash) {
      store.transaction(() => {
        for (const { contentHash, matrix } of entries) {
          const { frames, coefficients, values } = matrix;
          const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
          insert.run(contentHash, featureHash, frames, coefficients, bytes);
        }
      });
    },
  };
}
