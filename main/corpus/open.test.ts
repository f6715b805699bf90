// Opening real corpora: what is found, what is damaged, what is read again, and what survives moves and cancels.
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { folderProbeSchema } from '../../shared/contract/schemas.ts';
import { encodeWavPcm16 } from '../audio/wav.ts';
import { clipIds, clipPage, getClip, getClips } from '../store/clips.ts';
import { corpusSummary, defects, forgetCorpus, listCorpora } from '../store/corpora.ts';
import { openStore, type Store } from '../store/database.ts';
import { setLabels } from '../store/labels.ts';
import { history } from '../store/ledger-events.ts';
import { rebuildLabels } from '../store/ledger-rebuild.ts';
import { DAMAGES } from './damage.ts';
import { openCorpus } from './open.ts';
import { probeFolder } from './probe.ts';
import { audioReader, systemReason } from './read.ts';
import { scanFolder } from './scan.ts';
import { testCorpus } from './test-corpora.ts';

const emodb = testCorpus('emodb/wav');
const nemo = testCorpus('nemo');

let folder: string;
let store: Store;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'pathos corpus %_')));
  store = openStore(':memory:');
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Writes a short tone whose content the number decides. */
function writeTone(path: string, number: number): void {
  const samples = Float32Array.from({ length: 400 }, (_, i) => 0.5 * Math.sin(i * (0.01 + number / 1000)));
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), encodeWavPcm16([samples], 8000));
}

/** anger and fear, `count` clips each. */
function writeCorpus(count = 3): void {
  for (let i = 0; i < count; i++) {
    writeTone(`anger/a${i}.wav`, i);
    writeTone(`fear/f${i}.wav`, 100 + i);
  }
}

function clipAt(corpusId: number, path: string): ReturnType<typeof getClip> {
  const { clips } = clipPage(store, corpusId, { search: path }, { key: 'path' }, 0, 10);
  const clip = clips.find((candidate) => candidate.path === path);
  if (!clip) throw new Error(`no clip at ${path}`);
  return clip;
}

describe('EMO-DB', () => {
  test.skipIf(!emodb)('is 535 clips of 10 speakers with 7 labels, and is read once', async () => {
    const progress: number[] = [];
    const first = await openCorpus(
      store,
      { folder: emodb! },
      { onProgress: ({ done }) => progress.push(done) },
    );
    expect(first.summary).toMatchObject({ adapter: 'emodb', clips: 535, defects: 0, durationSeconds: 1070 });
    expect(first.summary.speakers).toHaveLength(10);
    expect(first.summary.speakers.filter(({ sex }) => sex === 'female')).toHaveLength(5);
    expect(first.summary.labels.map(({ label, clips }) => [label, clips])).toEqual([
      ...[
        ['anger', 127],
        ['disgust', 46],
        ['fear', 69],
        ['happiness', 71],
      ],
      ...[
        ['sadness', 62],
        ['neutral', 79],
        ['boredom', 81],
      ],
    ]);
    expect(first.readFiles).toBe(535);
    expect(progress.at(-1)).toBe(535);
    const again = await openCorpus(store, { folder: emodb! });
    expect(again.readFiles).toBe(0);
    expect(again.summary).toEqual(first.summary);
  });

  test.skipIf(!emodb)('with 20 files damaged in 20 ways is 515 clips and 20 named defects', async () => {
    cpSync(emodb!, folder, { recursive: true });
    // A corpus may be read-only, and so is its copy.
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644);
    const files = readdirSync(folder).sort();
    expect(new Set(DAMAGES.map(({ name }) => name)).size).toBe(20);
    const damaged = DAMAGES.map(({ damage }, index) => damage(join(folder, files[index * 26]!)));
    mkdirSync(join(folder, 'folder.wav'));
    writeFileSync(join(folder, 'notes.txt'), 'not audio');
    const { summary } = await openCorpus(store, { folder });
    expect(summary).toMatchObject({ adapter: 'emodb', clips: 515, defects: 20 });
    const found = defects(store, summary.corpusId);
    expect(found.map(({ path }) => path)).toEqual(damaged.map((file) => relative(folder, file)).sort());
    for (const { reason } of found) expect(reason).toMatch(/^(is|has|says|holds|ends) ./);
    const again = await openCorpus(store, { folder });
    // The broken link is no file to read; all the others are known to be damaged.
    expect(again.readFiles).toBe(0);
    expect(again.summary).toEqual(summary);
  });
});

