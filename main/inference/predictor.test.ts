// Tests of predictions: the same answers as the training's own, in words that say which model gave them.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { UserError } from '../../shared/contract/errors.ts';
import { CLASSIC_RECIPE, PRESETS, type Recipe } from '../../shared/recipe/recipe.ts';
import { overTimeSchema, predictionSchema } from '../../shared/contract/schemas.ts';
import { loadMono } from '../audio/decode.ts';
import { encodeWavPcm16 } from '../audio/wav.ts';
import { trainableClips } from '../store/runs.ts';
import { foldFolder } from '../training/artifacts.ts';
import { RunService } from '../training/runs.ts';
import { availableBackends, TINY_RECIPE, toneCorpus, type ToneCorpus } from '../training/testing.ts';
import { Predictor } from './predictor.ts';

const [backend] = await availableBackends();
const cleanUps: (() => void)[] = [];

let corpus: ToneCorpus;
let service: RunService;
let loso: number;
let random: number;

beforeAll(async () => {
  corpus = toneCorpus({ whenOver: (cleanUp) => cleanUps.push(cleanUp) });
  service = new RunService({ store: corpus.store, workspace: corpus.workspace, parallelFolds: 2 });
  const { corpusId } = corpus;
  loso = (await service.start({ corpusId, epochs: 2, backend })).runId;
  random = (await service.start({ corpusId, split: 'random', epochs: 1, backend })).runId;
  for (const runId of [loso, random]) for await (const _ of service.watch(runId));
});

afterAll(async () => {
  await service.close();
  for (const cleanUp of cleanUps) cleanUp();
});

function newPredictor(idleExitMs?: number): Predictor {
  const { store, workspace } = corpus;
  const predictor = new Predictor({ store, workspace, ...(idleExitMs !== undefined && { idleExitMs }) });
  onTestFinished(() => predictor.close());
  return predictor;
}

const wav = (samples: Float32Array): Uint8Array => encodeWavPcm16([samples], 22_050);

async function refusal(work: Promise<unknown>): Promise<UserError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof UserError) return error;
  throw error ?? new Error('nothing was refused');
}

it('answers a clip of the run by the fold that held its speaker out, as the training did', async () => {
  const predictor = newPredictor();
  for (const row of service.predictions(loso)) {
    const answer = predictionSchema.parse(await predictor.predictClip(loso, row.clipId));
    answer.probabilities.forEach((value, i) => expect(value).toBeCloseTo(row.probabilities[i]!, 5));
    expect(answer.label).toBe(row.predicted);
    expect(answer.model).toBe(`fold ${row.fold + 1} of 3, which did not hear speaker ${row.speaker}`);
    expect(answer.features.values).toHaveLength(answer.features.frames);
    expect(answer.features).toMatchObject({ coefficients: 13, inputFrames: 40, sampleRateHz: 22_050 });
  }
});

it('answers any other file by the mean of the folds', async () => {
  const bytes = readFileSync(path.join(corpus.folder, 's1_anger_0.wav'));
  // One sample is another: the content is no longer that of a clip of the run.
  bytes[bytes.length - 1]! ^= 1;
  const answer = await newPredictor().predictBytes(loso, bytes, 'mine.wav');
  expect(answer).toMatchObject({ model: 'mean of 3 folds', name: 'mine.wav' });
  expect(answer.probabilities.reduce((sum, value) => sum + value)).toBeCloseTo(1, 5);
});

it('knows a clip of the run by its content and answers by the fold that did not hear it', async () => {
  const predictor = newPredictor();
  const [row] = service.predictions(loso);
  const bytes = readFileSync(path.join(corpus.folder, row!.path));
  const byBytes = await predictor.predictBytes(loso, bytes, 'renamed.wav');
  const byClip = await predictor.predictClip(loso, row!.clipId);
  expect(byBytes).toEqual({ ...byClip, name: 'renamed.wav' });
});

it('answers as the training did where features are normalised per speaker', async () => {
  const name = 'normalised';
  const presets = PRESETS as Map<string, Recipe>;
  presets.set(name, {
    ...CLASSIC_RECIPE,
    name,
    features: { ...CLASSIC_RECIPE.features, normalise: 'speaker' },
  });
  onTestFinished(() => void presets.delete(name));
  const { corpusId, folder } = corpus;
  const { runId } = await service.start({ corpusId, recipe: name, epochs: 1, backend });
  for await (const _ of service.watch(runId));
  const predictor = newPredictor();
  const rows = service.predictions(runId);
  expect(rows).toHaveLength(18);
  for (const row of rows.slice(0, 4)) {
    const answer = await predictor.predictClip(runId, row.clipId);
    answer.probabilities.forEach((value, i) => expect(value).toBeCloseTo(row.probabilities[i]!, 5));
  }
  const known = await predictor.predictBytes(runId, readFileSync(path.join(folder, rows[0]!.path)), 'a.wav');
  expect(known.probabilities).toEqual((await predictor.predictClip(runId, rows[0]!.clipId)).probabilities);
  const bytes = readFileSync(path.join(folder, 's1_anger_0.wav'));
  bytes[bytes.length - 1]! ^= 1;
  expect(await predictor.predictBytes(runId, bytes, 'mine.wav')).toMatchObject({
    model: 'mean of 3 folds',
  });
  expect(service.get(runId).protocol).toContain('Features normalised');
});

