// Training beside Keras: the same losses from the same weights and batches, and the time of an epoch.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { BackendName, Epoch } from '../shared/contract/schemas.ts';
import { CLASSIC_RECIPE } from '../shared/recipe/recipe.ts';
import { epochBatches, foldStream } from '../main/training/batches.ts';
import { startFold } from '../main/training/fold-process.ts';
import { initialWeights } from '../main/training/weights.ts';
import { ensurePython } from '../scripts/provision/python.ts';
import { emodbJob, median, verdict, writeJob, type Job } from './_training-job.ts';
import { compareEpochs, compareWholeRun } from './_training-speed.ts';

const LOSS_LIMIT = 1e-3;
const COMPARED_EPOCHS = 3;
/** About half the last digit of a float32. */
const ROUNDING = 1e-7;
const CANCEL_LIMIT_SECONDS = 1;
const BACKENDS: readonly BackendName[] = ['tensorflow', 'wasm'];

async function trainHere(job: Job, backend: BackendName): Promise<Epoch[]> {
  const epochs: Epoch[] = [];
  const { outcome } = startFold(
    { ...job, backend },
    { onReady: () => undefined, onBatch: () => undefined, onEpoch: ({ epoch }) => void epochs.push(epoch) },
    availableParallelism(),
  );
  const { state, reason } = await outcome;
  if (state !== 'done') throw new Error(`${backend}: ${reason}`);
  return epochs;
}

/**
 * @param given hand over our initial weights and batches, or let Keras draw its own
 * @param perturbation relative size of a random change of the given weights
 */
