// From audio files to feature matrices under a specification: one file, or a whole list with a cache.
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { featurePath } from '../../shared/dsp/kernel/analysis.ts';
import type { FeaturePath } from '../../shared/dsp/kernel/kernel.ts';
import type { Matrix } from '../../shared/dsp/matrix.ts';
import { canonicalJson } from '../../shared/recipe/recipe.ts';
import type { FeatureSpec, Recipe } from '../../shared/recipe/recipe.ts';
import type { FeatureCache } from './cache.ts';
import { createClipExtractor, errorOf, resultOf, type ClipExtractor } from './extract.ts';
import { createTurns, ExtractionRun } from './extraction-run.ts';
import type { ClipSource, ExtractProgress, FeatureDefect } from './extraction-run.ts';
import { extractInPool, type ClipResult, type PoolJob } from './pool.ts';

export type { ClipSource, ExtractProgress, FeatureDefect } from './extraction-run.ts';

/** Goes into every feature hash; to be raised whenever the same specification gives other numbers. */
const NUMBERS_VERSION = 5;

function contentHash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/**
 * Hex SHA-256 that is equal for equal specifications, whatever the order of their keys; with a file's content hash
 * it identifies a matrix in the cache.
 */
export function featureHash(spec: FeatureSpec): string {
  return contentHash({ numbers: NUMBERS_VERSION, spec });
}

/** Hex SHA-256 of a recipe's content: equal for equal features, network and training, whatever it is called. */
export function recipeHash({ features, layers, training }: Recipe): string {
  return contentHash({ features, layers, training });
}

/**
 * Features of one audio file, neither padded nor cut. Normalised where that is over the utterance; over a speaker
 * or a corpus it takes statistics of other clips (shared/dsp/normalise.ts), which are not applied here.
 *
 * @throws AudioError naming the file; its cause is a DspError where the sound has no such features
 * @throws DspError where no sound could have them: bad-spec, above-nyquist, frame-too-short
 */
export async function computeFeatures(path: string, spec: FeatureSpec): Promise<Matrix> {
  if (!isLarge(path)) return computeFeaturesHere(path, spec);
  let result: ClipResult | undefined;
  const onResults: PoolJob['onResults'] = ([first]) => (result = first!.result);
  await extractInPool(1, { paths: [path], spec, featureHash: featureHash(spec), onResults });
  if ('matrix' in result!) return result.matrix;
  throw errorOf(path, result!);
}

/** The same in the caller's thread, whatever the file's size: for threads that have nothing else to do. */
export function computeFeaturesHere(path: string, spec: FeatureSpec): Promise<Matrix> {
  return extractorFor(spec)(path);
}

/** Larger files are never computed by the caller's thread: they would stop its event loop for seconds. */
const LARGE_BYTES = 1 << 20;

function isLarge(path: string): boolean {
  try {
    return statSync(path).size > LARGE_BYTES;
  } catch {
    // Whoever reads it says what is wrong with it.
    return false;
  }
}

export interface ExtractOptions {
  signal?: AbortSignal;
  /** Called once a clip: first for those of the cache, then in the order in which they are done. */
  onProgress?: (progress: ExtractProgress) => void;
  cache?: FeatureCache;
  /**
   * Threads that compute. 0, the default: the caller's own, in turns with its event loop, unless there are files of
   * more than a megabyte. See suggestedWorkers.
   */
  workers?: number;
}

export interface Extraction {
  /** As many as clips were asked for, in their order; undefined where the clip is among the defects. */
  matrices: (Matrix | undefined)[];
  /** In the order of the clips. */
  defects: FeatureDefect[];
  /** How this machine computes this specification. */
  path: FeaturePath;
}

/** What came of an extraction whose matrices were handed over one by one. */
export interface ExtractSummary {
  /** In the order of the clips. */
  defects: FeatureDefect[];
  /** Clips whose matrix came out of the cache. */
  cached: number;
  /** How many threads computed; 1 where it was the caller's own, or where all came out of the cache. */
  workers: number;
  /** How this machine computes this specification. */
  path: FeaturePath;
}

/** A thread takes about as long to start as so many short clips to compute. */
const CLIPS_PER_WORKER = 200;

/** As many threads as are worth their start for so many clips, at most one a core; 0 for a few. */
export function suggestedWorkers(clips: number): number {
  return Math.min(availableParallelism(), Math.floor(clips / CLIPS_PER_WORKER));
}

/**
 * Features of many clips, all of them held at once, in the clips' order.
 *
 * @throws as extractEach
 */
export async function extractAll(
  clips: readonly ClipSource[],
  spec: FeatureSpec,
  options: ExtractOptions = {},
): Promise<Extraction> {
  const matrices = new Array<Matrix | undefined>(clips.length).fill(undefined);
  const take = (index: number, matrix: Matrix): void => void (matrices[index] = matrix);
  const { defects, path } = await extractEach(clips, spec, options, take);
  return { matrices, defects, path };
}

/**
 * Features of many clips, each handed to `take` as soon as it is there and held no longer than it takes to write it
 * to the cache. They are computed by the caller's thread in turns with its event loop, or by a pool of threads.
 *
 * @param take is given the clip's place in `clips`, in no particular order; it is not called for a defect
 * @throws the signal's reason once aborted (what was computed so far is in the cache)
 * @throws DspError as computeFeatures
 */
export async function extractEach(
  clips: readonly ClipSource[],
  spec: FeatureSpec,
  { signal, onProgress, cache, workers = 0 }: ExtractOptions,
  take: (index: number, matrix: Matrix) => void,
): Promise<ExtractSummary> {
  const extractor = extractorFor(spec);
  const hash = featureHash(spec);
  const run = new ExtractionRun(clips, { hash, onProgress, cache, take });
  const missing = await run.readCache(signal);
  const threads = Math.min(workers > 0 ? workers : workersForLarge(clips, missing), missing.length);
  try {
    if (threads > 0) {
      await computeInPool(run, missing, { workers: threads, spec, featureHash: hash, signal });
    } else {
      await computeHere(run, missing, extractor, signal);
    }
  } finally {
    await run.flush();
  }
  return { ...run.outcome(), workers: Math.max(1, threads), path: featurePath(spec) };
}

function workersForLarge(clips: readonly ClipSource[], missing: readonly number[]): number {
  let large = 0;
  for (const index of missing) {
    if (large < availableParallelism() && isLarge(clips[index]!.path)) large++;
  }
  return large;
}

async function computeHere(
  run: ExtractionRun,
  missing: readonly number[],
  extractor: ClipExtractor,
  signal: AbortSignal | undefined,
): Promise<void> {
  const turn = createTurns();
  for (const index of missing) {
    signal?.throwIfAborted();
    run.add(index, await resultOf(run.clips[index]!.path, extractor));
    if (run.isFull) await run.flush();
    await turn();
  }
}

interface PoolSettings {
  workers: number;
  spec: FeatureSpec;
  featureHash: string;
  signal: AbortSignal | undefined;
}

async function computeInPool(
  run: ExtractionRun,
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
        if (!run.isFull) return;
        writing = writing.then(() => run.flush()).catch((error: unknown) => broken.abort(error));
      },
    });
  } finally {
    await writing;
  }
  broken.signal.throwIfAborted();
}

/** The last specification's tables are kept: callers nearly always ask for the same one again. */
let latest: { hash: string; extractor: ClipExtractor } | undefined;

function extractorFor(spec: FeatureSpec): ClipExtractor {
  const hash = featureHash(spec);
  if (latest?.hash !== hash) latest = { hash, extractor: createClipExtractor(spec) };
  return latest.extractor;
}
