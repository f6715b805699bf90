// From samples to the matrix of a specification, for a signal that is there as a whole.
import type { FeatureSpec } from '../recipe/recipe.ts';
import { createAnalysis, type Analysis } from './analysis.ts';
import { DspError } from './dspError.ts';
import { frameCount, trimSilence } from './energy.ts';
import type { Matrix } from './matrix.ts';
import { columnStatistics, standardise } from './normalise.ts';
import type { FeatureExtractor } from './track.ts';

/**
 * Prepares the extraction of a specification's features, in float64: tables are made once, work buffers are used
 * again (one extractor per thread).
 *
 * The extractor returns 1 + floor(samples / hopLength) frames of the (trimmed) signal, neither padded nor cut (see
 * fitFrames), with the columns that columnNames says; normalised where that is over the utterance (for the others
 * see normalise.ts). It throws DspError empty-signal for no samples, non-finite-signal for NaN or infinite ones,
 * too-few-frames for deltas of fewer than nine frames. For signals that come in blocks see blocks.ts.
 *
 * @throws DspError bad-spec, above-nyquist or frame-too-short where no signal could have these features
 */
export function createExtractor(spec: FeatureSpec): FeatureExtractor {
  const analysis = createAnalysis(spec);
  return (samples) => {
    assertUsable(samples);
    // The plain analysis always answers.
    return analyseSignal(analysis, spec, samples)!;
  };
}

/** One analysis of one whole signal of finite samples, at least one. */
export function analyseSignal(
  analysis: Analysis,
  spec: FeatureSpec,
  samples: Float32Array,
): Matrix | undefined {
  const sounding = spec.trimTopDb === null ? samples : trimSilence(samples, spec, spec.trimTopDb);
  const count = frameCount(sounding.length, spec);
  analysis.begin(count);
  for (let pass = 0; pass < analysis.passes; pass++) {
    analysis.add({ samples: sounding, place: 0, first: 0, count }, pass);
  }
  return normalised(analysis.finish(), spec);
}

/** Brings a clip's features to mean 0 and deviation 1 where the specification says so, in place. */
export function normalised(matrix: Matrix | undefined, { normalise }: FeatureSpec): Matrix | undefined {
  if (matrix && normalise === 'utterance') standardise(matrix, columnStatistics([matrix]));
  return matrix;
}

/** @throws DspError empty-signal, non-finite-signal */
function assertUsable(samples: Float32Array): void {
  if (samples.length === 0) throw new DspError('empty-signal', 'a signal without samples has no features');
  assertFinite(samples, 0);
}

/** @param offset place of the first in the signal @throws DspError non-finite-signal */
export function assertFinite(samples: Float32Array, offset: number): void {
  for (let i = 0; i < samples.length; i++) {
    if (!Number.isFinite(samples[i]!)) {
      throw new DspError('non-finite-signal', `sample ${offset + i} is not a finite number`);
    }
  }
}