async function trainInKeras(python: string, job: Job, given: boolean, perturbation = 0): Promise<Epoch[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pathos-bench-'));
  try {
    const { recipe, labels, train, seed, fold, epochs } = job;
    const orders = Array.from({ length: epochs }, (_, i) =>
      epochBatches(train, recipe.training.batchSize, seed, fold, i + 1).flatMap((batch) => [...batch]),
    );
    const weights = initialWeights(recipe, labels, seed, foldStream(fold));
    await writeJob(folder, job, [], { orders: given ? orders : null, perturbation });
    const bytes = Buffer.concat(weights.map(({ values }) => new Uint8Array(values.buffer)));
    await writeFile(path.join(folder, 'weights.f32'), bytes);
    return await readEpochs(python, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function readEpochs(python: string, folder: string): Promise<Epoch[]> {
  const child = spawn(python, [path.join(import.meta.dirname, 'training_keras.py'), folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => (stderr = (stderr + text.toString()).slice(-2000)));
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  const epochs: Epoch[] = [];
  for await (const line of createInterface(child.stdout)) epochs.push(JSON.parse(line) as Epoch);
  if ((await code) !== 0) throw new Error(`Keras did not run: ${stderr}`);
  return epochs;
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Loss of the first epochs from the same weights and batches, and seconds an epoch. */
async function compareLosses(folder: string, python: string, seed: number): Promise<boolean> {
  const job = await emodbJob(folder, seed, COMPARED_EPOCHS);
  console.log(
    `EMO-DB, random split: ${job.train.length} clips to train on, ${job.test.length} to test on, seed ${seed}`,
  );
  const keras = await trainInKeras(python, job, true);
  // The first epoch of Keras holds the tracing of its graph.
  const kerasSeconds = median(keras.slice(1).map(({ seconds }) => seconds));
  console.log(
    `Keras       loss ${losses(keras)}  held-out ${losses(keras, 'heldOutLoss')}  ${kerasSeconds.toFixed(2)} s/epoch`,
  );
  const moved = await trainInKeras(python, job, true, ROUNDING);
  console.log(
    `Keras with its weights moved by ${ROUNDING}, as rounding moves them: loss ${losses(moved)}, ` +
      `relative difference from itself ${greatestGap(moved, keras, 'loss').toExponential(1)} ` +
      `(held-out ${greatestGap(moved, keras, 'heldOutLoss').toExponential(1)})`,
  );
  let passed = true;
  for (const backend of BACKENDS) {
    const epochs = await trainHere(job, backend);
    const gap = greatestGap(epochs, keras, 'loss');
    const seconds = median(epochs.map((epoch) => epoch.seconds));
    passed &&= gap <= LOSS_LIMIT;
    console.log(
      `${backend.padEnd(11)} loss ${losses(epochs)}  held-out ${losses(epochs, 'heldOutLoss')}  ` +
        `${seconds.toFixed(2)} s/epoch (${(seconds / kerasSeconds).toFixed(1)} x Keras)  ` +
        `relative difference of the loss ${gap.toExponential(1)}, limit ${LOSS_LIMIT}: ${verdict(gap <= LOSS_LIMIT)} ` +
        `(held-out ${greatestGap(epochs, keras, 'heldOutLoss').toExponential(1)})`,
    );
  }
  return passed;
}

function greatestGap(
  epochs: readonly Epoch[],
  reference: readonly Epoch[],
  key: 'loss' | 'heldOutLoss',
): number {
  return Math.max(...epochs.map((epoch, i) => Math.abs(epoch[key] / reference[i]![key] - 1)));
}

function losses(epochs: readonly Epoch[], key: 'loss' | 'heldOutLoss' = 'loss'): string {
  return epochs.map((epoch) => epoch[key].toFixed(6)).join(' ');
}

/** How long a cancel takes in the middle of the classic recipe's first epochs. */
async function measureCancel(folder: string, backend: BackendName): Promise<boolean> {
  const job = await emodbJob(folder, 1, CLASSIC_RECIPE.training.epochs);
  let cancelledAt = 0;
  const fold = startFold(
    { ...job, backend },
    {
      onReady: () => undefined,
      onBatch: ({ epoch, batch }) => {
        if (epoch !== 2 || batch !== 5) return;
        cancelledAt = performance.now();
        fold.interrupt('cancel');
      },
      onEpoch: () => undefined,
    },
    availableParallelism(),
  );
  const { state, kept } = await fold.outcome;
  const seconds = (performance.now() - cancelledAt) / 1000;
  const passed = state === 'cancelled' && kept?.epoch === 1 && seconds <= CANCEL_LIMIT_SECONDS;
  console.log(
    `${backend}: cancelled in epoch 2 after ${seconds.toFixed(2)} s, limit ${CANCEL_LIMIT_SECONDS} s; ` +
      `kept epoch ${kept?.epoch ?? 'none'}: ${verdict(passed)}`,
  );
  return passed;
}

/** Whole runs over seeds, each side with its own draws: do the means differ by less than two standard errors? */
async function compareSeeds(
  folder: string,
  python: string,
  seeds: number,
  backend: BackendName,
): Promise<boolean> {
  const ours: Epoch[] = [];
  const theirs: Epoch[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    // One split for all seeds: the spread is that of weights and batches.
    const job = { ...(await emodbJob(folder, 1, CLASSIC_RECIPE.training.epochs)), seed };
    ours.push((await trainHere(job, backend)).at(-1)!);
    theirs.push((await trainInKeras(python, job, false)).at(-1)!);
    console.log(
      `seed ${seed}: held-out accuracy ${ours.at(-1)!.heldOutAccuracy.toFixed(3)} (${backend}), ` +
        `${theirs.at(-1)!.heldOutAccuracy.toFixed(3)} (Keras)`,
    );
  }
  const results = (['loss', 'heldOutLoss', 'heldOutAccuracy'] as const).map((key) => {
    const a = ours.map((epoch) => epoch[key]);
    const b = theirs.map((epoch) => epoch[key]);
    const gap = Math.abs(mean(a) - mean(b));
    const limit = 2 * Math.sqrt((variance(a) + variance(b)) / seeds);
    console.log(
      `${key}: mean ${mean(a).toFixed(4)} (${backend}), ${mean(b).toFixed(4)} (Keras); difference ${gap.toFixed(4)}, ` +
        `limit ${limit.toFixed(4)} (two standard errors): ${verdict(gap <= limit)}`,
    );
    return gap <= limit;
  });
  return results.every(Boolean);
}

/** With Bessel's correction. */
function variance(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((total, value) => total + (value - centre) ** 2, 0) / (values.length - 1);
}

/** What the benchmark has, in the order it runs. */
const PARTS = ['epochs', 'losses', 'cancel', 'whole-run'] as const;

/**
 * `npm run bench -- training [--only epochs|losses|cancel|whole-run] [--rounds N] [--epochs N] [--seeds N]
 * [--backend tensorflow|wasm]`; true where every limit was met.
 */
export async function run(args: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      rounds: { type: 'string', default: '15' },
      epochs: { type: 'string', default: String(CLASSIC_RECIPE.training.epochs) },
      seed: { type: 'string', default: '1' },
      seeds: { type: 'string' },
      backend: { type: 'string', default: 'wasm' },
    },
  });
  const corpora = process.env['PATHOS_TEST_CORPORA'] ?? path.join(import.meta.dirname, '../../shared/data');
  const folder = path.join(corpora, 'emodb', 'wav');
  const parts: Record<(typeof PARTS)[number], () => Promise<boolean>> = {
    epochs: () => compareEpochs(Number(values.rounds)),
    losses: async () => compareLosses(folder, (await ensurePython('training')).python, Number(values.seed)),
    cancel: async () => {
      const results = [];
      for (const backend of BACKENDS) results.push(await measureCancel(folder, backend));
      return results.every(Boolean);
    },
    'whole-run': () => compareWholeRun(folder, Number(values.epochs)),
  };
  const results = [];
  for (const part of PARTS)
    if (values.only === undefined || values.only === part) results.push(await parts[part]());
  if (values.seeds !== undefined) {
    const { python } = await ensurePython('training');
    const backend = values.backend as BackendName;
    results.push(await compareSeeds(folder, python, Number(values.seeds), backend));
  }
  return results.every(Boolean);
}
