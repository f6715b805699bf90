// From audio files to feature matrices under a specification: one file, or a whole list with a cache.
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { featurePath, type FeaturePath } from '../../shared/dsp/kernel/kernel.ts';
import type { Matrix } from '../../shared/dsp/matrix.ts';
import { canonicalJson } from '../../shared/recipe/recipe.ts';
import type { FeatureSpec } from '../../shared/recipe/recipe.ts';
import { AudioError } from '../audio/audioError.ts';
import type { CachedFeatures, FeatureCache } from './cache.ts';
import { createClipExtractor, type ClipExtractor } from './extract.ts';
import { extractInPool, type ClipResult } from './pool.ts';

/** Hex SHA-256 that is equal for equal specifications, whatever the order of their keys. */
export function featureHash(spec: FeatureSpec): string {
  return createHash('sha256').update(canonicalJson(spec)).digest('hex');
}

/**
 * Features of one audio file, neither padded nor cut.
 *
 * @throws AudioError naming the file
 * @throws DspError bad-spec
 */
export async function computeFeatures(path: string, spec: FeatureSpec): Promise<Matrix> {
  return extractorFor(spec)(path);
}

export interface ClipSource {
  path: string;
  /** Hex SHA-256 of the file's content; with the specification it identifies the features. */
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

export interface ExtractOptions {
  signal?: AbortSignal;
  /** Called once a clip: first for those of the cache, then in the order in which they are done. */
  onProgress?: (progress: ExtractProgress) => void;
  cache?: FeatureCache;
  /** Threads that compute. 0, the default: the caller's own, in turns with its event loop. See suggestedWorkers. */
  workers?: number;
}

/** A file that gave no features; it costs nobody but itself. */
export interface FeatureDefect {
  path: string;
  reason: string;
}

export interface Extraction {
  /** As many as clips were asked for, in their order; undefined where the clip is among the defects. */
  matrices: (Matrix | undefined)[];
  /** In the order of the clips. */
  defects: FeatureDefect[];
  /** How this machine computes this specification. */
  path: FeaturePath;
}

/** Longest stretch of work between two turns of the event loop, in milliseconds. */
const TURN_MILLISECONDS = 20;
/** Matrices read from the cache at once. */
const READ_BATCH = 512;
/** Matrices written to the cache at once: what a crash of this process may cost. */
const WRITE_BATCH = 128;
/** A thread takes about as long to start as so many short clips to compute. */
const CLIPS_PER_WORKER = 200;

/** As many threads as are worth their start for so many clips, at most one a core; 0 for a few. */
export function suggestedWorkers(clips: number): number {
  return Math.min(availableParallelism(), Math.floor(clips / CLIPS_PER_WORKER));
}

/**
 * Features of many clips, by the caller's thread in turns with its event loop, or by a pool of threads.
 *
 * @throws the signal's reason once aborted (what was computed so far is in the cache)
 * @throws DspError bad-spec
 */
export async function extractAll(
  clips: readonly ClipSource[],
  spec: FeatureSpec,
  { signal, onProgress, cache, workers = 0 }: ExtractOptions = {},
): Promise<Extraction> {
  const extractor = extractorFor(spec);
  const hash = featureHash(spec);
  const run = new Run(clips, { hash, onProgress, cache });
  const missing = await run.readCache(signal);
  try {
    if (workers > 0 && missing.length > 0) {
      await computeInPool(run, missing, { workers, spec, featureHash: hash, signal });
    } else {
      await computeHere(run, missing, extractor, signal);
    }
  } finally {
    await run.flush();
  }
  return run.extraction(featurePath(spec));
}

interface RunSettings {
  hash: string;
  onProgress: ExtractOptions['onProgress'];
  cache: FeatureCache | undefined;
}

/** What extractAll has so far. */
class Run {
  readonly clips: readonly ClipSource[];
  readonly #settings: RunSettings;
  readonly #results: (ClipResult | undefined)[];
  #unwritten: CachedFeatures[] = [];
  #done = 0;
  #cached = 0;
  #computingSince = 0;

  constructor(clips: readonly ClipSource[], settings: RunSettings) {
    this.clips = clips;
    this.#settings = settings;
    this.#results = new Array<ClipResult | undefined>(clips.length).fill(undefined);
  }

