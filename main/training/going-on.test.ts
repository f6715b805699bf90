// Tests of runs that go on: after a pause, another engine, a kill, a full disk; and of those ended with what they had.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import type { PredictionRow, RunDetail, RunEvent, StartRunInput } from '../../shared/contract/schemas.ts';
import { featureStore } from '../store/features.ts';
import { checkpointFile } from './checkpoint.ts';
import { RunService, type RunServiceOptions } from './runs.ts';
import { STEADY_RECIPE, TINY_RECIPE, toneCorpus, type ToneCorpus } from './testing.ts';

function service(
  corpus: ToneCorpus,
  checkpointSeconds = 60,
  more: Partial<RunServiceOptions> = {},
): RunService {
  const runs = new RunService({
    store: corpus.store,
    workspace: corpus.workspace,
    featureCache: featureStore(corpus.store),
    parallelFolds: 2,
    checkpointSeconds,
    ...more,
  });
  onTestFinished(() => runs.close());
  return runs;
}

const input = (corpus: ToneCorpus): StartRunInput => ({
  corpusId: corpus.corpusId,
  recipe: STEADY_RECIPE,
  backend: 'wasm',
});

/** A run that ends only where it is ended. */
const endless = (corpus: ToneCorpus): StartRunInput => ({ ...input(corpus), epochs: 10_000 });

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
  const paused = await pauseAt('batch', first, runId);
  expect(paused.state).toBe('paused');
  expect(paused.message).toMatch(/^Paused with \d of 3 folds and \d+ of 18 epochs finished\. Resume/);
  expect(paused.foldDetails.map(({ state }) => state)).toContain('paused');
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
  let killed: number | null = null;
  const hurt = await follow(runs, runId, (event) => {
    // By the second epoch the end of the first one is written down.
    if (killed !== null || event.type !== 'epoch' || event.epoch.epoch < 2) return;
    killed = event.fold;
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
  const again: number[] = [];
  const done = await follow(next, runId, (event) => {
    if (event.type === 'epoch' && event.fold === killed) again.push(event.epoch.epoch);
  });
  expect(done).toMatchObject({ state: 'done', foldsDone: 3, message: null });
  expect(again[0]).toBeGreaterThan(1);
  expect(losses(done)).toEqual(whole.losses);
  expect(next.predictions(runId)).toEqual(whole.predictions);
});

/** As the database stands where an engine is killed under its run. */
function kill({ store }: ToneCorpus, runId: number): void {
  store.prepare("UPDATE runs SET state = 'running' WHERE run_id = ?").run(runId);
}

it('goes on by itself after a crash, and after a restart waits to be asked', async () => {
  const corpus = toneCorpus();
  const first = service(corpus);
  const { runId } = await first.start(input(corpus));
  await pauseAt('epoch', first, runId);
  await first.close();
  kill(corpus, runId);
  const restarted = service(corpus);
  expect(restarted.summary(runId)).toMatchObject({
    state: 'paused',
    message: expect.stringMatching(/^The engine ended .* Resume goes on from there\.$/) as string,
  });
  await restarted.close();
  kill(corpus, runId);
  // Epochs that a trainer finished when its engine was gone stand in the checkpoint alone.
  corpus.store
    .prepare(
      `DELETE FROM run_epochs WHERE run_id = ?
         AND fold IN (SELECT fold FROM run_folds WHERE run_id = run_epochs.run_id AND state <> 'done')`,
    )
    .run(runId);
  const after = service(corpus, 60, { afterCrash: true, goOnAfterMs: 0 });
  expect(after.summary(runId).message).toContain('goes on by itself');
  const said: (string | null)[] = [];
  const done = await followToEnd(after, runId, (event) => {
    if (event.type === 'epoch') said.push(event.summary.message);
  });
  expect(said[0]).toContain('the run went on from where it was');
  expect(done).toMatchObject({ state: 'done', foldsDone: 3, message: null });
  expect(losses(done)).toEqual(whole.losses);
  expect(after.predictions(runId)).toEqual(whole.predictions);
});