describe('nEMO', () => {
  test.skipIf(!nemo)('is opened through the table that lies in it', async () => {
    const probe = folderProbeSchema.parse(await probeFolder(store, nemo!));
    expect(probe).toMatchObject({ adapter: 'table', audioFiles: 613, fitting: 613, known: false });
    expect(probe.tables).toMatchObject([
      {
        matchedFiles: 613,
        rows: 613,
        guess: { file: 'file_id', label: 'emotion', speaker: 'speaker_id', sex: 'gender', text: 'raw_text' },
      },
    ]);
    const { summary } = await openCorpus(store, { folder: nemo! });
    expect(summary).toMatchObject({ adapter: 'table', clips: 613, defects: 0 });
    expect(summary.speakers.map(({ speaker }) => speaker)).toContain('EB0');
    expect(summary.speakers).toHaveLength(9);
    expect(summary.speakers.filter(({ sex }) => sex === 'male')).toHaveLength(5);
    expect(summary.labels.map(({ label }) => label)).toEqual([
      ...['anger', 'fear', 'happiness', 'sadness', 'neutral', 'surprise'],
    ]);
    const clip = clipAt(summary.corpusId, 'samples/KD0_neutral_2.wav');
    expect(clip).toMatchObject({ utterance: 'nie waśńmy się ze sobą', text: 'Nie waśńmy się ze sobą.' });
    expect((await probeFolder(store, nemo!)).known).toBe(true);
  });

  test.skipIf(!nemo)('is opened through a table named by hand', async () => {
    const table = {
      file: join(nemo!, 'data.tsv'),
      audioFolder: join(nemo!, 'samples'),
      mapping: { file: 'file_id', label: 'emotion', speaker: 'speaker_id' },
    };
    const { summary } = await openCorpus(store, { folder: nemo!, table });
    expect(summary).toMatchObject({ clips: 613, defects: 0 });
    expect(summary.speakers).toHaveLength(9);
    expect(summary.speakers[0]!.sex).toBeNull();
    // Remembered: opened again without naming it, it is read the same way.
    expect((await openCorpus(store, { folder: nemo! })).summary).toEqual(summary);
  });
});

describe('opening again', () => {
  it('reads only what changed', async () => {
    writeCorpus();
    await openCorpus(store, { folder });
    writeTone('anger/a1.wav', 55);
    utimesSync(join(folder, 'anger/a1.wav'), new Date(), new Date(Date.now() + 5000));
    writeTone('fear/new.wav', 56);
    const { summary, readFiles } = await openCorpus(store, { folder });
    expect(readFiles).toBe(2);
    expect(summary.clips).toBe(7);
  });

  it('keeps the labels of files that moved, and of none other', async () => {
    writeCorpus();
    const { corpusId } = (await openCorpus(store, { folder })).summary;
    const { clipId } = clipAt(corpusId, 'anger/a1.wav');
    setLabels(store, [clipId], 'disgust', { rater: 'ann' });
    mkdirSync(join(folder, 'anger/sub'));
    renameSync(join(folder, 'anger/a1.wav'), join(folder, 'anger/sub/b1.wav'));
    cpSync(join(folder, 'anger/sub/b1.wav'), join(folder, 'anger/sub/copy.wav'));
    const { summary, readFiles } = await openCorpus(store, { folder });
    expect(readFiles).toBe(2);
    expect(summary).toMatchObject({ clips: 7, defects: 0 });
    const moved = ['anger/sub/b1.wav', 'anger/sub/copy.wav'].map((path) => clipAt(corpusId, path));
    expect(moved.filter((clip) => clip.clipId === clipId)).toMatchObject([
      { label: 'disgust', rater: 'ann' },
    ]);
    expect(moved.filter((clip) => clip.rater === null)).toMatchObject([{ label: 'anger' }]);
  });

  it('forgets clips whose files are gone and remembers them when they are back', async () => {
    writeCorpus();
    const { corpusId } = (await openCorpus(store, { folder })).summary;
    const { clipId } = clipAt(corpusId, 'fear/f1.wav');
    setLabels(store, [clipId], 'calm', { rater: 'ann' });
    renameSync(join(folder, 'fear/f1.wav'), join(folder, 'kept'));
    const gone = (await openCorpus(store, { folder })).summary;
    expect(gone).toMatchObject({ clips: 5, defects: 0 });
    expect(() => getClip(store, clipId)).toThrow('no clip');
    expect(history(store, clipId)).toHaveLength(2);
    renameSync(join(folder, 'kept'), join(folder, 'fear/f1.wav'));
    expect((await openCorpus(store, { folder })).summary.clips).toBe(6);
    expect(getClip(store, clipId)).toMatchObject({ path: 'fear/f1.wav', label: 'calm' });
  });

  it('after forgetting reads every file and brings the labels back', async () => {
    writeCorpus();
    const { corpusId } = (await openCorpus(store, { folder })).summary;
    setLabels(store, clipIds(store, corpusId, { labels: ['fear'] }, { key: 'path' }), 'anger', {
      rater: 'ann',
    });
    const before = corpusSummary(store, corpusId);
    forgetCorpus(store, corpusId);
    expect(listCorpora(store)).toEqual([]);
    const { summary, readFiles } = await openCorpus(store, { folder });
    expect(readFiles).toBe(6);
    expect(summary).toEqual(before);
  });

  it('enters it in the ledger where the corpus itself now says something else', async () => {
    writeCorpus();
    const { summary: before } = await openCorpus(store, { folder });
    const clip = clipAt(before.corpusId, 'fear/f0.wav');
    const rated = clipAt(before.corpusId, 'fear/f1.wav');
    setLabels(store, [rated.clipId], 'calm', { rater: 'ann' });
    renameSync(join(folder, 'fear'), join(folder, 'sadness'));
    const { summary } = await openCorpus(store, { folder });
    expect(getClips(store, [clip.clipId, rated.clipId])).toMatchObject([
      { path: 'sadness/f0.wav', label: 'sadness', importedLabel: 'sadness' },
      { path: 'sadness/f1.wav', label: 'calm', importedLabel: 'sadness' },
    ]);
    expect(history(store, clip.clipId)).toMatchObject([
      { eventId: 0, label: 'fear' },
      { kind: 'import', label: 'sadness', previousLabel: 'fear' },
    ]);
    expect(summary.labelVersion.version).toBe(before.labelVersion.version + 2);
    rebuildLabels(store, before.corpusId);
    expect(corpusSummary(store, before.corpusId)).toEqual(summary);
  });
});

