// Tests of runs that go on: after a pause, another engine, a kill, a full disk; and of those ended with what they had.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import type { PredictionRow, RunDetail, RunEvent, StartRunInput } from '../../shared/contract/schemas.ts';
import type { Recipe } from '../../shared/recipe/recipe.ts';
import { featureStore } from '../store/features.ts';
import { checkpointFile } from './checkpoint.ts';
import { RunService } from './runs.ts';
import { TINY_RECIPE, toneCorpus, type ToneCorpus } from './testing.ts';

/** With 12 batches of one clip an epoch there is time to do something inside one. */
const SLOW_RECIPE: Recipe = {
  ...TINY_RECIPE,
  training: { ...TINY_RECIPE.training, batchSize: 1, epochs: 4 },
};

function service(corpus: ToneCorpus, checkpointSeconds = 60): RunService {
  const runs = new RunService({
    store: corpus.store,
    workspace: corpus.workspace,
    featureCache: featureStore(corpus.store),
    parallelFolds: 2,
    checkpointSeconds,
  });
  onTestFinished(() => runs.close());
  return runs;
}

const input = (corpus: ToneCorpus): StartRunInput => ({
  corpusId: corpus.corpusId,
  recipe: SLOW_RECIPE,
  backend: 'wasm',
});

/** Watches until the run has ended or is paused. */
async function follow(
  runs: RunService,
  runId: number,
  on: (event: RunEvent) => void = () => undefined,
): Promise<RunDetail> {
  for await (const event of runs.watch(runId)) {
    on(event);
    if (event.type === 'run' && event.summary.state === 'paused') break;
  }
  return runs.get(runId);
}

/** What a run gives that nothing disturbs: the same in every corpus of these tests. */
let whole: { predictions: PredictionRow[]; losses: number[][] };

beforeAll(async () => {
  let cleanUp = (): void => undefined;
  const corpus = toneCorpus({ whenOver: (own) => (cleanUp = own) });
  const { store, workspace } = corpus;
  const runs = new RunService({ store, workspace, parallelFolds: 2 });
  const { runId } = await runs.start(input(corpus));
  whole = { losses: losses(await follow(runs, runId)), predictions: runs.predictions(runId) };
  cleanUp();
});

const losses = (run: RunDetail): number[][] =>
  run.foldDetails.map(({ epochs }) => epochs.map(({ loss }) => loss));

it('goes on from the very batch, in another engine too, and gives the same numbers', async () => {
  const corpus = toneCorpus();
  const first = service(corpus);
  const { runId } = await first.start(input(corpus));
  let asked = false;
  const paused = await follow(first, runId, (event) => {
    if (asked || event.type !== 'batch' || event.epoch !== 2 || event.batch !== 5) return;
    asked = true;
    void first.pause(runId);
  });
  expect(paused.state).toBe('paused');
  expect(paused.message).toMatch(/^Paused with 0 of 3 folds and \d of 12 epochs finished\. Resume/);
  expect(paused.foldDetails.map(({ state }) => state)).toEqual(['paused', 'paused', 'waiting']);
  await first.close();
  const second = service(corpus);
  second.resume(runId);
  // A second asking changes nothing.
  second.resume(runId);
  const done = await follow(second, runId);
  expect(done).toMatchObject({ state: 'done', foldsDone: 3, message: null });
  expect(second.predictions(runId)).toEqual(whole.predictions);
  expect(losses(done)).toEqual(whole.losses);
  expect(existsSync(checkpointFile(corpus.workspace, runId, 0))).toBe(false);
});

it('pauses when the engine closes, and takes up a killed fold where it was written down', async () => {
  const corpus = toneCorpus();
  const runs = service(corpus, 0);
  const { runId } = await runs.start(input(corpus));
  let killed = false;
  const hurt = await follow(runs, runId, (event) => {
    if (killed || event.type !== 'epoch' || event.epoch.epoch < 2) return;
    killed = true;
    process.kill(runs.trainerProcesses(runId).get(event.fold)!, 'SIGKILL');
  });
  expect(hurt).toMatchObject({ state: 'done', foldsDone: 2 });
  expect(hurt.message).toContain('SIGKILL');
  runs.resume(runId);
  await runs.close();
  expect(runs.summary(runId)).toMatchObject({
    state: 'paused',
    message: expect.stringContaining(
      'The engine was closed while the run was under way. Paused with',
    ) as string,
  });
  const next = service(corpus);
  next.resume(runId);
  expect(await follow(next, runId)).toMatchObject({ state: 'done', foldsDone: 3, message: null });
  expect(next.predictions(runId)).toEqual(whole.predictions);
});