it('goes on once where it gets no further, and then the runs behind it', async () => {
  const corpus = toneCorpus();
  const first = service(corpus);
  const { runId } = await first.start(endless(corpus));
  await pauseAt('epoch', first, runId);
  const behind = await first.start({ ...input(corpus), recipe: TINY_RECIPE, epochs: 1 });
  await first.close();
  const crash = (): RunService => {
    kill(corpus, runId);
    corpus.store.prepare("UPDATE runs SET state = 'queued' WHERE run_id = ?").run(behind.runId);
    return service(corpus, 60, { afterCrash: true, goOnAfterMs: 1000 });
  };
  const second = crash();
  expect(second.summary(runId).message).toContain('goes on by itself');
  await second.close();
  const third = crash();
  expect(third.summary(runId)).toMatchObject({
    state: 'paused',
    message: expect.stringMatching(/twice at the same place.*Resume goes on/) as string,
  });
  expect(await followToEnd(third, behind.runId)).toMatchObject({ state: 'done' });
  expect(third.summary(runId).state).toBe('paused');
});

/** Watches until the run has ended. */
async function followToEnd(
  runs: RunService,
  runId: number,
  on: (event: RunEvent) => void = () => undefined,
): Promise<RunDetail> {
  for await (const event of runs.watch(runId)) on(event);
  return runs.get(runId);
}

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
  const { runId } = await runs.start(endless(corpus));
  let asked: Promise<unknown> | null = null;
  const stopped = await follow(runs, runId, (event) => {
    if (event.type === 'epoch') asked ??= runs.stop(runId);
  });
  await asked;
  expect(stopped).toMatchObject({ state: 'cancelled', foldsDone: expect.any(Number) as number });
  expect(stopped.foldsDone).toBeGreaterThanOrEqual(1);
  expect(stopped.message).toMatch(/^Stopped, keeping fold [123] with epoch \d/);
  expect(stopped.scores!.clips).toBe(6 * stopped.foldsDone);

  const other = await runs.start(endless(corpus));
  await pauseAt('epoch', runs, other.runId);
  const cancelled = await runs.cancel(other.runId);
  expect(cancelled.state).toBe('cancelled');
  const kept = runs.get(other.runId).foldDetails.filter(({ keptEpoch }) => keptEpoch !== null);
  expect(kept.length).toBeGreaterThanOrEqual(1);
  expect(kept.every(({ keptEpoch, epochs }) => keptEpoch === epochs.length)).toBe(true);
  expect(runs.predictions(other.runId)).toHaveLength(6 * kept.length);
  const left = readdirSync(path.join(corpus.workspace, 'runs', String(other.runId)));
  expect(left.sort()).toEqual(kept.map(({ index }) => `fold-${index}`));
});

it('leaves no checkpoint where a run is cancelled that was paused within its first epoch', async () => {
  const corpus = toneCorpus();
  const runs = service(corpus);
  const { runId } = await runs.start(endless(corpus));
  await pauseAt('batch', runs, runId);
  const folder = path.join(corpus.workspace, 'runs', String(runId));
  expect(readdirSync(folder)).toContain('fold-0.checkpoint');
  await runs.cancel(runId);
  expect(readdirSync(folder).filter((name) => name.endsWith('.checkpoint'))).toEqual([]);
  expect(runs.get(runId).foldDetails.map(({ state }) => state)).not.toContain('paused');
});

/** Pauses a run at the first event of a kind, and waits until it is paused. */
async function pauseAt(type: 'batch' | 'epoch', runs: RunService, runId: number): Promise<RunDetail> {
  let asked = false;
  return follow(runs, runId, (event) => {
    // A watcher may miss batches, so not one of them in particular.
    if (asked || event.type !== type) return;
    asked = true;
    void runs.pause(runId);
  });
}

it('names a loss that is no number, and the next run begins', async () => {
  const corpus = toneCorpus();
  const runs = service(corpus);
  const wild = { ...TINY_RECIPE, training: { ...TINY_RECIPE.training, learningRate: 1e38 } };
  const random = { ...input(corpus), split: 'random' } as const;
  const broken = await runs.start({ ...random, recipe: wild });
  const next = await runs.start({ ...random, recipe: TINY_RECIPE, epochs: 1 });
  const run = await follow(runs, broken.runId);
  expect(run).toMatchObject({ state: 'failed', foldsDone: 0 });
  expect(run.message).toMatch(/1 fold of 1 failed \(1\): The loss was no number/);
  expect(await follow(runs, next.runId)).toMatchObject({ state: 'done' });
});
