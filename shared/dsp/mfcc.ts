// Mel-frequency cepstral coefficients by librosa's definition: the classic recipe's features.
import type { FeatureSpec } from '../recipe/recipe.ts';
import { dctMatrix } from './dct.ts';
import { powerToDb } from './decibel.ts';
import { DspError } from './dspError.ts';
import type { Matrix } from './matrix.ts';
import { melFilterBank } from './mel.ts';
import { createStft } from './stft.ts';

/** Samples at the specification's rate, mono, full scale +-1, to a matrix of its own. */
export type FeatureExtractor = (samples: Float32Array) => Matrix;

/**
 * Prepares MFCC extraction: tables are made once, work buffers are reused between calls (one per thread).
 *
 * The extractor returns 1 + floor(samples / hopLength) frames, neither padded nor cut (see fitFrames).
 * It throws DspError empty-signal for no samples, non-finite-signal for NaN or infinite ones.
 *
 * Source: librosa.feature.mfcc 0.11 (Davis & Mermelstein 1980): mel power spectrogram, decibels
 * relative to 1 with a floor `topDb` below the signal's own peak, orthonormal DCT-II.
 *
 * @throws DspError bad-spec
 */
export function createMfcc(spec: FeatureSpec): FeatureExtractor {
  const { coefficients, mels } = spec;
  if (coefficients > mels) {
    throw new DspError('bad-spec', `${coefficients} coefficients cannot come from ${mels} mel bands`);
  }
  const melPower = createMelSpectrogram(spec);
  const dct = dctMatrix(coefficients, mels);
  return (samples) => {
    const { frames, values: spectrogram } = melPower(samples);
    powerToDb(spectrogram, spec);
    const values = new Float32Array(frames * coefficients);
    for (let frame = 0; frame < frames; frame++) {
      const row = spectrogram.subarray(frame * mels, (frame + 1) * mels);
      for (let k = 0; k < coefficients; k++) values[frame * coefficients + k] = dotRow(dct, k * mels, row);
    }
    return { frames, coefficients, values };
  };
}

interface Spectrogram {
  frames: number;
  /** frames x mels, row-major; valid until the next call. */
  values: Float64Array;
}

/** Mel power spectrogram (librosa.feature.melspectrogram, power=2) in a buffer that grows with the longest clip. */
function createMelSpectrogram(spec: FeatureSpec): (samples: Float32Array) => Spectrogram {
  const { sampleRateHz, mels, fMinHz } = spec;
  const fMaxHz = spec.fMaxHz ?? sampleRateHz / 2;
  if (fMaxHz <= fMinHz) throw new DspError('bad-spec', `mel bands from ${fMinHz} to ${fMaxHz} Hz are empty`);
  const stft = createStft(spec);
  const bands = melFilterBank({ ...spec, fMaxHz });
  const power = new Float64Array(stft.bins);
  let buffer = new Float64Array(0);
  return (samples) => {
    assertUsable(samples);
    const frames = stft.frameCount(samples.length);
    if (buffer.length < frames * mels) buffer = new Float64Array(frames * mels);
    for (let frame = 0; frame < frames; frame++) {
      stft.powerFrame(samples, frame, power);
      for (let m = 0; m < mels; m++) {
        const { firstBin, weights } = bands[m]!;
        buffer[frame * mels + m] = dotRow(power, firstBin, weights);
      }
    }
    return { frames, values: buffer.subarray(0, frames * mels) };
  };
}

/** Sum of weights[i] * values[offset + i]. */
function dotRow(values: Float64Array, offset: number, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += values[offset + i]! * weights[i]!;
  return sum;
}

function assertUsable(samples: Float32Array): void {
  if (samples.length === 0) throw new DspError('empty-signal', 'a signal without samples has no features');
  for (let i = 0; i < samples.length; i++) {
    if (!Number.isFinite(samples[i]!)) {
      throw new DspError('non-finite-signal', `sample ${i} is not a finite number`);
    }
  }
}
