// Version and hash of a corpus's labels, kept up to date by every decision.
import type { LabelVersion } from '../../shared/contract/schemas.ts';
import type { Store } from './database.ts';
import { digestBytes, digestFromBytes, replaceLabel, shortHash, sumLabels } from './label-digest.ts';

/** Version and hash of a corpus's labels. */
export function labelVersion(store: Store, corpusId: number): LabelVersion {
  const decisions = store
    .prepare('SELECT decisions FROM corpora WHERE corpus_id = ?')
    .pluck()
    .get(corpusId) as number;
  return { version: 1 + decisions, hash: shortHash(labelDigest(store, corpusId)) };
}

/** Brings the stored digest up to date with changed labels (as `digestLabel` has them) of good clips; one that was never taken is left so. */
export function moveDigest(
  store: Store,
  corpusId: number,
  changes: readonly { path: string; before: string | null; after: string | null }[],
): void {
  if (changes.every(({ before, after }) => before === after)) return;
  const stored = storedDigest(store, corpusId);
  if (stored === null) return;
  const sum = changes.reduce(
    (total, { path, before, after }) => replaceLabel(total, path, before, after),
    stored,
  );
  saveDigest(store, corpusId, sum);
}

/** The sum over the good clips; taken anew, and kept, where there is none. */
function labelDigest(store: Store, corpusId: number): bigint {
  const stored = storedDigest(store, corpusId);
  if (stored !== null) return stored;
  const rows = store
    .prepare(
      `SELECT path, label, bad FROM clips WHERE corpus_id = ? AND state = 'good' AND label IS NOT NULL`,
    )
    .raw()
    .iterate(corpusId) as IterableIterator<[string, string, number]>;
  const sum = sumLabels(rows);
  saveDigest(store, corpusId, sum);
  return sum;
}

function storedDigest(store: Store, corpusId: number): bigint | null {
  const bytes = store.prepare('SELECT label_digest FROM corpora WHERE corpus_id = ?').pluck().get(corpusId);
  return bytes instanceof Uint8Array ? digestFromBytes(bytes) : null;
}

function saveDigest(store: Store, corpusId: number, sum: bigint): void {
  store.prepare('UPDATE corpora SET label_digest = ? WHERE corpus_id = ?').run(digestBytes(sum), corpusId);
}
