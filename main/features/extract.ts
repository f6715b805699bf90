// Features of one audio file: what the pool's threads and everybody else do alike.
import { DspError } from '../../shared/dsp/dspError.ts';
import { createExtractor } from '../../shared/dsp/extractor.ts';
import type { FeaturePath } from '../../shared/dsp/kernel/kernel.ts';
import type { Matrix } from '../../shared/dsp/matrix.ts';
import type { FeatureSpec } from '../../shared/recipe/recipe.ts';
import { AudioError } from '../audio/audioError.ts';
import { loadMono } from '../audio/decode.ts';
import type { ClipResult } from './pool.ts';

/** From a file's path to its features, neither padded nor cut. It throws AudioError naming the file. */
export type ClipExtractor = (path: string) => Promise<Matrix>;

/** How createClipExtractor computes. */
export const EXTRACTION_PATH: FeaturePath = 'typescript';

/**
 * Prepares the extraction of files under a specification; one per thread.
 *
 * @throws DspError where no sound could have these features: bad-spec, above-nyquist, frame-too-short
 */
export function createClipExtractor(spec: FeatureSpec): ClipExtractor {
  // In float64. The SIMD kernel (shared/dsp/kernel) stays out until both backends are seen to train alike on its numbers.
  const extractor = createExtractor(spec);
  return async (path) => {
    const samples = await loadMono(path, spec.sampleRateHz);
    try {
      return extractor(samples);
    } catch (error) {
      if (!(error instanceof DspError)) throw error;
      throw new AudioError('empty', path, `has no features: ${error.message}`, { cause: error });
    }
  };
}

/** What came of one file: a broken one costs itself only. */
export async function resultOf(path: string, extractor: ClipExtractor): Promise<ClipResult> {
  try {
    return { matrix: await extractor(path) };
  } catch (error) {
    if (!(error instanceof AudioError)) throw error;
    return { defect: error.reason };
  }
}
