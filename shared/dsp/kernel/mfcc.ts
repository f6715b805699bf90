// MFCC by the SIMD kernel, with the plain extractor behind it for what the kernel leaves to it.
import { dctMatrix } from '../dct.ts';
import type { DecibelSettings } from '../decibel.ts';
import { melFilterBank, type MelSettings } from '../mel.ts';
import type { FeatureExtractor } from '../mfcc.ts';
import { hannWindow } from '../window.ts';
import { createMfccKernel } from './kernel.ts';

/** What of a specification MFCC depend on. */
export interface MfccSpec extends Omit<MelSettings, 'fMaxHz'>, DecibelSettings {
  /** Null: half the sample rate. */
  fMaxHz: number | null;
  hopLength: number;
  coefficients: number;
}

/**
 * The same extractor, faster: by the kernel where featurePath(spec) says simd, else `plain` itself. The kernel
 * computes in float32, as librosa does, `plain` in float64; they differ by less than 1e-3.
 *
 * Signals without samples, with samples that are no finite numbers (which `plain` refuses) and with powers beyond
 * float32 go to `plain`.
 *
 * @param plain the extractor of the same specification in TypeScript
 */
export function createFastMfcc(spec: MfccSpec, plain: FeatureExtractor): FeatureExtractor {
  const { sampleRateHz, nFft, hopLength, mels, coefficients } = spec;
  const kernel = createMfccKernel({
    ...spec,
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