describe('a table', () => {
  beforeEach(() => {
    for (const number of [1, 2, 3]) writeTone(`audio/${number}.wav`, number);
  });

  it('gives files it misses and rows it lacks as defects, which end with their cause', async () => {
    const file = join(folder, 'labels.csv');
    writeFileSync(file, 'file;emotion;speaker\n1;joy;ann\n2;sad;bob\n9;sad;bob\n');
    const first = await openCorpus(store, { folder });
    expect(first.summary).toMatchObject({ adapter: 'table', clips: 2, defects: 2 });
    expect(defects(store, first.summary.corpusId)).toEqual([
      { path: 'audio/3.wav', reason: 'has no row in labels.csv' },
      { path: 'audio/9', reason: 'is named in labels.csv, but not there' },
    ]);
    writeFileSync(file, 'file;emotion;speaker\n1;joy;ann\n2;sad;bob\n3;fear;bob\n');
    const { summary, readFiles } = await openCorpus(store, { folder });
    expect(summary).toMatchObject({ clips: 3, defects: 0 });
    expect(readFiles).toBe(0);
  });

  it('that is remembered and gone is named, not silently done without', async () => {
    const file = join(folder, 'labels.csv');
    writeFileSync(file, 'file,emotion\n1,joy\n2,sad\n3,sad\n');
    await openCorpus(store, { folder });
    rmSync(file);
    await expect(openCorpus(store, { folder })).rejects.toThrow(file);
  });
});

describe('a cancel', () => {
  it('ends the opening and leaves an index from which the next one goes on', async () => {
    writeCorpus(300);
    const controller = new AbortController();
    const cancelled = openCorpus(
      store,
      { folder },
      { signal: controller.signal, onProgress: ({ done }) => done > 0 && controller.abort() },
    );
    await expect(cancelled).rejects.toThrow('abort');
    expect(listCorpora(store)).toEqual([]);
    const { summary, readFiles } = await openCorpus(store, { folder });
    expect(summary.clips).toBe(600);
    expect(readFiles).toBeLessThan(600);
    rebuildLabels(store, summary.corpusId);
    expect(corpusSummary(store, summary.corpusId)).toEqual(summary);
  });

  it('is not needed twice: one folder is indexed once at a time', async () => {
    writeCorpus();
    const first = openCorpus(store, { folder });
    await Promise.resolve();
    const results = await Promise.allSettled([first, openCorpus(store, { folder })]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await openCorpus(store, { folder })).summary.clips).toBe(6);
  });
});

