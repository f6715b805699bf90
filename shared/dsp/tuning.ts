// How far a clip is tuned from A440, from the peaks of its spectra.
import { Growing } from './growing.ts';
import type { Bins } from './spectralShape.ts';

export interface TuningEstimator {
  begin(): void;
  /** Takes a frame's magnitudes. */
  addFrame(magnitude: Float32Array): void;
  /** In semitones, -0.5 .. 0.5 in steps of 0.01; 0 where no frame had a peak. */
  estimate(): number;
}

/** librosa.piptrack's defaults: where peaks are looked for, and how far below the frame's strongest bin. */
const LOWEST_HZ = 150;
const HIGHEST_HZ = 4000;
const THRESHOLD = Math.fround(0.1);
const STEPS = 100;
const A0_HALVED_HZ = 27.5;

const round = Math.fround;

/**
 * Collects each frame's spectral peaks (refined by a parabola through three bins) and finds the deviation from the
 * equal-tempered scale that most of the stronger half share. All in single precision, as librosa has it: a
 * histogram's fullest bin hangs on where its borders fall.
 *
 * Source: librosa.estimate_tuning, piptrack and pitch_tuning 0.11, on the power spectrum, as chroma_stft calls them.
 */
export function createTuningEstimator({ sampleRateHz, nFft }: Bins): TuningEstimator {
  const binHz = sampleRateHz / nFft;
  const firstBin = Math.max(1, Math.ceil(LOWEST_HZ / binHz));
  // The upper limit itself is left out, and with it the bin at half the rate.
  const endBin = Math.ceil(Math.min(HIGHEST_HZ, sampleRateHz / 2) / binHz);
  const power = new Float32Array(nFft / 2 + 1);
  const hz = new Growing(Float32Array);
  const height = new Growing(Float32Array);
  return {
    begin() {
      hz.clear();
      height.clear();
    },
    addFrame(magnitude) {
      let strongest = 0;
      for (let k = 0; k < power.length; k++) {
        power[k] = magnitude[k]! * magnitude[k]!;
        strongest = Math.max(strongest, power[k]!);
      }
      const floor = round(THRESHOLD * strongest);
      const above = (k: number): number => (power[k]! > floor ? power[k]! : 0);
      for (let k = firstBin; k < endBin; k++) {
        if (above(k) <= above(k - 1) || above(k) < above(k + 1)) continue;
        const peak = refine(power, k, binHz);
        if (!(peak.hz > 0)) continue;
        hz.push(peak.hz);
        height.push(peak.height);
      }
    },
    estimate() {
      if (hz.length === 0) return 0;
      const heights = height.values.subarray(0, height.length);
      const threshold = median(heights);
      return fullestBin(hz.values.subarray(0, hz.length).filter((_, i) => heights[i]! >= threshold));
    },
  };
}

interface Peak {
  hz: number;
  height: number;
}

/** Top of the parabola through bin k and its neighbours (librosa's _parabolic_interpolation). */
function refine(power: Float32Array, k: number, binHz: number): Peak {
  const curve = round(power[k + 1]! + power[k - 1]!) - 2 * power[k]!;
  const slope = round(power[k + 1]! - power[k - 1]!) / 2;
  const shift = Math.abs(slope) >= Math.abs(curve) ? 0 : round(-slope / curve);
  const skew = round(round(0.5 * round(slope)) * shift);
  return { hz: round((k + shift) * binHz), height: round(power[k]! + skew) };
}

function median(values: Float32Array): number {
  const sorted = values.slice().sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : round(round(sorted[middle - 1]! + sorted[middle]!) / 2);
}

/** Lower border of the histogram bin that holds most deviations; the first of equals. */
function fullestBin(peaksHz: Float32Array): number {
  const border = (i: number): number => i * (1 / STEPS) - 0.5;
  const counts = new Array<number>(STEPS).fill(0);
  for (const hz of peaksHz) {
    const semitones = round(12 * round(Math.log2(round(hz / A0_HALVED_HZ))));
    let residual = round(semitones - Math.floor(semitones));
    if (residual >= 0.5) residual = round(residual - 1);
    let bin = Math.min(STEPS - 1, Math.floor((residual + 0.5) * STEPS));
    // The division above may round across a border.
    if (bin > 0 && residual < border(bin)) bin--;
    else if (bin < STEPS - 1 && residual >= border(bin + 1)) bin++;
    counts[bin]!++;
  }
  return border(counts.indexOf(Math.max(...counts)));
}
