// Things that go wrong in the middle of a run, ten of each: what was measured stays, the rest ends or goes on with a reason.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunDetail, RunEvent, StartRunInput } from '../shared/contract/schemas.ts';
import { createRandom } from '../shared/metrics/random.ts';
import { CLASSIC_RECIPE, type Recipe } from '../shared/recipe/recipe.ts';
import { type LocalClient, withEngine } from '../main/cli/local-engine.ts';
import { unpackDemoCorpus } from '../main/corpus/demo.ts';
import { entryFile } from '../main/process/entry.ts';

const TIMES = 10;
/** Small enough to be over in seconds, long enough to be hit. */
const RECIPE: Recipe = {
  ...CLASSIC_RECIPE,
  name: 'faults',
  layers: [{ type: 'lstm', units: 16, returnSequences: false }],
  training: { ...CLASSIC_RECIPE.training, epochs: 4 },
};
/** Three folds, two side by side: one that is hit, one beside it, one that has not begun. */
const SPLIT = { name: 'grouped-k-fold', folds: 3 } as const;
/** Batches told of before what happens happens; of sixty, some in one breath. */
const BATCHES_BEFORE = 15;
const TMPFS_MEGABYTES = 24;
const ORPHANS_GONE_MS = 20_000;
const CLI = path.join(import.meta.dirname, '../main/cli/pathos.ts');

interface Bench {
  /** Holds everything; a folder a case. */
  readonly root: string;
  readonly corpus: string;
  /** Predictions of the run that nothing disturbs, as text. */
  readonly whole: string;
}

/** What a case did; null where all was as it should be. */
type Complaint = string | null;

/** @param args `[times]` instead of ten of each, and the names of the faults instead of all */
export async function run(args: readonly string[]): Promise<boolean> {
  const times = Number(args.find((arg) => /^\d+$/.test(arg)) ?? TIMES);
  const names = args.filter((arg) => !/^\d+$/.test(arg));
  const root = mkdtempSync(path.join(tmpdir(), 'pathos-faults-'));
  try {
    const corpus = await unpackDemoCorpus(root);
    const whole = await withEngine(path.join(root, 'whole'), async (client) => {
      const runId = await start(client, corpus);
      await follow(client, runId);
      return answers(client, runId);
    });
    let passed = true;
    for (const [name, fault] of FAULTS) {
      if (names.length > 0 && !names.includes(name)) continue;
      passed = (await repeat(name, fault, { root, corpus, whole }, times)) && passed;
    }
    return passed;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function repeat(
  name: string,
  fault: (bench: Bench, workspace: string, random: () => number) => Promise<Complaint>,
  bench: Bench,
  times: number,
): Promise<boolean> {
  const complaints: string[] = [];
  for (let i = 1; i <= times; i++) {
    const workspace = path.join(bench.root, `${name}-${i}`);
    const complaint = await fault(bench, workspace, createRandom(i, name).uniform).catch(
      (error: unknown) => `unexpected: ${String(error)}`,
    );
    if (complaint !== null) complaints.push(`  ${i}: ${complaint}`);
    rmSync(workspace, { recursive: true, force: true });
  }
  const good = times - complaints.length;
  console.log(
    `${name}: ${good} of ${times} as they should be, limit ${times}: ${good === times ? 'pass' : 'short'}`,
  );
  for (const complaint of complaints) console.log(complaint);
  return good === times;
}

const FAULTS = new Map([
  ['trainer-killed', trainerKilled],
  ['engine-killed', engineKilled],
  ['disk-full', diskFull],
  ['file-deleted', fileDeleted],
  ['loss-not-a-number', lossNotANumber],
]);

/** One fold fails with the signal, the others go on, and a resume makes the run what it would have been. */
function trainerKilled(
  { corpus, whole }: Bench,
  workspace: string,
  random: () => number,
): Promise<Complaint> {
  return withEngine(workspace, async (client) => {
    const runId = await start(client, corpus);
    const at = Math.floor(random() * BATCHES_BEFORE);
    let batches = 0;
    let killed = false;
    const hurt = await follow(client, runId, (event) => {
      // In its last epoch a fold may have told all before it is hit.
      if (event.type !== 'batch' || ++batches < at || killed || event.epoch === RECIPE.training.epochs)
        return;
      const victim = trainersOf(process.pid).at(-1);
      if (victim === undefined) return;
      killed = true;
      process.kill(victim, 'SIGKILL');
    });
    if (!killed) return 'no trainer was there to be killed';
    const failed = hurt.foldDetails.filter(({ state }) => state === 'failed');
    if (hurt.state !== 'done' || failed.length !== 1 || hurt.foldsDone !== hurt.folds - 1)
      return `ended ${hurt.state} with ${hurt.foldsDone} of ${hurt.folds} folds: ${hurt.message}`;
    if (!failed[0]!.error?.includes('SIGKILL')) return `its reason is "${failed[0]!.error}"`;
    return resumed(client, runId, whole);
  });
}

/** The run waits with a reason, its trainers end by themselves, and a resume makes it what it would have been. */
async function engineKilled(
  { root, corpus, whole }: Bench,
  workspace: string,
  random: () => number,
): Promise<Complaint> {
  const recipe = path.join(root, 'recipe.json');
  writeFileSync(recipe, JSON.stringify(RECIPE));
  const options = ['--recipe', recipe, '--backend', 'wasm', '--split', SPLIT.name];
  options.push('--folds', String(SPLIT.folds), '--folds-in-parallel', '2', '--threads', '1');
  const engine = spawn(process.execPath, [CLI, 'train', corpus, '--workspace', workspace, ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => engine.on('exit', () => resolve()));
  await new Promise<void>((begun) => {
    engine.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('Training')) begun();
    });
    void ended.then(begun);
  });
  await delay(random() * 1500);
  const trainers = trainersOf(engine.pid!);
  engine.kill('SIGKILL');
  await ended;
  const left = await orphans(trainers);
  if (left.length > 0) return `trainers ${left.join(', ')} outlived their engine`;
  return withEngine(workspace, async (client) => {
    const [found] = await client.runs.list({});
    if (!found) return 'the run is gone';
    if (found.state === 'done') return answersDiffer(client, found.runId, whole);
    if (
      found.state !== 'paused' ||
      !found.message?.startsWith('The engine ended while the run was under way')
    )
      return `it is ${found.state}: ${found.message}`;
    if (found.epochsDone === 0) return 'the epochs that it had told of are gone';
    return resumed(client, found.runId, whole);
  });
}

