// A pool of threads that compute features: batches of files, a crash costs one file, a cancel ends at once.
import { Worker } from 'node:worker_threads';
import type { DspErrorCode } from '../../shared/dsp/dspError.ts';
import type { Matrix } from '../../shared/dsp/matrix.ts';
import type { FeatureSpec } from '../../shared/recipe/recipe.ts';
import type { AudioErrorCode } from '../audio/audioError.ts';
import { entryFile } from '../process/entry.ts';

/** Why a file has no features. */
export interface Defect {
  /** A plain clause. */
  defect: string;
  /** Missing where the computation crashed. */
  code?: AudioErrorCode;
  /** Where it is the sound that has none. */
  cause?: DspErrorCode;
}

/** What became of one file. */
export type ClipResult = { matrix: Matrix } | Defect;

/** What a thread is started with: the batch and the position in it that it is at (batch 0: none). */
export interface WorkerSetup {
  place: Int32Array;
}

/** To a thread. */
export interface Batch {
  /** From 1 on. */
  id: number;
  paths: string[];
  spec: FeatureSpec;
  featureHash: string;
}

/** From a thread: results in the order of the batch's paths, or why the batch could not be computed at all. */
export type BatchAnswer = { id: number; results: ClipResult[] } | { id: number; error: string };

export interface PoolJob {
  paths: readonly string[];
  spec: FeatureSpec;
  featureHash: string;
  signal?: AbortSignal | undefined;
  /** Called once a path, a batch at a time, in no particular order. */
  onResults: (results: { index: number; result: ClipResult }[]) => void;
}

/** How long a batch shall take, in milliseconds: long beside a message, short beside a person's patience. */
const BATCH_MS = 20;
const MAX_BATCH = 64;
/** So many batches lie ready in each thread, so that none waits for the next. */
const BATCHES_AHEAD = 2;
/** A thread that dies so often before it is at any file will not live. */
const MAX_FALSE_STARTS = 2;

interface SentBatch {
  indices: number[];
  sentAt: number;
}

interface Thread {
  worker: Worker;
  place: Int32Array;
  sent: Map<number, SentBatch>;
}

/** Threads for one extraction at a time; between two they stay, and hold no process open. */
export class FeaturePool {
  readonly size: number;
  readonly #entry: string;
  #threads = new Set<Thread>();
  #job: RunningJob | undefined;
  #nextId = 1;

  /** @param entry the threads' file */
  constructor(size: number, entry = entryFile('features')) {
    this.size = size;
    this.#entry = entry;
  }

