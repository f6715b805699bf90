// How long training takes beside Keras and PyTorch: epochs in turns, and a whole leave-one-speaker-out run.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { BackendName } from '../shared/contract/schemas.ts';
import { createRandom } from '../shared/metrics/random.ts';
import { inputShape } from '../shared/recipe/columns.ts';
import { CLASSIC_RECIPE } from '../shared/recipe/recipe.ts';
import { threadEnvironment } from '../main/training/backend.ts';
import { startFold } from '../main/training/fold-process.ts';
import { planFolds } from '../main/training/splits.ts';
import { splitByName } from '../shared/protocol/split.ts';
import { ensurePython } from '../scripts/provision/python.ts';
import { emodbClips, median, NOTHING_ASIDE, verdict, writeJob, type Job } from './_training-job.ts';

/** AESDD under the classic recipe: its shape, filled with noise, for what an epoch costs does not hang on the values. */
const CLIPS = 483;
const LABELS = 5;
const THREADS = 2;
const LANES = 2;

interface Peer {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

interface Answer {
  readonly seconds: number;
  readonly loss: number;
  readonly words?: string;
}

const here = (file: string): string => path.join(import.meta.dirname, file);

function aesddJob(): Job {
  const random = createRandom(1, 'training speed');
  const { frames, coefficients } = inputShape(CLASSIC_RECIPE.features);
  const values = { length: CLIPS * frames * coefficients };
  return {
    ...NOTHING_ASIDE,
    recipe: CLASSIC_RECIPE,
    labels: LABELS,
    features: Float32Array.from(values, () => random.normal()),
    targets: Int32Array.from({ length: CLIPS }, () => random.integer(LABELS)),
    train: Int32Array.from({ length: CLIPS }, (_, i) => i),
    test: new Int32Array(0),
    seed: 1,
    fold: 0,
    epochs: CLASSIC_RECIPE.training.epochs,
  };
}

/** A process that runs one epoch whenever it is asked. */
class EpochProcess {
  readonly seconds: number[] = [];
  words = '';
  readonly #child;
  readonly #answers;
  #stderr = '';

  constructor({ command, args }: Peer) {
    this.#child = spawn(command, [...args], {
      env: { ...process.env, ...threadEnvironment(THREADS), TF_CPP_MIN_LOG_LEVEL: '3' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child.stderr.on('data', (text: Buffer) => {
      this.#stderr = (this.#stderr + text.toString()).slice(-2000);
    });
    this.#answers = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  /** @param counts keep its time; the first epochs compile */
  async epoch(counts: boolean): Promise<void> {
    this.#child.stdin.write('\n');
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`an epoch's process ended: ${this.#stderr}`);
    const answer = JSON.parse(value) as Answer;
    if (!Number.isFinite(answer.loss)) throw new Error('the loss was no number');
    this.words = answer.words ?? '';
    if (counts) this.seconds.push(answer.seconds);
  }

  end(): void {
    this.#child.stdin.end();
  }
}

/** Epochs in turns, so that whatever else the machine does falls on all alike. */
export async function compareEpochs(rounds: number): Promise<boolean> {
  const [keras, torch] = await Promise.all([ensurePython('training'), ensurePython('pytorch')]);
  const folder = await mkdtemp(path.join(tmpdir(), 'pathos-bench-'));
  const python = (name: string, library: string, command: string): Peer => ({
    name,
    command,
    args: [here('training_epochs.py'), library, folder, String(THREADS)],
  });
  const ours = (name: string, backend: BackendName): Peer => ({
    name,
    command: process.execPath,
    args: [here('_training-epochs.ts'), folder, backend],
  });
  const peers = [
    python('Keras', 'keras', keras.python),
    python('PyTorch', 'torch', torch.python),
    ours('default', 'wasm'),
    ours('tensorflow', 'tensorflow'),
  ];
  try {
    await writeJob(folder, aesddJob());
    const running = peers.map((peer) => ({ name: peer.name, process: new EpochProcess(peer) }));
    for (let round = -2; round < rounds; round++)
      for (const peer of running) await peer.process.epoch(round >= 0);
    console.log(`${CLIPS} clips, batches of ${CLASSIC_RECIPE.training.batchSize}, ${THREADS} threads each:`);
    const medians = running.map(({ name, process: { seconds, words } }) => {
      const sorted = seconds.toSorted((a, b) => a - b);
      const middle = median(seconds);
      console.log(
        `${name.padEnd(11)} ${middle.toFixed(3)} s/epoch, median of ${rounds} in turns ` +
          `(${sorted[0]!.toFixed(3)} to ${sorted.at(-1)!.toFixed(3)})  ${words}`,
      );
      return middle;
    });
    for (const { process: each } of running) each.end();
    const [kerasTime, torchTime, defaultTime, layerTime] = medians as [number, number, number, number];
    return [
      judge('default / Keras', defaultTime / kerasTime, 0.6),
      judge('default / PyTorch', defaultTime / torchTime, 1.1),
      judge('tensorflow / Keras', layerTime / kerasTime, 1),
    ].every(Boolean);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function judge(what: string, ratio: number, limit: number): boolean {
  console.log(`${what}: ${ratio.toFixed(2)}, limit ${limit.toFixed(1)}: ${verdict(ratio <= limit)}`);
  return ratio <= limit;
}

/** All of EMO-DB, one speaker left out after the other, to the end of the last fold: ours, then PyTorch. */
export async function compareWholeRun(corpus: string, epochs: number): Promise<boolean> {
  const { python } = await ensurePython('pytorch');
  const { clips, labels, ...job } = await emodbClips(corpus, 1, epochs);
  const folds = planFolds(splitByName('loso'), clips, labels, { seed: 1, validationShare: null });
  const oursSeconds = await timed(async () => {
    const waiting = [...folds];
    const lane = async (): Promise<void> => {
      for (let fold = waiting.shift(); fold; fold = waiting.shift()) {
        const { train, test, index } = fold;
        const silent = { onReady: () => undefined, onBatch: () => undefined, onEpoch: () => undefined };
        const { outcome } = startFold(
          { ...job, ...NOTHING_ASIDE, labels: labels.length, train, test, fold: index, backend: 'wasm' },
          silent,
          1,
        );
        const { state, reason } = await outcome;
        if (state !== 'done') throw new Error(`fold ${index}: ${reason}`);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  });
  const folder = await mkdtemp(path.join(tmpdir(), 'pathos-bench-'));
  try {
    const sides = folds.map(({ train, test }) => ({ train: [...train], test: [...test] }));
    const none = new Int32Array(0);
    await writeJob(
      folder,
      { ...job, ...NOTHING_ASIDE, labels: labels.length, train: none, test: none, fold: 0 },
      sides,
    );
    const torchSeconds = await timed(() =>
      Promise.all(
        Array.from({ length: LANES }, (_, lane) => {
          const mine = folds.map((_, fold) => fold).filter((fold) => fold % LANES === lane);
          return finished(python, [here('training_torch.py'), folder, '1', ...mine.map(String)]);
        }),
      ),
    );
    console.log(
      `EMO-DB, ${folds.length} speakers left out in turn, ${epochs} epochs, ${LANES} processes of one thread: ` +
        `${oursSeconds.toFixed(1)} s, PyTorch ${torchSeconds.toFixed(1)} s`,
    );
    return judge('whole run / PyTorch', oursSeconds / torchSeconds, 1);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

function finished(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, [...args], {
    env: { ...process.env, ...threadEnvironment(1) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${args[0]} ended with code ${code}`)),
    );
  });
}
