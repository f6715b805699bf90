// Tests of whole runs on real WAV files: trained, watched, cancelled, queued, crashed, and found again.
import { existsSync, readFileSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { UserError } from '../../shared/contract/errors.ts';
import type { Recipe } from '../../shared/recipe/recipe.ts';
import {
  noticeSchema,
  predictionRowSchema,
  runDetailSchema,
  runEventSchema,
  type Notice,
  type RunDetail,
  type RunEvent,
} from '../../shared/contract/schemas.ts';
import { featureStore } from '../store/features.ts';
import * as runStore from '../store/runs.ts';
import { saveSettings } from '../store/settings.ts';
import { foldFolder, readModelFiles } from './artifacts.ts';
import { RunService } from './runs.ts';
import { availableBackends, STEADY_RECIPE, TINY_RECIPE, toneCorpus, type ToneCorpus } from './testing.ts';

/** A run of one split that is soon over. */
const TINY = { recipe: TINY_RECIPE, split: 'random', epochs: 1, backend: 'wasm' } as const;

function service(corpus: ToneCorpus, notices: Notice[] = []): RunService {
  const runs = new RunService({
    store: corpus.store,
    workspace: corpus.workspace,
    featureCache: featureStore(corpus.store),
    notify: (notice) => notices.push(noticeSchema.parse(notice)),
    parallelFolds: 2,
  });
  onTestFinished(() => runs.close());
  return runs;
}

/** Everything a watcher sees until the run has ended; each event is checked against the contract. */
async function watchToEnd(
  runs: RunService,
  runId: number,
  on: (event: RunEvent) => void = () => undefined,
): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of runs.watch(runId)) {
    events.push(runEventSchema.parse(event));
    on(event);
  }
  return events;
}

const ended = (events: readonly RunEvent[]): RunDetail => {
  const last = events.at(-1)!;
  if (last.type !== 'snapshot') throw new Error('a stream ends with a snapshot');
  return last.run;
};

async function refusal(work: Promise<unknown>): Promise<UserError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof UserError) return error;
  throw error ?? new Error('nothing was refused');
}

