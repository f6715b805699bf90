// The ledger's decisions: one, beside the disk's own time; ten thousand at once; the agreement of three raters.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agreement } from '../main/store/agreement.ts';
import { openStore, type Store } from '../main/store/database.ts';
import { decideLabels, redo, revert, undo } from '../main/store/labels.ts';
import { clipRecord, corpusOf } from '../main/store/testing.ts';
import { percentile } from '../shared/metrics/metrics.ts';
import { createRandom } from '../shared/metrics/random.ts';

const CLIPS = 100_000;
const BULK = 10_000;
const SINGLES = 1000;
const LABELS = ['anger', 'fear', 'calm', 'joy', 'sadness'];
const BULK_LIMIT_MS = 1000;
const SINGLE_LIMIT_MS = 5;

/** Bulk decisions are timed with the disk's part, single ones without it (`synchronous` off), and beside it. */
export async function run(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'pathos-ledger-'));
  const store = openStore(join(folder, 'studio.db'));
  try {
    const records = Array.from({ length: CLIPS }, (_, i) =>
      clipRecord(`${LABELS[i % 5]}/${i}.wav`, { label: LABELS[i % 5]!, speaker: `s${i % 40}` }),
    );
    const corpusId = corpusOf(store, records);
    return [benchBulk(store, corpusId), benchSingle(store), benchAgreement(store, corpusId)].every(Boolean);
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function report(what: string, milliseconds: number, limit: number | null): boolean {
  const passed = limit === null || milliseconds <= limit;
  const verdict = limit === null ? '' : `limit ${limit} ms: ${passed ? 'pass' : 'short'}`;
  console.log(`${what.padEnd(52)} ${milliseconds.toFixed(2).padStart(9)} ms  ${verdict}`);
  return passed;
}

function benchBulk(store: Store, corpusId: number): boolean {
  const clips = Array.from({ length: BULK }, (_, i) => 1 + ((i * 7) % CLIPS));
  const saw = { upTo: Number.MAX_SAFE_INTEGER };
  let decided = decideLabels(store, clips, { label: 'fear' }, { rater: 'ann', saw });
  const works: [string, () => void][] = [
    ['label', () => (decided = decideLabels(store, clips, { label: 'calm' }, { rater: 'bob', saw }))],
    ['undo', () => undo(store, corpusId, 'bob')],
    ['redo', () => redo(store, corpusId, 'bob')],
    ['flag', () => decideLabels(store, clips, { bad: true }, { rater: 'bob', saw })],
    ['revert', () => revert(store, decided.clips[0]!.eventId, 'decision', { rater: 'ann' })],
  ];
  return works
    .map(([name, work]) => report(`${name} ${BULK} clips of ${CLIPS}, on disk`, timed(work), BULK_LIMIT_MS))
    .every(Boolean);
}

function benchSingle(store: Store): boolean {
  const p95 = (offset: number): number => {
    const times = Array.from({ length: SINGLES }, (_, i) =>
      timed(() =>
        decideLabels(store, [1 + ((offset + i * 13) % CLIPS)], { label: LABELS[i % 5]! }, { rater: 'cy' }),
      ),
    );
    return percentile(
      times.sort((a, b) => a - b),
      0.95,
    );
  };
  report('one decision with the disk, p95', p95(0), null);
  store.db.pragma('synchronous = OFF');
  return report('one decision without the disk, p95', p95(5), SINGLE_LIMIT_MS);
}

function benchAgreement(store: Store, corpusId: number): boolean {
  const all = Array.from({ length: BULK }, (_, i) => 1 + i);
  for (const [seed, rater] of ['ann', 'bob', 'cy'].entries()) {
    const random = createRandom(seed, 'raters');
    const choices = all.map(() => random.integer(LABELS.length));
    for (const [choice, label] of LABELS.entries()) {
      const own = all.filter((_, i) => choices[i] === choice);
      decideLabels(store, own, { label }, { rater });
    }
  }
  return report(
    `agreement of 3 raters on ${BULK} clips`,
    timed(() => agreement(store, corpusId, {})),
    null,
  );
}
