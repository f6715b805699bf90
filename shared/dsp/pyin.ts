// Fundamental frequency and voicing by probabilistic YIN.
import { roundHalfToEven } from './contrast.ts';
import { DspError } from './dspError.ts';
import { createRealSpectrum } from './fft.ts';
import type { Framing } from './energy.ts';
import { NO_CLIP } from './track.ts';
import type { Frame, Track } from './track.ts';
import { createPitchDecoder, ObservationList } from './pitchDecoder.ts';
import type { PitchObservation } from './pitchDecoder.ts';

export interface F0Settings extends Framing {
  sampleRateHz: number;
}

export interface F0Range {
  fMinHz: number;
  fMaxHz: number;
}

/** librosa.pyin's defaults. */
const THRESHOLDS = 100;
const BOLTZMANN = 2;
const BINS_PER_SEMITONE = 10;
const MAX_OCTAVES_PER_SECOND = 35.92;
const NO_TROUGH_PROBABILITY = 0.01;
const BINS_PER_OCTAVE = 12 * BINS_PER_SEMITONE;

/**
 * Three columns: F0 in Hz (0 where the frame is unvoiced), 1 where it is voiced, and the probability of voicing.
 *
 * Source: librosa.pyin 0.11 with its defaults and fill_na=0 (Mauch & Dixon 2014).
 *
 * @throws DspError above-nyquist, frame-too-short or bad-spec where librosa raises
 */
export function createF0(settings: F0Settings, range: F0Range): Track {
  const { sampleRateHz, hopLength } = settings;
  assertRange(settings, range);
  const pitchBins = Math.floor(BINS_PER_OCTAVE * Math.log2(range.fMaxHz / range.fMinHz)) + 1;
  const semitones = roundHalfToEven((MAX_OCTAVES_PER_SECOND * 12 * hopLength) / sampleRateHz);
  const decode = createPitchDecoder({ pitchBins, width: semitones * BINS_PER_SEMITONE + 1 });
  const observe = createObserver(settings, range, pitchBins);
  let { target } = NO_CLIP;
  let observations = new ObservationList();
  return {
    reads: 'samples',
    begin(clip) {
      target = clip.target;
      observations = new ObservationList();
    },
    addFrame(frame, index) {
      const observation = observe(frame);
      observations.push(observation);
      target.values[index * target.stride + target.column + 2] = observation.voiced;
    },
    finish() {
      const { values, stride, column } = target;
      decode(observations).forEach((bin, frame) => {
        const at = frame * stride + column;
        values[at] = bin < 0 ? 0 : range.fMinHz * 2 ** (bin / BINS_PER_OCTAVE);
        values[at + 1] = bin < 0 ? 0 : 1;
      });
      observations = new ObservationList();
    },
  };
}

function assertRange({ sampleRateHz, nFft }: F0Settings, { fMinHz, fMaxHz }: F0Range): void {
  if (fMaxHz > sampleRateHz / 2) {
    throw new DspError(
      'above-nyquist',
      `F0 up to ${fMaxHz} Hz cannot be found at a rate of ${sampleRateHz} Hz, which ends at ${sampleRateHz / 2} Hz`,
    );
  }
  if (fMinHz >= fMaxHz) throw new DspError('bad-spec', `F0 from ${fMinHz} to ${fMaxHz} Hz is no range`);
  if (sampleRateHz / fMinHz >= nFft - 1) {
    throw new DspError(
      'frame-too-short',
      `a frame of ${nFft} samples at ${sampleRateHz} Hz does not hold a period of ${fMinHz} Hz`,
    );
  }
}

/** What one frame says about its pitch. */
function createObserver(
  settings: F0Settings,
  { fMinHz, fMaxHz }: F0Range,
  pitchBins: number,
): (frame: Frame) => PitchObservation {
  const { sampleRateHz, nFft } = settings;
  const minPeriod = Math.floor(sampleRateHz / fMaxHz);
  const maxPeriod = Math.min(Math.ceil(sampleRateHz / fMinHz), nFft - 1);
  const difference = createDifference(settings, minPeriod, maxPeriod);
  const weigh = createTroughPrior();
  return ({ samples, place }) => {
    const curve = difference(samples, place);
    const troughs = findTroughs(curve);
    const weights = weigh(troughs.map((at) => curve[at]!));
    // A later (longer) period takes the place of an earlier one in the same bin.
    const candidates = new Map<number, number>();
    troughs.forEach((at, i) => {
      if (weights[i] === 0) return;
      const period = minPeriod + at + parabolicShift(curve, at);
      const bin = roundHalfToEven(BINS_PER_OCTAVE * Math.log2(sampleRateHz / period / fMinHz));
      if (bin < pitchBins) candidates.set(Math.max(0, bin), weights[i]!);
    });
    let voiced = 0;
    for (const probability of candidates.values()) voiced += probability;
    return { candidates, voiced: Math.min(voiced, 1) };
  };
}

