// Listening to the clips in the background, where what was heard cannot be noted.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { encodeWavPcm16 } from '../audio/wav.ts';
import { entryFile } from '../process/entry.ts';
import { corpusReport } from '../store/corpora.ts';
import { openStore, type Store } from '../store/database.ts';
import { AudioChecker } from './checker.ts';
import { openCorpus } from './open.ts';

const WAIT = { timeout: 20_000, interval: 20 };
let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pathos-checker-'));
  writeFileSync(join(folder, 'one.wav'), encodeWavPcm16([Float32Array.of(0, 0.5, -0.5)], 8000));
  store = openStore(':memory:');
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

it('warns of what it cannot note, and notes it when it is asked again', async () => {
  const { summary } = await openCorpus(store, { folder });
  const { corpusId } = summary;
  const warn = vi.fn<(error: unknown, message: string) => void>();
  const checker = new AudioChecker({ store, notify: () => undefined, warn, entry: entryFile('listener') });
  store.db.pragma('query_only = ON');
  checker.check(corpusId, folder);
  const unnoted = expect.objectContaining({ code: 'SQLITE_READONLY' }) as unknown;
  await vi.waitFor(
    () => expect(warn.mock.calls).toEqual([[unnoted, `the clips of ${folder} could not be listened to`]]),
    WAIT,
  );
  store.db.pragma('query_only = OFF');
  checker.check(corpusId, folder);
  await vi.waitFor(() => expect(corpusReport(store, corpusId)).toMatchObject({ checked: 1 }), WAIT);
  await checker.close();
  expect(warn).toHaveBeenCalledOnce();
});