it('waits while the disk is full, and loses nothing', async () => {
  const corpus = toneCorpus();
  const runs = service(corpus);
  const { runId } = await runs.start(input(corpus));
  let full = false;
  let waited = false;
  const run = await follow(runs, runId, (event) => {
    if (event.type === 'epoch' && event.epoch.epoch === 2 && !full) {
      full = true;
      fillUp(corpus, runId);
    }
    if (event.type !== 'run' || !event.summary.message?.includes('disk is full')) return;
    waited = true;
    makeRoom(corpus);
  });
  expect(waited).toBe(true);
  expect(run).toMatchObject({ state: 'done', message: null });
  expect(losses(run)).toEqual(whole.losses);
  expect(runs.predictions(runId)).toEqual(whole.predictions);
});

/** Lets the database have no page more, and fills those it has: it then says what it says on a full disk. */
function fillUp({ store: { db } }: ToneCorpus, runId: number): void {
  db.pragma('max_page_count = 1');
  const insert = db.prepare('INSERT INTO run_epochs VALUES (?, 99, ?, 0, 0, 0, 0, 0)');
  const predict = db.prepare("INSERT INTO run_predictions VALUES (?, 99, ?, 0, x'00')");
  const clips = db.prepare('SELECT clip_id FROM clips').pluck().all() as number[];
  const whenFull = (error: unknown): void => expect((error as { code: string }).code).toBe('SQLITE_FULL');
  try {
    for (const clip of clips) predict.run(runId, clip);
  } catch (error) {
    whenFull(error);
  }
  try {
    for (let n = 1; ; n++) insert.run(runId, n);
  } catch (error) {
    whenFull(error);
  }
}

function makeRoom({ store: { db } }: ToneCorpus): void {
  db.pragma('max_page_count = 1073741823');
  db.exec('DELETE FROM run_epochs WHERE fold = 99; DELETE FROM run_predictions WHERE fold = 99');
}

it('ends with what it has where it is stopped, and a paused run with what it had', async () => {
  const corpus = toneCorpus();
  const runs = service(corpus);
  const { runId } = await runs.start(input(corpus));
  let asked: Promise<unknown> | null = null;
  const stopped = await follow(runs, runId, (event) => {
    if (event.type === 'epoch' && event.epoch.epoch === 2) asked ??= runs.stop(runId);
  });
  await asked;
  expect(stopped).toMatchObject({ state: 'cancelled', foldsDone: expect.any(Number) as number });
  expect(stopped.foldsDone).toBeGreaterThanOrEqual(1);
  expect(stopped.message).toMatch(/^Stopped, keeping fold [12] with epoch \d/);
  expect(stopped.scores!.clips).toBe(6 * stopped.foldsDone);

  const other = await runs.start(input(corpus));
  let pausing = false;
  await follow(runs, other.runId, (event) => {
    if (event.type !== 'epoch' || event.epoch.epoch < 2 || pausing) return;
    pausing = true;
    void runs.pause(other.runId);
  });
  const cancelled = await runs.cancel(other.runId);
  expect(cancelled.state).toBe('cancelled');
  const kept = runs.get(other.runId).foldDetails.filter(({ keptEpoch }) => keptEpoch !== null);
  expect(kept.length).toBeGreaterThanOrEqual(1);
  expect(kept.every(({ keptEpoch, epochs }) => keptEpoch === epochs.length)).toBe(true);
  expect(runs.predictions(other.runId)).toHaveLength(6 * kept.length);
  const left = readdirSync(path.join(corpus.workspace, 'runs', String(other.runId)));
  expect(left.sort()).toEqual(kept.map(({ index }) => `fold-${index}`));
});

it('names a loss that is no number, and the next run begins', async () => {
  const corpus = toneCorpus();
  const runs = service(corpus);
  const wild = { ...SLOW_RECIPE, training: { ...SLOW_RECIPE.training, learningRate: 1e38 } };
  const broken = await runs.start({ ...input(corpus), recipe: wild });
  const next = await runs.start({ ...input(corpus), split: 'random', epochs: 1 });
  const run = await follow(runs, broken.runId);
  expect(run).toMatchObject({ state: 'failed', foldsDone: 0 });
  expect(run.message).toMatch(/3 folds of 3 failed \(1, 2, 3\): The loss was no number/);
  expect(await follow(runs, next.runId)).toMatchObject({ state: 'done' });
});
