// Centroid, bandwidth, roll-off and flatness: one number each that says how a frame's spectrum is spread.
import { NO_CLIP } from './track.ts';
import type { Track } from './track.ts';

/** Lengths below this are not divided by: the smallest normal single-precision number (librosa.util.tiny). */
export const TINY_FLOAT32 = 2 ** -126;

export interface Bins {
  sampleRateHz: number;
  nFft: number;
}

/** A track of one column that is a function of the frame's spectrum alone. */
function perFrame(
  reads: 'power' | 'magnitude',
  value: (spectrum: Float32Array | Float64Array) => number,
): Track {
  let { target } = NO_CLIP;
  return {
    reads,
    begin: (clip) => void (target = clip.target),
    addFrame(spectrum, frame) {
      target.values[frame * target.stride + target.column] = value(spectrum[reads]);
    },
  };
}

/** Frequency in Hz of the magnitudes' centre, 0 for silence. */
function centroidHz(magnitude: ArrayLike<number>, binHz: number): number {
  let sum = 0;
  let weighted = 0;
  for (let k = 0; k < magnitude.length; k++) {
    sum += magnitude[k]!;
    weighted += k * magnitude[k]!;
  }
  return (weighted * binHz) / (sum < TINY_FLOAT32 ? 1 : sum);
}

/** Mean frequency of a frame, weighted by magnitude, in Hz. Source: librosa.feature.spectral_centroid 0.11. */
export function createCentroid({ sampleRateHz, nFft }: Bins): Track {
  return perFrame('magnitude', (magnitude) => centroidHz(magnitude, sampleRateHz / nFft));
}

/** Standard deviation of frequency around the centroid, in Hz. Source: librosa.feature.spectral_bandwidth(p=2), 0.11. */
export function createBandwidth({ sampleRateHz, nFft }: Bins): Track {
  const binHz = sampleRateHz / nFft;
  return perFrame('magnitude', (magnitude) => {
    const centreHz = centroidHz(magnitude, binHz);
    let sum = 0;
    let weighted = 0;
    for (let k = 0; k < magnitude.length; k++) {
      sum += magnitude[k]!;
      weighted += magnitude[k]! * (k * binHz - centreHz) ** 2;
    }
    return Math.sqrt(weighted / (sum < TINY_FLOAT32 ? 1 : sum));
  });
}

/**
 * Frequency in Hz of the first bin at which the running sum of magnitudes reaches `fraction` of the whole.
 * It sums in single precision, as librosa does: where the sum just reaches it, rounding decides.
 *
 * Source: librosa.feature.spectral_rolloff 0.11.
 */
export function createRolloff({ sampleRateHz, nFft }: Bins, fraction: number): Track {
  const running = new Float32Array(nFft / 2 + 1);
  const share = Math.fround(fraction);
  return perFrame('magnitude', (magnitude) => {
    let sum = 0;
    for (let k = 0; k < magnitude.length; k++) {
      sum = Math.fround(sum + magnitude[k]!);
      running[k] = sum;
    }
    const threshold = Math.fround(share * sum);
    return (running.findIndex((value) => value >= threshold) * sampleRateHz) / nFft;
  });
}

/** Smallest power before the logarithm; librosa's default. */
const FLATNESS_AMIN = 1e-10;

/** Geometric over arithmetic mean of the powers: 1 for noise and silence, near 0 for a tone. Source: librosa.feature.spectral_flatness 0.11. */
export function createFlatness(): Track {
  return perFrame('power', (power) => {
    let logs = 0;
    let sum = 0;
    for (let k = 0; k < power.length; k++) {
      const value = Math.max(FLATNESS_AMIN, power[k]!);
      logs += Math.log(value);
      sum += value;
    }
    return Math.exp(logs / power.length) / (sum / power.length);
  });
}
