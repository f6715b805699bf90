// Keeps feature matrices by content and feature specification, so that a clip is analysed once.
import type { Matrix } from '../../shared/dsp/matrix.ts';
import type { Store } from './database.ts';

/** Fits main/features/cache.ts. All hashes are hexadecimal SHA-256. */
export interface FeatureStore {
  getMany(contentHashes: readonly string[], featureHash: string): (Matrix | undefined)[];
  putMany(entries: readonly { contentHash: string; matrix: Matrix }[], featureHash: string): void;
}

type Row = [position: number, frames: number, coefficients: number, matrix: Uint8Array];

/** Matrices as float32, little-endian, row by row: exactly what was put comes back. Each call is one transaction. */
export function featureStore(store: Store): FeatureStore {
  // One statement for all: a question of its own for each takes three times as long.
  const select = store
    .prepare(
      `SELECT asked.key, frames, coefficients, matrix FROM json_each(?) AS asked
       CROSS JOIN features ON content_hash = asked.value AND feature_hash = ?`,
    )
    .raw();
  const insert = store.prepare(
    `INSERT INTO features (content_hash, feature_hash, frames, coefficients, matrix) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET frames = excluded.frames, coefficients = excluded.coefficients, matrix = excluded.matrix`,
  );
  return {
    getMany(contentHashes, featureHash) {
      const found = new Array<Matrix | undefined>(contentHashes.length).fill(undefined);
      const rows = select.all(JSON.stringify(contentHashes), featureHash) as Row[];
      for (const [position, frames, coefficients, bytes] of rows) {
        found[position] = { frames, coefficients, values: floatsOf(bytes) };
      }
      return found;
    },
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

/** The floats in a BLOB, which need not start at a multiple of four bytes. */
function floatsOf({ buffer, byteOffset, byteLength }: Uint8Array): Float32Array {
  if (byteOffset % 4 === 0) return new Float32Array(buffer, byteOffset, byteLength / 4);
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}