describe('formats', () => {
  const fixtures = join(import.meta.dirname, '../audio/fixtures');
  const put = (from: string, to: string): void => {
    mkdirSync(join(folder, 'anger'), { recursive: true });
    cpSync(join(fixtures, from), join(folder, 'anger', to));
  };

  it('takes them by their names and tells them by their content', async () => {
    put('mono.flac', 'lossless.FLAC');
    put('stereo.flac', 'misnamed.wav');
    put('mono.mp3', 'lossy.mp3');
    put('mono.ogg', 'vorbis.ogg');
    put('stereo.opus', 'opus.opus');
    put('pcm24.aiff', 'apple.aif');
    put('a-law.wav', 'telephone.wav');
    put('aac.m4a', 'film.m4a');
    writeFileSync(join(folder, 'anger', 'notes.txt'), 'no audio');
    const { summary } = await openCorpus(store, { folder });
    const { clips } = clipPage(store, summary.corpusId, {}, { key: 'path' }, 0, 20);
    const told = clips.map(({ path, encoding, sampleRateHz, channels, durationSeconds }) =>
      [basename(path), encoding, sampleRateHz, channels, durationSeconds].join(' '),
    );
    expect(told).toEqual([
      'apple.aif 24-bit PCM (AIFF) 16000 1 0.25',
      'lossless.FLAC 16-bit FLAC 16000 1 0.5',
      'lossy.mp3 MP3 16000 1 0.5',
      'misnamed.wav 16-bit FLAC 44100 2 0.2',
      'opus.opus Opus 48000 2 0.2',
      'telephone.wav 8-bit A-law 16000 1 0.5',
      'vorbis.ogg Ogg Vorbis 16000 1 0.5',
    ]);
    expect(defects(store, summary.corpusId).map(({ path, reason }) => `${path} ${reason}`)).toEqual([
      expect.stringMatching(/^anger\/film.m4a is MP4 .* by its content/),
    ]);
  });
});

describe('what is no corpus', () => {
  it('is refused by name', async () => {
    await expect(openCorpus(store, { folder: join(folder, 'none') })).rejects.toThrow(/no folder .*none/);
    writeFileSync(join(folder, 'file.txt'), '');
    await expect(openCorpus(store, { folder: join(folder, 'file.txt') })).rejects.toThrow('is a file');
    await expect(openCorpus(store, { folder })).rejects.toThrow('holds no audio files');
  });
});

describe('scanFolder', () => {
  it('finds audio in order, through links but in no circle, and passes hidden files by', async () => {
    for (const path of ['b.wav', 'a/z.WAV', 'a/.hidden.wav', '.git/x.wav', 'a/c.wave']) writeTone(path, 1);
    for (const name of ['notes.txt', 'a/t.csv']) writeFileSync(join(folder, name), '');
    symlinkSync(folder, join(folder, 'a/circle'));
    symlinkSync(join(folder, 'a'), join(folder, 'again'));
    symlinkSync(join(folder, 'b.wav'), join(folder, 'link.wav'));
    symlinkSync(join(folder, 'nothing'), join(folder, 'broken.wav'));
    mkdirSync(join(folder, 'folder.wav'));
    expect(await scanFolder(folder)).toMatchObject({
      audio: ['a/c.wave', 'a/z.WAV', 'b.wav', 'link.wav'],
      tables: ['a/t.csv'],
      problems: [{ path: 'broken.wav', reason: 'is a link that leads nowhere' }],
    });
  });

  it('follows a link to a folder elsewhere', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'pathos-elsewhere-'));
    try {
      cpSync(join(folder), elsewhere, { recursive: true });
      writeFileSync(join(elsewhere, 'x.wav'), '');
      symlinkSync(elsewhere, join(folder, 'linked'));
      expect((await scanFolder(folder)).audio).toEqual(['linked/x.wav']);
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });

  it('says in words why the system would not give a file', async () => {
    expect(systemReason({ code: 'EACCES' })).toBe('may not be read by this user');
    expect(systemReason({ code: 'EMFILE' })).toBe('cannot be read (EMFILE)');
    const gone = await audioReader().read(join(folder, 'gone.wav'), 'gone.wav');
    expect(gone).toMatchObject({ audioDefect: 'was gone when it was to be read', sizeBytes: null });
  });

  it('names the corpus after its folder', async () => {
    writeCorpus();
    expect((await openCorpus(store, { folder })).summary.name).toBe(basename(folder));
    const named = { name: 'Demo', synthetic: true };
    expect((await openCorpus(store, { folder }, named)).summary).toMatchObject(named);
    expect((await openCorpus(store, { folder })).summary).toMatchObject(named);
    mkdirSync(join(folder, 'wav'));
    renameSync(join(folder, 'fear'), join(folder, 'wav/fear'));
    const { summary } = await openCorpus(store, { folder: join(folder, 'wav') });
    expect(summary.name).toBe(`${basename(folder)}/wav`);
  });
});