it('says when the model has heard the clip in training', async () => {
  const predictor = newPredictor();
  const tested = new Set(service.predictions(random).map(({ clipId }) => clipId));
  const clips = trainableClips(corpus.store, corpus.corpusId);
  const heard = clips.find(({ clipId }) => !tested.has(clipId))!;
  const unheard = clips.find(({ clipId }) => tested.has(clipId))!;
  expect((await predictor.predictClip(random, heard.clipId)).model).toBe(
    `the model of run ${random}, trained on this clip`,
  );
  expect((await predictor.predictClip(random, unheard.clipId)).model).toBe(
    `the model of run ${random}, which did not hear this clip`,
  );
});

it('says when the model’s epoch was chosen on the clip', async () => {
  const { corpusId, store } = corpus;
  const { training } = TINY_RECIPE;
  const recipe: Recipe = {
    ...TINY_RECIPE,
    training: { ...training, epochs: 1, keep: 'best', validation: { share: 0.5 } },
  };
  const split = { name: 'hold-out-speakers' as const, speakers: ['s1'] };
  const { runId } = await service.start({ corpusId, recipe, split, backend });
  for await (const _ of service.watch(runId));
  const [set] = service.get(runId).foldDetails[0]!.validationSpeakers;
  const clip = trainableClips(store, corpusId).find(({ speaker }) => speaker === set)!;
  expect((await newPredictor().predictClip(runId, clip.clipId)).model).toBe(
    `the model of run ${runId}, whose epoch was chosen on this clip`,
  );
});

it('hears windows of a sound as clips of their own, through the very same recipe', async () => {
  const predictor = newPredictor();
  const tones = ['s1_anger_0.wav', 's1_sadness_0.wav', 's2_anger_1.wav', 's2_sadness_1.wav'];
  const all = await Promise.all(tones.map((name) => loadMono(path.join(corpus.folder, name), 22_050)));
  const samples = Float32Array.from(all.flatMap((tone) => [...tone]));
  const over = overTimeSchema.parse(await predictor.bytesOverTime(loso, wav(samples), 'mine.wav', 0.2));
  expect(over).toMatchObject({ name: 'mine.wav', model: 'mean of 3 folds', paddedFrames: 0 });
  expect(over.durationSeconds).toBeCloseTo(2, 6);
  expect(over.windowSeconds).toBeCloseTo((39 * 512) / 22_050, 6);
  expect(over.windows).toHaveLength(7);
  for (const { fromSeconds, probabilities } of over.windows) {
    const from = Math.round(fromSeconds * 22_050);
    const alone = await predictor.predictBytes(loso, wav(samples.subarray(from, from + 39 * 512)), 'x.wav');
    alone.probabilities.forEach((value, i) => expect(probabilities![i]).toBeCloseTo(value, 5));
  }
});

it('hears a clip shorter than a window as the clip it is', async () => {
  const predictor = newPredictor();
  const [row] = service.predictions(loso);
  const over = await predictor.clipOverTime(loso, row!.clipId);
  expect(over.windows).toHaveLength(1);
  expect(over.paddedFrames).toBe(18);
  expect(over.windowMeans).toContain('one window');
  over.windows[0]!.probabilities!.forEach((value, i) => expect(value).toBeCloseTo(row!.probabilities[i]!, 5));
});

it('starts its process anew after a crash and after idling', async () => {
  const predictor = newPredictor(2000);
  const bytes = readFileSync(path.join(corpus.folder, 's2_sadness_1.wav'));
  const ask = (): Promise<unknown> => predictor.predictBytes(random, bytes, 'any.wav');
  const first = await ask();
  const crashed = predictor.processId!;
  process.kill(crashed, 'SIGKILL');
  await expect.poll(() => predictor.processId, { timeout: 20_000 }).toBeNull();
  expect(await ask()).toEqual(first);
  expect(predictor.processId).not.toBe(crashed);
  await expect.poll(() => predictor.processId, { timeout: 20_000 }).toBeNull();
  expect(await ask()).toEqual(first);
});

it('starts no process any more once it is closed', async () => {
  const predictor = newPredictor();
  await predictor.close();
  const bytes = readFileSync(path.join(corpus.folder, 's2_sadness_1.wav'));
  expect((await refusal(predictor.predictBytes(random, bytes, 'any.wav'))).message).toContain('is closing');
  expect(predictor.processId).toBeNull();
});

it('names what it cannot read', async () => {
  const predictor = newPredictor();
  const noise = await refusal(predictor.predictBytes(random, new Uint8Array(100), 'noise.wav'));
  expect(noise).toMatchObject({ code: 'UNREADABLE', data: { path: 'noise.wav' } });
  expect(noise.message).toMatch(/^noise\.wav: /);
  expect((await refusal(predictor.predictBytes(random, new Uint8Array(200_000_001), 'big.wav'))).code).toBe(
    'BAD_INPUT',
  );
  expect((await refusal(predictor.predictClip(9999, 1))).code).toBe('NOT_FOUND');
  expect((await refusal(predictor.predictClip(random, 9999))).code).toBe('NOT_FOUND');
  const model = path.join(foldFolder(corpus.workspace, random, 0), 'model.json');
  writeFileSync(model, '{}');
  const bytes = readFileSync(path.join(corpus.folder, 's1_anger_0.wav'));
  expect((await refusal(predictor.predictBytes(random, bytes, 'any.wav'))).data?.path).toBe(model);
  rmSync(model);
  expect((await refusal(predictor.predictBytes(random, bytes, 'any.wav'))).message).toContain('missing');
});
