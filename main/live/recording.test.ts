// What is kept of a stream: the very samples, and an opinion that is no label.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { liveRecordingFileSchema, type LiveModel } from '../../shared/contract/schemas.ts';
import { decodeWav } from '../audio/wav.ts';
import { openCorpus } from '../corpus/open.ts';
import { clipPage } from '../store/clips.ts';
import { openStore } from '../store/database.ts';
import { RECORDINGS_NAME, saveRecording } from './recording.ts';

const RATE_HZ = 16_000;
const MODEL: LiveModel = {
  ...{ runId: 7, recipe: 'classic', labels: ['anger', 'fear'], labelVersion: { version: 3, hash: 'abc' } },
  ...{ model: 'mean of 2 folds of run 7', folds: 2, asked: 2, recipeRateHz: 22_050 },
  ...{ windowSeconds: 0.1, hopSeconds: 0.08, windowSamples: 1600, hopSamples: 1280 },
  threshold: { value: 0.5, clips: 0, answered: 0, right: null },
};
const window = (startSample: number, raw: number[] | null) => ({
  ...{ startSample, endSample: startSample + 1600, voiced: raw !== null, raw },
  ...(raw ? ({ state: 'answer', answer: 'anger' } as const) : ({ state: 'silence', answer: null } as const)),
});

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'pathos-recording-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const samples = Float32Array.from({ length: RATE_HZ }, (_, i) => 0.4 * Math.sin(i / 7));
const stretch = {
  ...{ fromSample: 1000, samples, sampleRateHz: RATE_HZ, model: MODEL },
  windows: [window(1000, null), window(2280, [0.9, 0.1]), window(3560, [0.6, 0.4])],
};

it('writes the very samples, and what run, labels and models said of them', async () => {
  const workspace = temporaryFolder();
  const { file, opinion } = await saveRecording(workspace, stretch);
  expect(decodeWav(readFileSync(file), file).channels[0]).toEqual(samples);
  const told = liveRecordingFileSchema.parse(JSON.parse(readFileSync(file.replace(/wav$/, 'json'), 'utf8')));
  expect(told).toMatchObject({
    ...{ version: 1, sampleRateHz: RATE_HZ, samples: RATE_HZ, windowSamples: 1600 },
    unconfirmed: { label: 'anger' },
    model: { runId: 7, labelVersion: { version: 3, hash: 'abc' }, labels: ['anger', 'fear'], asked: 2 },
  });
  expect(told.unconfirmed).toEqual(opinion);
  expect(opinion!.probabilities[0]).toBeCloseTo(0.75, 12);
  expect(opinion!.probability).toBe(opinion!.probabilities[0]);
  // Places are those of the file, not of the stream.
  expect(told.windows.map(({ startSample }) => startSample)).toEqual([0, 1280, 2560]);
});

it('has no opinion where nobody spoke', async () => {
  const { opinion } = await saveRecording(temporaryFolder(), { ...stretch, windows: [window(1000, null)] });
  expect(opinion).toBeNull();
});

it('is never taken as a label: neither the name nor the corpus tells it', async () => {
  const workspace = temporaryFolder();
  const { folder } = await saveRecording(workspace, stretch);
  expect(folder).toBe(path.join(workspace, RECORDINGS_NAME));
  for (const name of readdirSync(folder)) expect(name).not.toMatch(/anger|fear/);
  const store = openStore(':memory:');
  onTestFinished(() => store.close());
  const { summary } = await openCorpus(store, { folder }, { name: RECORDINGS_NAME });
  const filter = { labels: [], speakers: [], sexes: [], search: '', defects: false };
  const { clips } = clipPage(store, summary.corpusId, filter, { key: 'path', descending: false }, 0, 10);
  expect(clips).toHaveLength(1);
  expect(clips[0]).toMatchObject({ label: null });
  const said = store.prepare('SELECT count(*) AS rows FROM label_events').get();
  expect(said).toEqual({ rows: 0 });
});