/** The run says that it waits, goes on once there is room, and is what it would have been. */
async function diskFull(
  { corpus, whole }: Bench,
  workspace: string,
  random: () => number,
): Promise<Complaint> {
  mkdirSync(workspace, { recursive: true });
  const size = `size=${TMPFS_MEGABYTES}m`;
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', workspace]);
  if (mounted.status !== 0) return 'a small disk could not be mounted: run this as root on Linux';
  const filler = path.join(workspace, 'filler');
  try {
    return await withEngine(workspace, async (client) => {
      const runId = await start(client, corpus);
      const at = Math.floor(random() * BATCHES_BEFORE);
      let batches = 0;
      let waited = false;
      const run = await follow(client, runId, (event) => {
        if (event.type === 'batch' && ++batches === at + 1) fill(workspace, filler);
        if (event.type !== 'run' || !event.summary.message?.includes('disk is full') || waited) return;
        waited = true;
        setTimeout(() => unlinkSync(filler), 500);
      });
      if (!waited) return 'the disk was never full';
      if (run.state !== 'done') return `ended ${run.state}: ${run.message}`;
      return answersDiffer(client, runId, whole);
    });
  } finally {
    execFileSync('umount', [workspace]);
  }
}

/** Takes what room there is, to the last byte. */
function fill(folder: string, file: string): void {
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(file, Buffer.alloc(Math.max(0, bavail * bsize - bsize)));
  try {
    for (let n = 0; ; n++) writeFileSync(file, Buffer.alloc(bsize), { flag: 'a' });
  } catch {
    // Full.
  }
}

/** A clip whose features are computed is kept; one that is gone before is left out by name. */
async function fileDeleted(
  { root, whole }: Bench,
  workspace: string,
  random: () => number,
): Promise<Complaint> {
  const corpus = await unpackDemoCorpus(path.join(root, `corpus-${random()}`));
  return withEngine(workspace, async (client) => {
    const [label] = readdirSync(corpus).filter((name) => !name.includes('.'));
    const files = readdirSync(path.join(corpus, label!));
    const file = path.join(corpus, label!, files[Math.floor(random() * files.length)]!);
    const early = random() < 0.5;
    const corpusId = await open(client, corpus);
    if (early) unlinkSync(file);
    const { runId } = await client.runs.start({ ...INPUT, corpusId });
    let deleted = early;
    const run = await follow(client, runId, (event) => {
      if (event.type !== 'batch' || deleted) return;
      deleted = true;
      unlinkSync(file);
    });
    if (run.state !== 'done' || run.foldsDone !== run.folds) return `ended ${run.state}: ${run.message}`;
    if (!early) return answersDiffer(client, runId, whole);
    const named = run.message?.startsWith('Left out') && run.message.includes(path.basename(file));
    return named ? null : `said "${run.message}" of ${path.basename(file)}`;
  });
}

