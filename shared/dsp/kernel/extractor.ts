// The extractor of a specification at its fastest: MFCC by the SIMD kernel, all else by the plain extractor.
import type { FeatureSpec } from '../../recipe/recipe.ts';
import { dctMatrix } from '../dct.ts';
import { createExtractor } from '../extractor.ts';
import { melFilterBank } from '../mel.ts';
import type { FeatureExtractor } from '../track.ts';
import { hannWindow } from '../window.ts';
import { createMfccKernel, mfccPath, type FeaturePath } from './kernel.ts';

/** How many coefficients, where MFCC are all that the extractor computes: what the kernel can do; else undefined. */
function bareCoefficients({ tracks, trimTopDb, normalise }: FeatureSpec): number | undefined {
  const [track] = tracks;
  if (tracks.length !== 1 || track?.type !== 'mfcc' || track.deltas > 0) return undefined;
  return trimTopDb === null && normalise !== 'utterance' ? track.coefficients : undefined;
}

/** Which path the features of a specification take on this machine. */
export function featurePath(spec: FeatureSpec): FeaturePath {
  return bareCoefficients(spec) === undefined ? 'typescript' : mfccPath(spec);
}

/**
 * As createExtractor, faster: by the kernel where featurePath(spec) says simd. The kernel computes in float32, as
 * librosa does, the plain extractor in float64; they differ by less than 1e-3.
 *
 * Signals without samples, with samples that are no finite numbers (which are refused) and with powers beyond
 * float32 go to the plain extractor.
 *
 * @throws DspError as createExtractor
 */
export function createFastExtractor(spec: FeatureSpec): FeatureExtractor {
  const plain = createExtractor(spec);
  const coefficients = bareCoefficients(spec);
  if (coefficients === undefined) return plain;
  const { sampleRateHz, nFft, hopLength, mels } = spec;
  const kernel = createMfccKernel({
    ...spec,
    coefficients,
    // Rounded as the plain extractor rounds it.
    window: hannWindow(nFft).map(Math.fround),
    bands: melFilterBank({ ...spec, fMaxHz: spec.fMaxHz ?? sampleRateHz / 2 }),
    dct: dctMatrix(coefficients, mels),
  });
  if (!kernel) return plain;
  // What lies between frames that do not touch, or behind the last, the kernel never sees.
  const seesAll = hopLength <= nFft / 2;
  return (samples) => {
    const usable = samples.length > 0 && (seesAll || samples.every(Number.isFinite));
    const values = usable ? kernel.mfcc(samples) : undefined;
    return values ? { frames: values.length / coefficients, coefficients, values } : plain(samples);
  };
}
