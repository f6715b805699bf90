// Runs track jobs in threads of their own, the one asked for last first; what nobody asks for any more is given up.
import { Worker } from 'node:worker_threads';
import { AudioError, type AudioErrorCode } from '../audio/audioError.ts';
import { entryFile } from '../process/entry.ts';
import type { TrackJob, TrackMeta, TrackNews, TrackOrder } from './protocol.ts';

/** A job not asked for in so long makes way for one that waits. */
const LEASE_MS = 700;
/** A job not asked for in so long is given up whether or not another waits. */
const LONG_LEASE_MS = 5000;

/** A thread's space for short-lived objects: what it computes lies in arrays of its own. */
const YOUNG_MEGABYTES = 4;

/** A track on its way. */
export class RunningTrack {
  readonly job: TrackJob;
  /** Resolves once it is whole or failed; never rejects. */
  readonly settled: Promise<void>;
  /** Resolves once more of it can be read than now, or it is settled; never rejects. */
  news: Promise<void>;
  meta: TrackMeta | null = null;
  done = 0;
  error: unknown = null;
  askedAt = performance.now();
  #waiters = 0;
  #tell: () => void = () => undefined;
  #settle: () => void = () => undefined;

  constructor(job: TrackJob) {
    this.job = job;
    this.settled = new Promise((resolve) => (this.#settle = resolve));
    this.news = this.#nextNews();
  }

  /** Waits so long at most; whoever waits asks for the track all the while. */
  async within(ms: number, promise: Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    this.#waiters += 1;
    await Promise.race([promise, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))]);
    this.#waiters -= 1;
    this.askedAt = performance.now();
    clearTimeout(timer);
  }

  /** Whether nobody has asked for it in so long. */
  isStale(ms: number): boolean {
    return this.#waiters === 0 && performance.now() - this.askedAt > ms;
  }

  progress(meta: TrackMeta, done: number): void {
    this.meta = meta;
    this.done = done;
    this.#tell();
    this.news = this.#nextNews();
  }

  #nextNews(): Promise<void> {
    const told = new Promise<void>((resolve) => (this.#tell = resolve));
    return Promise.race([told, this.settled]);
  }

  finish(meta: TrackMeta): void {
    this.meta = meta;
    this.done = meta.shape.records;
    this.#settle();
  }

  fail(error: unknown): void {
    this.error = error;
    this.#settle();
  }
}

export interface ThreadOptions {
  /** Tracks that the thread computes at once, in turns. */
  readonly atOnce: number;
  /** After a track of more records the thread is ended: what it took goes back to the system at once. */
  readonly mostRecords?: number;
  readonly onGivenUp: (track: RunningTrack) => void;
}

/** One thread and what waits for it. */
export class TrackThread {
  readonly #options: ThreadOptions;
  #worker: Worker | null = null;
  #running = new Map<number, RunningTrack>();
  #waiting: RunningTrack[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(options: ThreadOptions) {
    this.#options = options;
  }

  run(track: RunningTrack): void {
    this.#waiting.push(track);
    this.#makeWay();
    this.#next();
    this.#timer ??= setInterval(() => this.#makeWay(), LEASE_MS / 2).unref();
  }

  async close(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#waiting = [];
    this.#running.clear();
    await this.#worker?.terminate();
    this.#worker = null;
  }

  #next(): void {
    this.#waiting.sort((a, b) => a.askedAt - b.askedAt);
    while (this.#waiting.length > 0 && this.#running.size < this.#options.atOnce) {
      const track = this.#waiting.pop()!;
      this.#running.set(track.job.id, track);
      this.#worker ??= this.#start();
      this.#worker.postMessage({ type: 'compute', job: track.job } satisfies TrackOrder);
    }
  }

  #start(): Worker {
    const worker = new Worker(entryFile('tracks'), {
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
    });
    let reason = 'its thread ended';
    worker.on('message', (news: TrackNews) => this.#receive(news));
    worker.on('error', (error) => (reason = error instanceof Error ? error.message : String(error)));
    worker.on('exit', () => {
      if (this.#worker !== worker) return;
      this.#worker = null;
      const tracks = [...this.#running.values()];
      this.#running.clear();
      for (const track of tracks) {
        track.fail(new Error(`${track.job.path}: its ${track.job.track} could not be computed: ${reason}`));
      }
      this.#next();
    });
    worker.unref();
    return worker;
  }

  #receive(news: TrackNews): void {
    const track = this.#running.get(news.id);
    if (!track) return;
    if (news.type === 'progress') {
      track.progress(news.meta, news.done);
      return;
    }
    this.#running.delete(news.id);
    if (news.type === 'done') {
      track.finish(news.meta);
      if (news.meta.shape.records > (this.#options.mostRecords ?? Infinity)) this.#endThread();
    } else {
      const { path } = track.job;
      track.fail(
        news.code === null
          ? new Error(`${path}: ${news.reason}`)
          : new AudioError(news.code as AudioErrorCode, path, news.reason),
      );
    }
    this.#next();
  }

  #makeWay(): void {
    for (const track of this.#waiting.filter((one) => one.isStale(LONG_LEASE_MS))) {
      this.#waiting = this.#waiting.filter((one) => one !== track);
      this.#options.onGivenUp(track);
    }
    const isCrowded = this.#waiting.length > 0 || this.#running.size > 1;
    for (const track of this.#running.values()) {
      if (track.isStale(isCrowded ? LEASE_MS : LONG_LEASE_MS)) this.#giveUp(track);
    }
    this.#next();
  }

  #giveUp(track: RunningTrack): void {
    const { id } = track.job;
    this.#running.delete(id);
    this.#options.onGivenUp(track);
    if (this.#running.size === 0) this.#endThread();
    else this.#worker?.postMessage({ type: 'drop', id } satisfies TrackOrder);
  }

  /** Nothing runs in it; the next track gets a new one. */
  #endThread(): void {
    const worker = this.#worker;
    this.#worker = null;
    void worker?.terminate();
  }
}