/**
 * The cumulative mean normalised difference of a frame at the periods minPeriod .. maxPeriod (de Cheveigné &
 * Kawahara 2002, equation 8), by librosa's way: autocorrelation of the zero-padded frame, energies summed one by
 * one. Each step rounds to single precision where librosa's does: a silent or constant frame is all rounding, and
 * whether it has troughs hangs on that.
 *
 * Source: librosa.core.pitch._cumulative_mean_normalized_difference 0.11.
 */
function createDifference(
  { nFft, hopLength }: Framing,
  minPeriod: number,
  maxPeriod: number,
): (samples: Float32Array, frame: number) => Float64Array {
  const length = 2 * nFft;
  const transform = createRealSpectrum(length);
  const sound = new Float64Array(nFft);
  const padded = new Float64Array(length);
  const re = new Float64Array(nFft + 1);
  const im = new Float64Array(nFft + 1);
  const curve = new Float64Array(maxPeriod - minPeriod + 1);
  const round = Math.fround;
  /** Leaves the autocorrelation of `sound`, times `length`, in `re`. */
  const autocorrelate = (): void => {
    padded.fill(0);
    padded.set(sound);
    transform(padded, re, im);
    // The inverse of a real even spectrum is its forward transform.
    for (let k = 0; k <= nFft; k++) {
      const power = round(round(round(re[k]!) ** 2) + round(round(im[k]!) ** 2));
      padded[k] = power;
      if (k > 0) padded[length - k] = power;
    }
    transform(padded, re, im);
  };
  return (samples, frame) => {
    const start = frame * hopLength - nFft / 2;
    const from = Math.max(0, -start);
    sound.fill(0);
    sound.set(samples.subarray(start + from, Math.max(start + from, start + nFft)), from);
    autocorrelate();
    const total = round(re[0]! / length);
    let energy = round(sound[0]! ** 2);
    let sum = 0;
    for (let period = 1; period <= maxPeriod; period++) {
      if (period > 1) energy = round(energy + round(sound[period - 1]! ** 2));
      // librosa leaves the energy out of the first period.
      const distance = round(2 * round(total - round(re[period]! / length)) - (period === 1 ? 0 : energy));
      sum = round(sum + distance);
      if (period >= minPeriod) curve[period - minPeriod] = distance / (sum / period + TINY);
    }
    return curve;
  };
}

/** The smallest normal number: keeps a division by zero from being one (librosa.util.tiny). */
const TINY = 2 ** -1022;

/** Local minima; the first value counts where it is below the second, the last where it is below the one before. */
function findTroughs(curve: Float64Array): number[] {
  const last = curve.length - 1;
  const troughs: number[] = [];
  if (curve[0]! < curve[1]!) troughs.push(0);
  for (let i = 1; i < last; i++) {
    if (curve[i]! < curve[i - 1]! && curve[i]! <= curve[i + 1]!) troughs.push(i);
  }
  if (curve[last]! < curve[last - 1]!) troughs.push(last);
  return troughs;
}

/** Offset of the top of the parabola through three values; 0 at the ends and where it would pass a neighbour. */
function parabolicShift(curve: Float64Array, i: number): number {
  if (i === 0 || i === curve.length - 1) return 0;
  const bend = curve[i + 1]! + curve[i - 1]! - 2 * curve[i]!;
  const slope = (curve[i + 1]! - curve[i - 1]!) / 2;
  return Math.abs(slope) >= Math.abs(bend) ? 0 : -slope / bend;
}

/**
 * Probability of each trough, given their heights in order of period: for each of 100 thresholds, weighted by a
 * beta distribution (2, 18), the troughs below it share, shorter periods more (a truncated Boltzmann distribution);
 * where none is below it, the lowest one takes a hundredth.
 *
 * Source: librosa.core.pitch.__pyin_helper 0.11, which follows Mauch's own implementation.
 */
function createTroughPrior(): (heights: readonly number[]) => number[] {
  // The beta distribution (2, 18) up to x is the chance of at least 2 hits of 19 at chance x.
  const betaBelow = (x: number): number => 1 - (1 - x) ** 19 - 19 * x * (1 - x) ** 18;
  const beta = Array.from(
    { length: THRESHOLDS },
    (_, i) => betaBelow((i + 1) / THRESHOLDS) - betaBelow(i / THRESHOLDS),
  );
  return (heights) => {
    const weights = heights.map(() => 0);
    if (heights.length === 0) return weights;
    const lowest = heights.indexOf(Math.min(...heights));
    beta.forEach((share, i) => {
      const threshold = i + 1 === THRESHOLDS ? 1 : (i + 1) * (1 / THRESHOLDS);
      const below = heights.reduce((count, height) => count + (height < threshold ? 1 : 0), 0);
      if (below === 0) {
        weights[lowest]! += NO_TROUGH_PROBABILITY * share;
        return;
      }
      const scale = (1 - Math.exp(-BOLTZMANN)) / (1 - Math.exp(-BOLTZMANN * below));
      let position = 0;
      heights.forEach((height, at) => {
        if (height < threshold) weights[at]! += share * scale * Math.exp(-BOLTZMANN * position++);
      });
    });
    return weights;
  };
}
