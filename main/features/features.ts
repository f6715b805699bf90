// From audio files to feature matrices under a specification: one file, or a whole list with a cache.
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DspError } from '../../shared/dsp/dspError.ts';
import { createExtractor } from '../../shared/dsp/extractor.ts';
import type { Matrix } from '../../shared/dsp/matrix.ts';
import type { FeatureExtractor } from '../../shared/dsp/track.ts';
import { canonicalJson } from '../../shared/recipe/recipe.ts';
import type { FeatureSpec, Recipe } from '../../shared/recipe/recipe.ts';
import { AudioError } from '../audio/audioError.ts';
import { loadMono } from '../audio/decode.ts';
import type { FeatureCache } from './cache.ts';

/** Goes into every feature hash; to be raised whenever the same specification gives other numbers. */
const NUMBERS_VERSION = 1;

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
  return extract(path, spec, extractorFor(spec));
}

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
}

export interface ExtractOptions {
  signal?: AbortSignal;
  /** Called once a clip, in order. */
  onProgress?: (progress: ExtractProgress) => void;
  cache?: FeatureCache;
  /** Side by side at most. */
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
  defects: FeatureDefect[];
}

/** What came of an extraction whose matrices were handed over one by one. */
export interface ExtractSummary {
  defects: FeatureDefect[];
  /** Clips whose matrix came out of the cache. */
  cached: number;
  /** How many worked side by side. */
  workers: number;
}

/** Longest stretch of work between two turns of the event loop, in milliseconds. */
const TURN_MILLISECONDS = 20;

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
  const { defects } = await extractEach(clips, spec, options, (index, matrix) => (matrices[index] = matrix));
  return { matrices, defects };
}

/**
 * Features of many clips, each handed to `take` as soon as it is there and not held any longer. They are computed
 * one after the other in this thread; the event loop gets its turn in between.
 *
 * @param take is given the clip's place in `clips`; it is not called for a defect
 * @throws the signal's reason once aborted (what was computed so far is in the cache)
 * @throws DspError as computeFeatures
 */
export async function extractEach(
  clips: readonly ClipSource[],
  spec: FeatureSpec,
  { signal, onProgress, cache }: ExtractOptions,
  take: (index: number, matrix: Matrix) => void,
): Promise<ExtractSummary> {
  const extractor = extractorFor(spec);
  const hash = featureHash(spec);
  const summary: ExtractSummary = { defects: [], cached: 0, workers: 1 };
  let turnStarted = performance.now();
  for (const [index, { path, contentHash }] of clips.entries()) {
    signal?.throwIfAborted();
    const kept = contentHash === '' ? undefined : cache;
    const known = await kept?.get(contentHash, hash);
    if (known) summary.cached++;
    try {
      const matrix = known ?? (await extract(path, spec, extractor));
      if (!known) await kept?.put(contentHash, hash, matrix);
      take(index, matrix);
    } catch (error) {
      if (!(error instanceof AudioError)) throw error;
      summary.defects.push({ path, reason: error.reason });
    }
    onProgress?.({ done: index + 1, total: clips.length, cached: summary.cached });
    if (performance.now() - turnStarted > TURN_MILLISECONDS) {
      await nextTurn();
      turnStarted = performance.now();
    }
  }
  return summary;
}

async function extract(path: string, spec: FeatureSpec, extractor: FeatureExtractor): Promise<Matrix> {
  const samples = await loadMono(path, spec.sampleRateHz);
  try {
    return extractor(samples);
  } catch (error) {
    if (!(error instanceof DspError)) throw error;
    throw new AudioError('empty', path, `has no features: ${error.message}`, { cause: error });
  }
}

/** The last specification's tables are kept: callers nearly always ask for the same one again. */
let latest: { hash: string; extractor: FeatureExtractor } | undefined;

function extractorFor(spec: FeatureSpec): FeatureExtractor {
  const hash = featureHash(spec);
  if (latest?.hash !== hash) latest = { hash, extractor: createExtractor(spec) };
  return latest.extractor;
}
