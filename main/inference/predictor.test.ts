// Tests of predictions: the same answers as the training's own, in words that say which model gave them.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { UserError } from '../../shared/contract/errors.ts';
import { predictionSchema } from '../../shared/contract/schemas.ts';
import { trainableClips } from '../store/runs.ts';
import { foldFolder } from '../training/artifacts.ts';
import { RunService } from '../training/runs.ts';
import { availableBackends, toneCorpus, type ToneCorpus } from '../training/testing.ts';
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

it('answers any other file by the mean of the folds, the same by path and by bytes', async () => {
  const predictor = newPredictor();
  const file = path.join(corpus.folder, 's1_anger_0.wav');
  const byPath = await predictor.predictFile(loso, file);
  const byBytes = await predictor.predictBytes(loso, readFileSync(file), 'mine.wav');
  expect(byPath).toMatchObject({ model: 'mean of 3 folds', name: 's1_anger_0.wav' });
  expect(byBytes).toEqual({ ...byPath, name: 'mine.wav' });
  expect(byPath.probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
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

it('starts its process anew after a crash and after idling', async () => {
  const predictor = newPredictor(50);
  const file = path.join(corpus.folder, 's2_sadness_1.wav');
  const first = await predictor.predictFile(random, file);
  const crashed = predictor.processId!;
  process.kill(crashed, 'SIGKILL');
  await expect.poll(() => predictor.processId).toBeNull();
  expect(await predictor.predictFile(random, file)).toEqual(first);
  expect(predictor.processId).not.toBe(crashed);
  await expect.poll(() => predictor.processId).toBeNull();
  expect(await predictor.predictFile(random, file)).toEqual(first);
});

it('names what it cannot read', async () => {
  const predictor = newPredictor();
  const noise = await refusal(predictor.predictBytes(random, new Uint8Array(100), 'noise.wav'));
  expect(noise).toMatchObject({ code: 'UNREADABLE', data: { path: 'noise.wav' } });
  expect(noise.message).toMatch(/^noise\.wav: /);
  expect((await refusal(predictor.predictBytes(random, new Uint8Array(200_000_001), 'big.wav'))).code).toBe(
    'BAD_INPUT',
  );
  expect((await refusal(predictor.predictClip(random + 1, 1))).code).toBe('NOT_FOUND');
  expect((await refusal(predictor.predictClip(random, 9999))).code).toBe('NOT_FOUND');
  const model = path.join(foldFolder(corpus.workspace, random, 0), 'model.json');
  writeFileSync(model, '{}');
  const file = path.join(corpus.folder, 's1_anger_0.wav');
  expect((await refusal(predictor.predictFile(random, file))).data?.path).toBe(model);
  rmSync(model);
  expect((await refusal(predictor.predictFile(random, file))).message).toContain('missing');
});
