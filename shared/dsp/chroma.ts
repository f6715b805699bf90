// Chroma: the energy of the twelve pitch classes, whatever their octave.
import type { Bins } from './spectralShape.ts';
import { TINY_FLOAT32 } from './spectralShape.ts';
import { NO_CLIP } from './track.ts';
import type { Track } from './track.ts';
import { createTuningEstimator } from './tuning.ts';

const PITCH_CLASSES = 12;
/** Centre and width, in octaves from A0 / 2, of the weight that octaves are given: librosa's ctroct and octwidth. */
const CENTRE_OCTAVE = 5;
const OCTAVE_WIDTH = 2;

/**
 * Energy of each pitch class, C first, relative to the frame's strongest. The tuning is estimated from the whole
 * clip, so the frames are seen twice: keeping their spectra would take a gigabyte an hour.
 *
 * Source: librosa.feature.chroma_stft 0.11 (Ellis 2007).
 */
export function createChroma(bins: Bins): Track {
  const tuning = createTuningEstimator(bins);
  const energies = new Float64Array(PITCH_CLASSES);
  let { target } = NO_CLIP;
  let bank: { tuning: number; weights: Float32Array } | undefined;
  const tune = (): void => {
    const estimate = tuning.estimate();
    if (bank?.tuning !== estimate) bank = { tuning: estimate, weights: chromaFilterBank(bins, estimate) };
  };
  return {
    reads: 'power',
    begin(clip) {
      target = clip.target;
      tuning.begin();
    },
    survey: ({ magnitude }) => tuning.addFrame(magnitude),
    addFrame({ power }, index) {
      if (index === 0) tune();
      foldPitches(power, bank!.weights, energies);
      const strongest = Math.max(...energies);
      const scale = strongest < TINY_FLOAT32 ? 1 : strongest;
      const at = index * target.stride + target.column;
      for (let i = 0; i < PITCH_CLASSES; i++) target.values[at + i] = energies[i]! / scale;
    },
  };
}

function foldPitches(power: Float64Array, weights: Float32Array, energies: Float64Array): void {
  for (let pitch = 0; pitch < PITCH_CLASSES; pitch++) {
    let sum = 0;
    for (let k = 0; k < power.length; k++) sum += weights[pitch * power.length + k]! * power[k]!;
    energies[pitch] = sum;
  }
}

/**
 * How much of each FFT bin goes to each pitch class, row-major (12 x nFft / 2 + 1), C first: bumps as wide as a
 * bin is, their squares summing to 1 in each bin, weighted by octave.
 *
 * Source: librosa.filters.chroma 0.11.
 *
 * @param tuning deviation from A440, in semitones
 */
function chromaFilterBank({ sampleRateHz, nFft }: Bins, tuning: number): Float32Array {
  const lowestHz = (440 * 2 ** (tuning / PITCH_CLASSES)) / 16;
  const pitchOf = (bin: number): number => PITCH_CLASSES * Math.log2((bin * sampleRateHz) / nFft / lowestHz);
  // 0 Hz has no pitch: it is put one and a half octaves below the first bin.
  const pitch = (bin: number): number => (bin === 0 ? pitchOf(1) - 1.5 * PITCH_CLASSES : pitchOf(bin));
  const bins = nFft / 2 + 1;
  const weights = new Float32Array(PITCH_CLASSES * bins);
  for (let bin = 0; bin < bins; bin++) {
    const width = Math.max(pitch(bin + 1) - pitch(bin), 1);
    const bumps = Array.from({ length: PITCH_CLASSES }, (_, i) => {
      const half = PITCH_CLASSES / 2;
      const distance = ((pitch(bin) - i + half + 10 * PITCH_CLASSES) % PITCH_CLASSES) - half;
      return Math.exp(-0.5 * ((2 * distance) / width) ** 2);
    });
    const norm = Math.sqrt(bumps.reduce((sum, bump) => sum + bump * bump, 0));
    const octave = Math.exp(-0.5 * ((pitch(bin) / PITCH_CLASSES - CENTRE_OCTAVE) / OCTAVE_WIDTH) ** 2);
    // Pitch 0 is an A; row 0 is C, three semitones above it.
    bumps.forEach((bump, i) => (weights[((i + 9) % PITCH_CLASSES) * bins + bin] = (bump / norm) * octave));
  }
  return weights;
}