  /** Takes what the cache has; returns the positions of the other clips. */
  async readCache(signal: AbortSignal | undefined): Promise<number[]> {
    const { cache, hash } = this.#settings;
    const missing: number[] = [];
    const turn = createTurns();
    for (let first = 0; first < this.clips.length; first += READ_BATCH) {
      signal?.throwIfAborted();
      const batch = this.clips.slice(first, first + READ_BATCH);
      const hashes = batch.map(({ contentHash }) => contentHash);
      const known = await cache?.getMany(hashes, hash);
      for (let i = 0; i < batch.length; i++) {
        const matrix = known?.[i];
        if (!matrix) {
          missing.push(first + i);
          continue;
        }
        this.#cached++;
        this.#finish(first + i, { matrix });
      }
      await turn();
    }
    this.#computingSince = performance.now();
    return missing;
  }

  /** Notes what was computed. The cache has it after the next flush. */
  add(index: number, result: ClipResult): void {
    if ('matrix' in result && this.#settings.cache) {
      this.#unwritten.push({ contentHash: this.clips[index]!.contentHash, matrix: result.matrix });
    }
    this.#finish(index, result);
  }

  get unwritten(): number {
    return this.#unwritten.length;
  }

  /** Writes to the cache what is not in it yet. */
  async flush(): Promise<void> {
    const entries = this.#unwritten;
    if (entries.length === 0) return;
    this.#unwritten = [];
    await this.#settings.cache?.putMany(entries, this.#settings.hash);
  }

  extraction(path: FeaturePath): Extraction {
    const defects = this.#results.flatMap((result, i) =>
      result && 'defect' in result ? [{ path: this.clips[i]!.path, reason: result.defect }] : [],
    );
    const matrices = this.#results.map((result) =>
      result && 'matrix' in result ? result.matrix : undefined,
    );
    return { matrices, defects, path };
  }

  #finish(index: number, result: ClipResult): void {
    this.#results[index] = result;
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

async function computeHere(
  run: Run,
  missing: readonly number[],
  extractor: ClipExtractor,
  signal: AbortSignal | undefined,
): Promise<void> {
  const turn = createTurns();
  for (const index of missing) {
    signal?.throwIfAborted();
    run.add(index, await resultOf(run.clips[index]!.path, extractor));
    if (run.unwritten >= WRITE_BATCH) await run.flush();
    await turn();
  }
}

async function resultOf(path: string, extractor: ClipExtractor): Promise<ClipResult> {
  try {
    return { matrix: await extractor(path) };
  } catch (error) {
    if (!(error instanceof AudioError)) throw error;
    return { defect: error.reason };
  }
}

interface PoolSettings {
  workers: number;
  spec: FeatureSpec;
  featureHash: string;
  signal: AbortSignal | undefined;
}

async function computeInPool(
  run: Run,
  missing: readonly number[],
  { workers, ...settings }: PoolSettings,
): Promise<void> {
  // A cache that fails ends the extraction, as it does in one thread.
  let writing: Promise<void> = Promise.resolve();
  const broken = new AbortController();
  const signals = settings.signal ? [settings.signal, broken.signal] : [broken.signal];
  try {
    await extractInPool(workers, {
      ...settings,
      signal: AbortSignal.any(signals),
      paths: missing.map((index) => run.clips[index]!.path),
      onResults: (results) => {
        for (const { index, result } of results) run.add(missing[index]!, result);
        if (run.unwritten < WRITE_BATCH) return;
        writing = writing.then(() => run.flush()).catch((error: unknown) => broken.abort(error));
      },
    });
  } finally {
    await writing;
  }
  broken.signal.throwIfAborted();
}

/** A function to await between two pieces of work: it lets the event loop turn when that is due. */
function createTurns(): () => Promise<void> | undefined {
  let started = performance.now();
  return () => {
    if (performance.now() - started <= TURN_MILLISECONDS) return undefined;
    return nextTurn().then(() => void (started = performance.now()));
  };
}

/** The last specification's tables are kept: callers nearly always ask for the same one again. */
let latest: { hash: string; extractor: ClipExtractor } | undefined;

function extractorFor(spec: FeatureSpec): ClipExtractor {
  const hash = featureHash(spec);
  if (latest?.hash !== hash) latest = { hash, extractor: createClipExtractor(spec) };
  return latest.extractor;
}
