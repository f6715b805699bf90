// The extractor of a specification at its fastest: by the SIMD kernel where it can, else by the plain analysis.
import type { FeatureSpec } from '../../recipe/recipe.ts';
import { analyseSignal, createExtractor } from '../extractor.ts';
import type { FeatureExtractor } from '../track.ts';
import { createFastAnalysis } from './analysis.ts';

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
  const fast = createFastAnalysis(spec);
  if (!fast) return plain;
  // The kernel notices what is no number, but for what lies between frames that do not touch or behind the last.
  const seesAll = spec.hopLength <= spec.nFft / 2 && spec.trimTopDb === null;
  return (samples) => {
    const usable = samples.length > 0 && (seesAll || samples.every(Number.isFinite));
    return (usable ? analyseSignal(fast, spec, samples) : undefined) ?? plain(samples);
  };
}