/**
 * Folds whose loss overflows fail with the reason, the others of the same run go on and are scored, and the run behind
 * it goes its way. No number is put in by hand: at such a learning rate it hangs on a fold's clips whether they do.
 */
function lossNotANumber(
  { corpus, whole }: Bench,
  workspace: string,
  random: () => number,
): Promise<Complaint> {
  return withEngine(workspace, async (client) => {
    const corpusId = await open(client, corpus);
    const learningRate = 10 ** (35 + random());
    const wild = { ...RECIPE, training: { ...RECIPE.training, learningRate } };
    const broken = await client.runs.start({ ...INPUT, corpusId, recipe: wild });
    const next = await client.runs.start({ ...INPUT, corpusId });
    const run = await follow(client, broken.runId);
    const failed = run.foldDetails.filter(({ error }) => error?.includes('no number'));
    if (run.state !== 'done' || failed.length === 0 || run.foldsDone !== run.folds - failed.length)
      return `ended ${run.state} with ${run.foldsDone} of ${run.folds} folds: ${run.message}`;
    const scored = (await client.runs.predictions({ runId: run.runId })).length;
    const tested = run.foldDetails.filter(({ state }) => state === 'done');
    if (scored !== tested.reduce((clips, { testClips }) => clips + testClips, 0))
      return `${scored} clips are scored`;
    await follow(client, next.runId);
    return answersDiffer(client, next.runId, whole);
  });
}

const INPUT: Omit<StartRunInput, 'corpusId'> = {
  recipe: RECIPE,
  split: SPLIT,
  backend: 'wasm',
  foldsInParallel: 2,
  threads: 1,
};

async function open(client: LocalClient, folder: string): Promise<number> {
  for await (const event of await client.corpora.open({ folder }))
    if (event.type === 'done') return event.summary.corpusId;
  throw new Error('the corpus could not be opened');
}

async function start(client: LocalClient, folder: string): Promise<number> {
  const { runId } = await client.runs.start({ ...INPUT, corpusId: await open(client, folder) });
  return runId;
}

async function follow(
  client: LocalClient,
  runId: number,
  on: (event: RunEvent) => void = () => undefined,
): Promise<RunDetail> {
  for await (const event of await client.runs.watch({ runId })) {
    on(event);
    // The stream of a paused run goes on when the run does.
    if (event.type === 'run' && event.summary.state === 'paused') break;
  }
  return client.runs.get({ runId });
}

async function resumed(client: LocalClient, runId: number, whole: string): Promise<Complaint> {
  await client.runs.resume({ runId });
  const run = await follow(client, runId);
  if (run.state !== 'done' || run.foldsDone !== run.folds || run.message !== null)
    return `after a resume it ended ${run.state} with ${run.foldsDone} of ${run.folds} folds: ${run.message}`;
  return answersDiffer(client, runId, whole);
}

/** Paths and probabilities of a run's answers: not a bit may differ. */
async function answers(client: LocalClient, runId: number): Promise<string> {
  const rows = await client.runs.predictions({ runId });
  return JSON.stringify(rows.map(({ path: file, probabilities }) => [file, probabilities]));
}

async function answersDiffer(client: LocalClient, runId: number, whole: string): Promise<Complaint> {
  return (await answers(client, runId)) === whole
    ? null
    : 'its answers are others than those of an undisturbed run';
}

/** Ids of the trainers that a process has started and that are still there, the newest last. */
function trainersOf(processId: number): number[] {
  const lines = execFileSync('ps', ['-A', '--sort=start_time', '-o', 'pid=,ppid=,args=']).toString().trim();
  return lines.split('\n').flatMap((line) => {
    const [pid, parent, ...command] = line.trim().split(/\s+/);
    return Number(parent) === processId && command.at(-1) === entryFile('trainer') ? [Number(pid)] : [];
  });
}

/** Those of some processes that do not end by themselves. */
async function orphans(processIds: readonly number[]): Promise<number[]> {
  const alive = (): number[] =>
    processIds.filter((pid) => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    });
  for (const until = performance.now() + ORPHANS_GONE_MS; alive().length > 0 && performance.now() < until;)
    await delay(100);
  return alive();
}
