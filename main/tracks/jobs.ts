// Runs track jobs in threads of their own, the one asked for last first; what nobody asks for any more is given up.
import { Worker } from 'node:worker_threads';
import { AudioError, type AudioErrorCode } from '../audio/audioError.ts';
import { entryFile } from '../process/entry.ts';
import type { TrackJob, TrackMeta, TrackNews } from './protocol.ts';

/** A job not asked for in so long makes way for one that waits. */
const LEASE_MS = 700;
/** A job not asked for in so long is given up whether or not another waits. */
const LONG_LEASE_MS = 5000;

/** A track on its way. */
export class RunningTrack {
  readonly job: TrackJob;
  /** Resolves once it is whole or failed; never rejects. */
  readonly settled: Promise<void>;
  meta: TrackMeta | null = null;
  done = 0;
  error: unknown = null;
  askedAt = performance.now();
  #settle: () => void = () => undefined;

  constructor(job: TrackJob) {
    this.job = job;
    this.settled = new Promise((resolve) => (this.#settle = resolve));
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

/** One thread and what waits for it. */
export class TrackThread {
  readonly #entry: string;
  readonly #onGivenUp: (track: RunningTrack) => void;
  #worker: Worker | null = null;
  #running: RunningTrack | null = null;
  #waiting: RunningTrack[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(onGivenUp: (track: RunningTrack) => void, entry = entryFile('tracks')) {
    this.#entry = entry;
    this.#onGivenUp = onGivenUp;
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
    this.#running = null;
    await this.#worker?.terminate();
    this.#worker = null;
  }

  #next(): void {
    if (this.#running) return;
    this.#waiting.sort((a, b) => a.askedAt - b.askedAt);
    const track = this.#waiting.pop();
    if (!track) return;
    this.#running = track;
    this.#worker ??= this.#start();
    this.#worker.postMessage(track.job);
  }

  #start(): Worker {
    const worker = new Worker(this.#entry);
    let reason = 'its thread ended';
    worker.on('message', (news: TrackNews) => this.#receive(news));
    worker.on('error', (error) => (reason = error instanceof Error ? error.message : String(error)));
    worker.on('exit', () => {
      if (this.#worker !== worker) return;
      this.#worker = null;
      const track = this.#running;
      this.#running = null;
      track?.fail(new Error(`${track.job.path}: its ${track.job.track} could not be computed: ${reason}`));
      this.#next();
    });
    worker.unref();
    return worker;
  }

  #receive(news: TrackNews): void {
    const track = this.#running;
    if (track?.job.id !== news.id) return;
    if (news.type === 'progress') {
      track.meta = news.meta;
      track.done = news.done;
      return;
    }
    this.#running = null;
    if (news.type === 'done') track.finish(news.meta);
    else {
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
    const now = performance.now();
    const stale = (track: RunningTrack, ms: number): boolean => now - track.askedAt > ms;
    for (const track of this.#waiting.filter((one) => stale(one, LONG_LEASE_MS))) {
      this.#waiting = this.#waiting.filter((one) => one !== track);
      this.#onGivenUp(track);
    }
    const running = this.#running;
    if (!running || !stale(running, this.#waiting.length > 0 ? LEASE_MS : LONG_LEASE_MS)) return;
    const worker = this.#worker;
    this.#worker = this.#running = null;
    this.#onGivenUp(running);
    void worker?.terminate();
    this.#next();
  }
}