describe('leave-one-speaker-out', () => {
  it('scores every clip by a model that never heard its speaker, and keeps all of it', async () => {
    const corpus = toneCorpus();
    const notices: Notice[] = [];
    const runs = service(corpus, notices);
    const { runId, state, labels } = await runs.start({
      corpusId: corpus.corpusId,
      epochs: 2,
      backend: 'wasm',
    });
    expect(['queued', 'running']).toContain(state);
    expect([...labels].sort()).toEqual(['anger', 'sadness']);
    const events = await watchToEnd(runs, runId);
    const run = ended(events);
    expect(run).toMatchObject({
      state: 'done',
      folds: 3,
      foldsDone: 3,
      epochsDone: 6,
      message: null,
      path: 'fused step',
      how: expect.stringContaining('the whole network in WebAssembly') as string,
    });
    expect(events.filter(({ type }) => type === 'epoch')).toHaveLength(6);
    expect(events.some(({ type }) => type === 'batch')).toBe(true);

    expect(runDetailSchema.parse(runs.get(runId))).toEqual(run);
    expect(run.scores!.confusion.flat().reduce((a, b) => a + b)).toBe(18);
    expect(run.scores!.bySpeaker.map(({ speaker, clips }) => [speaker, clips])).toEqual([
      ['s1', 6],
      ['s2', 6],
      ['s3', 6],
    ]);
    expect(run.leakage).toEqual({
      testClips: 18,
      testSpeakers: 3,
      sharedSpeakers: 0,
      speakerClips: 0,
      takeClips: 0,
      duplicateClips: 0,
    });
    expect(run.protocol).toBe(
      'Each of 3 speakers scored by a model trained on the other 2. 18 clips, labels v1, classic recipe, seed 1, ' +
        '2 epochs. Interval: 95 %, 2,000 bootstraps by speaker.',
    );
    expect(run.uarInterval).not.toBeNull();
    expect(run.secondsPerEpoch).toBeGreaterThan(0);

    const predictions = runs.predictions(runId).map((row) => predictionRowSchema.parse(row));
    expect(predictions).toHaveLength(18);
    for (const row of predictions) {
      expect(run.foldDetails[row.fold]!.heldOutSpeakers).toEqual([row.speaker]);
      expect(row.probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      expect(row.predicted).toBe(run.labels[row.probabilities.indexOf(Math.max(...row.probabilities))]);
    }
    const right = predictions.filter(({ label, predicted }) => label === predicted).length;
    expect(run.accuracy).toBeCloseTo(right / 18, 12);

    const { card } = await readModelFiles(foldFolder(corpus.workspace, runId, 2));
    expect(card).toMatchObject({
      labels: run.labels,
      labelVersion: run.labelVersion,
      heldOutSpeakers: ['s3'],
      epochs: 2,
    });
    const states = notices.map((notice) => (notice.type === 'run' ? notice.run.state : ''));
    expect(states[0]).toBe('queued');
    expect(states.at(-1)).toBe('done');
    expect(runs.list()).toEqual([runs.summary(runId)]);
    expect(runs.list(corpus.corpusId + 1)).toEqual([]);
  });

  it('loses a killed fold and goes on with the others', async () => {
    const corpus = toneCorpus();
    const runs = service(corpus);
    const { runId } = await runs.start({
      corpusId: corpus.corpusId,
      recipe: STEADY_RECIPE,
      backend: 'wasm',
    });
    let killed = false;
    const run = ended(
      await watchToEnd(runs, runId, (event) => {
        if (killed || event.type !== 'epoch') return;
        killed = true;
        process.kill(runs.trainerProcesses(runId).get(event.fold)!, 'SIGKILL');
      }),
    );
    expect(run).toMatchObject({ state: 'done', foldsDone: 2 });
    const failed = run.foldDetails.filter(({ state }) => state === 'failed');
    expect(failed).toHaveLength(1);
    expect(failed[0]!.error).toContain('SIGKILL');
    expect(run.message).toMatch(/1 fold of 3 failed.*SIGKILL.*Scores are over the other 2/);
    expect(run.scores!.confusion.flat().reduce((a, b) => a + b)).toBe(12);
    expect(run.protocol).toContain(
      '2 of 3 speakers scored, each by a model trained on the other 2. 12 of 18 clips',
    );
    expect(existsSync(foldFolder(corpus.workspace, runId, failed[0]!.index))).toBe(false);
  });

  it('refuses a corpus that names no speakers', async () => {
    const corpus = toneCorpus({ nameless: true });
    const error = await refusal(service(corpus).start({ corpusId: corpus.corpusId, backend: 'wasm' }));
    expect(error.data?.next).toContain('random split');
  });
});

describe('the random split', () => {
  it('gives the same scores for the same seed, and says what it overstates', async () => {
    const corpus = toneCorpus();
    const runs = service(corpus);
    const input = { ...TINY, corpusId: corpus.corpusId, seed: 4 };
    const [a, b] = [await runs.start(input), await runs.start(input)];
    await Promise.all([a, b].map(({ runId }) => watchToEnd(runs, runId)));
    const [first, second] = [runs.get(a.runId), runs.get(b.runId)];
    expect(first.foldDetails[0]!.epochs.map(({ loss }) => loss)).toEqual(
      second.foldDetails[0]!.epochs.map(({ loss }) => loss),
    );
    expect(runs.predictions(a.runId)).toEqual(runs.predictions(b.runId));
    expect(first.protocol).toContain('same voices in both parts, so it reads high');
    expect(first.leakage.sharedSpeakers).toBeGreaterThan(0);
    // Four test clips.
    expect(first.foldDetails[0]).toMatchObject({ trainClips: 14, testClips: 4, heldOutSpeakers: [] });
  });

  it('is trained by native TensorFlow where that is asked for, or refused where it is not there', async () => {
    const corpus = toneCorpus();
    const runs = service(corpus);
    const input = { ...TINY, corpusId: corpus.corpusId, backend: 'tensorflow' } as const;
    if (!(await availableBackends()).includes('tensorflow')) {
      expect((await refusal(runs.start(input))).message).toContain('Native TensorFlow cannot be used');
      return;
    }
    const { runId } = await runs.start(input);
    const run = ended(await watchToEnd(runs, runId));
    expect(run).toMatchObject({ state: 'done', backend: 'tensorflow', path: 'fused layer' });
  });

  it('is refused before it begins where the recipe cannot be trained', async () => {
    const corpus = toneCorpus();
    const runs = service(corpus);
    const { features, layers } = TINY_RECIPE;
    const cases: [Partial<Recipe>, RegExp][] = [
      [{ layers: [layers[1]!, layers[1]!] }, /"tiny": Layer 2 is an LSTM/],
      [{ features: { ...features, frames: null } }, /fixed number of frames/],
      [{ features: { ...features, fMinHz: 5000, fMaxHz: 1000 } }, /"tiny": /],
    ];
    for (const [change, why] of cases) {
      const recipe = { ...TINY_RECIPE, ...change };
      const error = await refusal(runs.start({ ...TINY, corpusId: corpus.corpusId, recipe }));
      expect(error.code).toBe('BAD_INPUT');
      expect(error.message).toMatch(why);
    }
    expect(runs.list(corpus.corpusId)).toEqual([]);
  });

  it('has as many folds side by side as the settings say', async () => {
    const corpus = toneCorpus();
    saveSettings(corpus.store, { foldsInParallel: 1 });
    const runs = new RunService({ store: corpus.store, workspace: corpus.workspace });
    onTestFinished(() => runs.close());
    const { runId, foldsInParallel } = await runs.start({
      ...TINY,
      corpusId: corpus.corpusId,
      split: 'loso',
    });
    expect(foldsInParallel).toBe(1);
    await runs.cancel(runId);
  });

  it('trains without speakers, and has no interval then', async () => {
    const corpus = toneCorpus({ nameless: true });
    const runs = service(corpus);
    const { runId } = await runs.start({ ...TINY, corpusId: corpus.corpusId });
    await watchToEnd(runs, runId);
    expect(runs.get(runId)).toMatchObject({ state: 'done', uarInterval: null, accuracyInterval: null });
    expect(runs.get(runId).protocol).toContain('not estimable');
  });

  it('keeps the last finished epoch of a cancelled run; the next in the queue begins', async () => {
    const corpus = toneCorpus();
    const runs = service(corpus);
    const busy: (string | null)[] = [];
    runs.onBusy((what) => busy.push(what));
    const input = { ...TINY, corpusId: corpus.corpusId };
    const long = await runs.start({ ...input, epochs: 10_000 });
    const next = await runs.start(input);
    expect(runs.summary(next.runId).state).toBe('queued');
    let cancelled: Promise<unknown> | null = null;
    const run = ended(
      await watchToEnd(runs, long.runId, (event) => {
        if (event.type === 'epoch' && event.epoch.epoch === 2) cancelled ??= runs.cancel(long.runId);
      }),
    );
    await cancelled;
    expect(run.state).toBe('cancelled');
    const kept = run.foldDetails[0]!.epochs.length;
    expect(kept).toBeGreaterThanOrEqual(2);
    expect(run.message).toBe(`Cancelled: the weights of epoch ${kept} of 10000 are kept.`);
    expect(run.accuracy).toBe(run.foldDetails[0]!.epochs.at(-1)!.heldOutAccuracy);
    const { card } = await readModelFiles(foldFolder(corpus.workspace, long.runId, 0));
    expect(card.epochs).toBe(kept);
    await watchToEnd(runs, next.runId);
    expect(runs.summary(next.runId).state).toBe('done');
    expect(busy[0]).toBeNull();
    expect(busy).toContain(`run ${long.runId} (tiny on tones), and 1 more waiting`);
    expect(busy.at(-1)).toBeNull();
  });

  it('keeps no model of a run cancelled before its first epoch', async () => {
    const corpus = toneCorpus();
    const runs = service(corpus);
    // An epoch of many seconds.
    const features = { ...STEADY_RECIPE.features, frames: 10_000 };
    const recipe = { ...STEADY_RECIPE, features };
    const input = { corpusId: corpus.corpusId, recipe, split: 'random', backend: 'wasm' } as const;
    const first = await runs.start(input);
    const queued = await runs.start(input);
    expect((await runs.cancel(queued.runId)).state).toBe('cancelled');
    const cancelled = await runs.cancel(first.runId);
    expect(cancelled).toMatchObject({ state: 'cancelled', accuracy: null });
    expect(cancelled.message).toContain('no model is kept');
    expect(existsSync(foldFolder(corpus.workspace, first.runId, 0))).toBe(false);
  });

  it('leaves out a clip that cannot be read any more, and names it', async () => {
    const corpus = toneCorpus();
    truncateSync(path.join(corpus.folder, 's2_anger_1.wav'), 30);
    const runs = service(corpus);
    const { runId } = await runs.start({ ...TINY, corpusId: corpus.corpusId });
    await watchToEnd(runs, runId);
    const run = runs.get(runId);
    expect(run.state).toBe('done');
    expect(run.message).toMatch(/^Left out.*s2_anger_1\.wav \(.+\)\.$/);
    expect(run.protocol).toContain('17 clips');
  });
});

it('pauses what a dead engine left behind, keeps its finished folds, and goes on when asked', async () => {
  const corpus = toneCorpus();
  const runs = service(corpus);
  const { runId } = await runs.start({ ...TINY, corpusId: corpus.corpusId, split: 'loso' });
  await watchToEnd(runs, runId);
  const whole = runs.predictions(runId);
  // As a crash between the second and the third fold leaves it.
  corpus.store.db.exec(`
    UPDATE runs SET state = 'running', seconds = NULL, accuracy = NULL, uar = NULL WHERE run_id = ${runId};
    UPDATE run_folds SET state = 'running' WHERE run_id = ${runId} AND fold = 2;
    DELETE FROM run_predictions WHERE run_id = ${runId} AND fold = 2;`);
  const next = service(corpus);
  const found = next.get(runId);
  expect(found.state).toBe('paused');
  expect(found.message).toBe(
    'The engine ended while the run was under way. Paused with 2 of 3 folds and 3 of 3 epochs finished. Resume goes ' +
      'on from there.',
  );
  expect(found.foldDetails.map(({ state }) => state)).toEqual(['done', 'done', 'paused']);
  expect(found.accuracy).not.toBeNull();
  expect(runStore.unfinishedRuns(corpus.store)).toEqual([]);
  next.resume(runId);
  expect(ended(await watchToEnd(next, runId))).toMatchObject({ state: 'done', foldsDone: 3, message: null });
  expect(next.predictions(runId)).toEqual(whole);
});

it('refuses unknown runs, recipes and corpora by name', async () => {
  const corpus = toneCorpus();
  const runs = service(corpus);
  expect(() => runs.get(7)).toThrow('There is no run 7');
  expect((await refusal(runs.cancel(7))).code).toBe('NOT_FOUND');
  const { corpusId } = corpus;
  expect((await refusal(runs.start({ corpusId, recipe: 'baroque' }))).data?.next).toContain('classic');
  expect((await refusal(runs.start({ corpusId: corpusId + 1 }))).code).toBe('NOT_FOUND');
});

it('writes model files that tfjs reads', async () => {
  const corpus = toneCorpus();
  const runs = service(corpus);
  const { runId } = await runs.start({ ...TINY, corpusId: corpus.corpusId });
  await watchToEnd(runs, runId);
  const folder = foldFolder(corpus.workspace, runId, 0);
  const model = JSON.parse(readFileSync(path.join(folder, 'model.json'), 'utf8')) as {
    format: string;
    weightsManifest: [{ paths: string[]; weights: { name: string; shape: number[] }[] }];
  };
  expect(model.format).toBe('layers-model');
  expect(model.weightsManifest[0].paths).toEqual(['weights.bin']);
  truncateSync(path.join(folder, 'weights.bin'), 100);
  const error = await refusal(readModelFiles(folder));
  expect(error.code).toBe('UNREADABLE');
  expect(error.data?.path).toBe(path.join(folder, 'weights.bin'));
});
