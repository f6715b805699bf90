// Spectral contrast: how far the peaks of each octave stand above its valleys.
import { powerToDb } from './decibel.ts';
import { DspError } from './dspError.ts';
import { NO_CLIP } from './track.ts';
import type { Track } from './track.ts';
import type { Bins } from './spectralShape.ts';

export interface ContrastSettings {
  /** Octaves above the first band. */
  bands: number;
  /** Upper edge of the first band. */
  fMinHz: number;
  /** Share of a band's bins that makes its peak, and its valley. */
  quantile: number;
}

/** librosa.power_to_db's defaults. */
const DECIBELS = { amin: 1e-10, topDb: 80 };

interface Band {
  /** Sorted bins are firstBin .. endBin - 1. */
  firstBin: number;
  endBin: number;
  /** Bins that make the peak, and the valley. */
  extremes: number;
}

/**
 * Decibels of the mean of each band's largest magnitudes less those of its smallest: bands 0 .. fMinHz, then one
 * an octave, the last one up to half the sample rate.
 *
 * Source: librosa.feature.spectral_contrast 0.11 (Jiang et al. 2002), with its ways: every band but the first
 * begins a bin early, every band but the last ends a bin early, and peaks and valleys are held, each on its own,
 * within 80 dB of the largest of the whole clip.
 *
 * @throws DspError above-nyquist where librosa raises, bad-spec where a band has no bin
 */
export function createContrast(bins: Bins, settings: ContrastSettings): Track {
  const bands = contrastBands(bins, settings);
  const scratch = new Float32Array(bins.nFft / 2 + 1);
  let clip = NO_CLIP;
  let peaks = new Float64Array(0);
  let valleys = new Float64Array(0);
  return {
    reads: 'magnitude',
    begin(next) {
      clip = next;
      const size = clip.frames * bands.length;
      if (peaks.length < size) {
        peaks = new Float64Array(size);
        valleys = new Float64Array(size);
      }
    },
    addFrame({ magnitude }, frame) {
      bands.forEach(({ firstBin, endBin, extremes }, i) => {
        const sorted = scratch.subarray(0, endBin - firstBin);
        sorted.set(magnitude.subarray(firstBin, endBin));
        sorted.sort();
        valleys[frame * bands.length + i] = mean(sorted, 0, extremes);
        peaks[frame * bands.length + i] = mean(sorted, sorted.length - extremes, sorted.length);
      });
    },
    finish() {
      const { values, stride, column } = clip.target;
      const size = clip.frames * bands.length;
      powerToDb(peaks.subarray(0, size), DECIBELS);
      powerToDb(valleys.subarray(0, size), DECIBELS);
      for (let i = 0; i < size; i++) {
        const at = Math.floor(i / bands.length) * stride + column + (i % bands.length);
        values[at] = peaks[i]! - valleys[i]!;
      }
    },
  };
}

function contrastBands({ sampleRateHz, nFft }: Bins, { bands, fMinHz, quantile }: ContrastSettings): Band[] {
  const edgesHz = [0, ...Array.from({ length: bands + 1 }, (_, i) => fMinHz * 2 ** i)];
  const lastHz = edgesHz[bands]!;
  if (lastHz >= sampleRateHz / 2) {
    throw new DspError(
      'above-nyquist',
      `spectral contrast has a band from ${lastHz} Hz, and the rate of ${sampleRateHz} Hz ends at ${sampleRateHz / 2} Hz`,
    );
  }
  const binHz = sampleRateHz / nFft;
  const lastBin = nFft / 2;
  return Array.from({ length: bands + 1 }, (_, i) => {
    // Both edges belong to the band.
    let firstBin = Math.ceil(edgesHz[i]! / binHz);
    let endBin = Math.min(Math.floor(edgesHz[i + 1]! / binHz), lastBin) + 1;
    if (endBin <= firstBin)
      throw new DspError('bad-spec', `no FFT bin lies in contrast band ${i}: nFft is too small`);
    if (i > 0) firstBin--;
    if (i === bands) endBin = lastBin + 1;
    const extremes = Math.max(1, roundHalfToEven(quantile * (endBin - firstBin)));
    if (i < bands) endBin--;
    if (endBin <= firstBin)
      throw new DspError('bad-spec', `contrast band ${i} has one FFT bin: nFft is too small`);
    return { firstBin, endBin, extremes: Math.min(extremes, endBin - firstBin) };
  });
}

function mean(values: Float32Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i]!;
  return sum / (to - from);
}

/** As numpy.rint and Python's round: 0.5 to 0, 1.5 to 2. */
export function roundHalfToEven(x: number): number {
  const rounded = Math.round(x);
  return Math.abs(x % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