  /**
   * Features of many files. After a rejection the pool is closed.
   *
   * @throws the signal's reason once aborted; Error where threads do not live or the specification has no features
   */
  async extract(job: PoolJob): Promise<void> {
    job.signal?.throwIfAborted();
    const running = new RunningJob(job);
    const abort = (): void => running.fail(job.signal!.reason);
    job.signal?.addEventListener('abort', abort);
    this.#job = running;
    try {
      while (this.#threads.size < this.size) this.#start();
      for (const { worker } of this.#threads) worker.ref();
      this.#feed();
      await running.done;
      for (const { worker } of this.#threads) worker.unref();
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      this.#job = undefined;
      job.signal?.removeEventListener('abort', abort);
    }
  }

  /** Ends the threads, whatever they are at. */
  async close(): Promise<void> {
    const threads = [...this.#threads];
    this.#threads.clear();
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }

  #start(): void {
    const place = new Int32Array(new SharedArrayBuffer(8));
    const worker = new Worker(this.#entry, { workerData: { place } satisfies WorkerSetup });
    const thread: Thread = { worker, place, sent: new Map() };
    this.#threads.add(thread);
    let reason = 'its thread ended';
    worker.on('message', (answer: BatchAnswer) => this.#receive(thread, answer));
    worker.on('error', (error) => (reason = error instanceof Error ? error.message : String(error)));
    worker.on('exit', () => this.#bury(thread, reason));
  }

  #feed(): void {
    const job = this.#job;
    if (!job) return;
    // In turns, so that the last files are shared out.
    for (let ahead = 0; ahead < BATCHES_AHEAD; ahead++) {
      for (const { worker, sent } of this.#threads) {
        if (sent.size > ahead) continue;
        const indices = job.take(this.size * BATCHES_AHEAD);
        if (indices.length === 0) return;
        const { paths, spec, featureHash } = job.job;
        const id = this.#nextId++;
        sent.set(id, { indices, sentAt: performance.now() });
        worker.postMessage({ id, paths: indices.map((i) => paths[i]!), spec, featureHash } satisfies Batch);
      }
    }
  }

  #receive(thread: Thread, answer: BatchAnswer): void {
    const batch = thread.sent.get(answer.id);
    if (!batch || !this.#threads.has(thread) || !this.#job) return;
    thread.sent.delete(answer.id);
    if ('error' in answer) {
      this.#job.fail(new Error(answer.error));
      return;
    }
    // What waits behind this batch begins now.
    const now = performance.now();
    for (const waiting of thread.sent.values()) waiting.sentAt = now;
    this.#job.learn(now - batch.sentAt, batch.indices.length);
    this.#job.finish(batch.indices.map((index, i) => ({ index, result: answer.results[i]! })));
    this.#feed();
  }

  /** After a crash: the file that the thread was at is named, the others are computed again, by a new thread. */
  #bury(thread: Thread, reason: string): void {
    if (!this.#threads.delete(thread) || !this.#job) return;
    const [id, position] = thread.place;
    const culprit = thread.sent.get(id!)?.indices[position!];
    for (const { indices } of thread.sent.values()) {
      this.#job.giveBack(indices.filter((index) => index !== culprit));
    }
    if (culprit !== undefined) {
      this.#job.finish([{ index: culprit, result: { defect: `made the computation crash: ${reason}` } }]);
    } else if (this.#job.falseStart() > MAX_FALSE_STARTS) {
      this.#job.fail(new Error(`The threads that compute features do not live: ${reason}`));
      return;
    }
    this.#start();
    this.#feed();
  }
}

/** What is left of one extraction, and how it ends. */
class RunningJob {
  readonly job: PoolJob;
  readonly done: Promise<void>;
  readonly #waiting: number[];
  readonly #settle: { resolve: () => void; reject: (reason: unknown) => void };
  #left: number;
  #falseStarts = 0;
  /** Of a file, in milliseconds; a guess until the first batch has come. */
  #fileMs = BATCH_MS / 4;

  constructor(job: PoolJob) {
    this.job = job;
    this.#left = job.paths.length;
    // Taken from the end.
    this.#waiting = Array.from(job.paths, (_, i) => this.#left - 1 - i);
    let settle: { resolve: () => void; reject: (reason: unknown) => void } | undefined;
    this.done = new Promise((resolve, reject) => (settle = { resolve, reject }));
    this.#settle = settle!;
    if (this.#left === 0) this.#settle.resolve();
  }

  /** The next batch: as many as fill its time, but no more than a fair share of what is left. */
  take(shares: number): number[] {
    const fair = Math.ceil(this.#waiting.length / shares);
    const count = Math.max(1, Math.min(MAX_BATCH, fair, Math.round(BATCH_MS / this.#fileMs)));
    return this.#waiting.splice(-count).reverse();
  }

  giveBack(indices: number[]): void {
    this.#waiting.push(...indices);
  }

  learn(milliseconds: number, files: number): void {
    this.#fileMs = Math.max(0.01, milliseconds / files);
  }

  falseStart(): number {
    return ++this.#falseStarts;
  }

  finish(results: { index: number; result: ClipResult }[]): void {
    this.#left -= results.length;
    try {
      this.job.onResults(results);
    } catch (error) {
      this.fail(error);
    }
    if (this.#left === 0) this.#settle.resolve();
  }

  fail(reason: unknown): void {
    this.#settle.reject(reason);
  }
}

/** Pools between two extractions, and when they end. */
const resting = new Map<FeaturePool, NodeJS.Timeout>();
const REST_MS = 30_000;

/**
 * Runs a job on a pool of `workers` threads; threads are kept for half a minute, since to start one takes
 * longer than a hundred short clips.
 */
export async function extractInPool(workers: number, job: PoolJob): Promise<void> {
  const found = [...resting.keys()].find(({ size }) => size === workers);
  const pool = found ?? new FeaturePool(workers);
  clearTimeout(resting.get(pool));
  resting.delete(pool);
  await pool.extract(job);
  const end = setTimeout(() => {
    resting.delete(pool);
    void pool.close();
  }, REST_MS);
  resting.set(pool, end.unref());
}
