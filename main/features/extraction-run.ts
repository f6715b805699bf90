// One extraction of many clips on its way: what the cache has, what is to be written to it, defects and progress.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Matrix } from '../../shared/dsp/matrix.ts';
import type { CachedFeatures, FeatureCache } from './cache.ts';
import type { ClipResult } from './pool.ts';

export interface ClipSource {
  path: string;
  /** Hex SHA-256 of the file's content; with the specification it identifies the features. Empty: never cached. */
  contentHash: string;
}

export interface ExtractProgress {
  /** Clips finished so far, defects included. */
  done: number;
  total: number;
  /** Of `done`, how many came out of the cache. */
  cached: number;
  /** Clips computed in a second, those of the cache left out; null before the first. */
  clipsPerSecond: number | null;
  /** Seconds until the end at this rate; null before there is one. */
  secondsLeft: number | null;
}

/** A file that gave no features; it costs nobody but itself. */
export interface FeatureDefect {
  path: string;
  reason: string;
}

/** Longest stretch of work between two turns of the event loop, in milliseconds. */
const TURN_MILLISECONDS = 20;
/** Matrices read from the cache at once: the first time, and at most. */
const FIRST_READ_BATCH = 16;
const READ_BATCH = 512;
/** Matrices written to the cache at once: what a crash of this process may cost. */
const WRITE_BATCH = 128;
/** About as many bytes of matrices are held between the cache and the caller, however long the clips. */
const HELD_BYTES = 32 * 2 ** 20;

export interface RunSettings {
  hash: string;
  onProgress: ((progress: ExtractProgress) => void) | undefined;
  cache: FeatureCache | undefined;
  take: (index: number, matrix: Matrix) => void;
}

/** What an extraction has so far: what came out of the cache, what was computed, what is not written yet. */
export class ExtractionRun {
  readonly clips: readonly ClipSource[];
  readonly #settings: RunSettings;
  readonly #defects = new Map<number, string>();
  #unwritten: CachedFeatures[] = [];
  #unwrittenBytes = 0;
  #done = 0;
  #cached = 0;
  #computingSince = 0;

  constructor(clips: readonly ClipSource[], settings: RunSettings) {
    this.clips = clips;
    this.#settings = settings;
  }

  /** Takes what the cache has; returns the positions of the other clips. */
  async readCache(signal: AbortSignal | undefined): Promise<number[]> {
    const { cache, hash } = this.#settings;
    const missing: number[] = [];
    const turn = createTurns();
    let next = 0;
    let bytes = 0;
    for (let size = FIRST_READ_BATCH; next < this.clips.length; size = batchSize(bytes, this.#cached)) {
      signal?.throwIfAborted();
      const batch = this.clips.slice(next, next + size);
      const hashes = batch.map(({ contentHash }) => contentHash);
      const known = await cache?.getMany(hashes, hash);
      for (let i = 0; i < batch.length; i++, next++) {
        const matrix = hashes[i] === '' ? undefined : known?.[i];
        if (!matrix) {
          missing.push(next);
          continue;
        }
        this.#cached++;
        bytes += matrix.values.byteLength;
        this.#finish(next, { matrix });
      }
      await turn();
    }
    this.#computingSince = performance.now();
    return missing;
  }

  /** Notes what was computed. The cache has it after the next flush. */
  add(index: number, result: ClipResult): void {
    const { contentHash } = this.clips[index]!;
    if ('matrix' in result && this.#settings.cache && contentHash !== '') {
      this.#unwritten.push({ contentHash, matrix: result.matrix });
      this.#unwrittenBytes += result.matrix.values.byteLength;
    }
    this.#finish(index, result);
  }

  /** Whether there is enough to be worth a flush. */
  get isFull(): boolean {
    return this.#unwritten.length >= WRITE_BATCH || this.#unwrittenBytes >= HELD_BYTES;
  }

  /** Writes to the cache what is not in it yet. */
  async flush(): Promise<void> {
    const entries = this.#unwritten;
    if (entries.length === 0) return;
    this.#unwritten = [];
    this.#unwrittenBytes = 0;
    await this.#settings.cache?.putMany(entries, this.#settings.hash);
  }

  outcome(): { defects: FeatureDefect[]; cached: number } {
    const inOrder = [...this.#defects].sort(([a], [b]) => a - b);
    const defects = inOrder.map(([index, reason]) => ({ path: this.clips[index]!.path, reason }));
    return { defects, cached: this.#cached };
  }

  #finish(index: number, result: ClipResult): void {
    if ('matrix' in result) this.#settings.take(index, result.matrix);
    else this.#defects.set(index, result.defect);
    this.#done++;
    const total = this.clips.length;
    const computed = this.#done - this.#cached;
    const seconds = (performance.now() - this.#computingSince) / 1000;
    const clipsPerSecond = computed > 0 && seconds > 0 ? computed / seconds : null;
    this.#settings.onProgress?.({
      done: this.#done,
      total,
      cached: this.#cached,
      clipsPerSecond,
      secondsLeft: clipsPerSecond === null ? null : (total - this.#done) / clipsPerSecond,
    });
  }
}

/** How many matrices to read next, after `count` of `bytes` in all. */
function batchSize(bytes: number, count: number): number {
  if (count === 0) return READ_BATCH;
  return Math.max(1, Math.min(READ_BATCH, Math.floor((HELD_BYTES * count) / bytes)));
}

/** A function to await between two pieces of work: it lets the event loop turn when that is due. */
export function createTurns(): () => Promise<void> | undefined {
  let started = performance.now();
  return () => {
    if (performance.now() - started <= TURN_MILLISECONDS) return undefined;
    return nextTurn().then(() => void (started = performance.now()));
  };
}
