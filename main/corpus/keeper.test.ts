// The index kept true: files that come, go, change and move on a real disk are taken over, and listened to.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Notice } from '../../shared/contract/schemas.ts';
import { entryFile, resourcesDir } from '../process/entry.ts';
import { blockFor } from '../process/testing.ts';
import { clipPage } from '../store/clips.ts';
import { corpusReport } from '../store/corpora.ts';
import { openStore, type Store } from '../store/database.ts';
import { setLabels } from '../store/labels.ts';
import { unpackDemoCorpus } from './demo.ts';
import { CorpusKeeper } from './keeper.ts';
import { openCorpus } from './open.ts';

const WAIT = { timeout: 20_000, interval: 50 };
let root: string;
let demo: string;
let folder: string;
let store: Store;
let keeper: CorpusKeeper;
let notices: Notice[];
let warned: unknown[];

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'pathos-keeper-'));
  demo = await unpackDemoCorpus(root, { resourcesDir: resourcesDir() });
  folder = join(root, 'corpus');
  for (const label of ['anger', 'fear']) {
    mkdirSync(join(folder, label), { recursive: true });
    for (const name of wavs(label).slice(0, 2)) cpSync(join(demo, label, name), join(folder, label, name));
  }
  store = openStore(':memory:');
  notices = [];
  warned = [];
  keeper = new CorpusKeeper({
    store,
    notify: (notice) => notices.push(notice),
    listenerEntry: entryFile('listener'),
    warn: (error) => warned.push(error),
  });
});
afterEach(async () => {
  await keeper.close();
  store.close();
  rmSync(root, { recursive: true, force: true });
  expect(warned).toEqual([]);
});

const wavs = (label: string): string[] =>
  readdirSync(join(demo, label))
    .filter((name) => name.endsWith('.wav'))
    .sort();

const paths = (corpusId: number): string[] =>
  clipPage(store, corpusId, {}, { key: 'path' }, 0, 100).clips.map(({ path }) => path);

/** The last thing told of files, without its type and corpus. */
const told = () =>
  notices.flatMap((notice) => {
    if (notice.type !== 'files') return [];
    const { type: _, corpusId: __, ...tally } = notice;
    return [tally];
  });

const NOTHING = { added: 0, changed: 0, moved: 0, gone: 0, missing: false };

describe('CorpusKeeper', () => {
  it('takes over a new file, a rename with its ledger, and a loss', async () => {
    const { summary } = await openCorpus(store, { folder });
    const { corpusId } = summary;
    await keeper.attend();
    const [moved] = clipPage(store, corpusId, { labels: ['anger'] }, { key: 'path' }, 0, 1).clips;
    setLabels(store, [moved!.clipId], 'fear', { rater: 'ann', reason: null, blind: false });

    cpSync(join(demo, 'fear', wavs('fear')[3]!), join(folder, 'fear', 'f08 (8).wav'));
    await vi.waitFor(() => expect(paths(corpusId)).toContain('fear/f08 (8).wav'), WAIT);
    expect(told()).toEqual([{ ...NOTHING, added: 1 }]);

    renameSync(join(folder, moved!.path), join(folder, 'anger', 'a09 (9).wav'));
    const renamed = () => clipPage(store, corpusId, { search: 'a09 (9)' }, { key: 'path' }, 0, 1).clips;
    await vi.waitFor(() => {
      expect(renamed()).toMatchObject([{ clipId: moved!.clipId, label: 'fear', rater: 'ann' }]);
    }, WAIT);
    expect(paths(corpusId)).not.toContain(moved!.path);

    rmSync(join(folder, 'anger', 'a09 (9).wav'));
    await vi.waitFor(() => expect(renamed()).toEqual([]), WAIT);
    expect(told().at(-1)).toEqual({ ...NOTHING, gone: 1 });
    expect(notices).toContainEqual({ type: 'corpora' });
  });

  it('knows a rename for one while the engine is held up in its middle', async () => {
    const { summary } = await openCorpus(store, { folder });
    await keeper.attend();
    const [moved] = clipPage(store, summary.corpusId, { labels: ['anger'] }, { key: 'path' }, 0, 1).clips;
    renameSync(join(folder, moved!.path), join(folder, 'anger', 'a09 (9).wav'));
    await setTimeout(150);
    blockFor(1500);
    await vi.waitFor(() => expect(told()).toEqual([{ ...NOTHING, moved: 1 }]), WAIT);
  });

  it('keeps the index of a folder that was taken away', async () => {
    const { summary } = await openCorpus(store, { folder });
    await keeper.attend();
    const before = paths(summary.corpusId);
    renameSync(folder, join(root, 'elsewhere'));
    await vi.waitFor(() => expect(told()).toEqual([{ ...NOTHING, missing: true }]), WAIT);
    expect(paths(summary.corpusId)).toEqual(before);
  });

  it('finds what changed while nobody looked, and listens to every clip once', async () => {
    const { summary } = await openCorpus(store, { folder });
    const added = wavs('fear')[4]!;
    cpSync(join(demo, 'fear', added), join(folder, 'fear', added));
    cpSync(join(demo, 'fear', added), join(folder, 'anger', 'a08 (8).wav'));
    await keeper.attend();
    await vi.waitFor(() => {
      expect(told()).toEqual([{ ...NOTHING, added: 2 }]);
      expect(corpusReport(store, summary.corpusId)).toMatchObject({ checked: 6, duplicates: 2, broken: 0 });
    }, WAIT);
    expect(notices.at(-1)).toMatchObject({ type: 'checking', done: 5, total: 5 });
  });
});
