// From samples to the matrix of a specification: the one place where its features come together.
import { trackColumns } from '../recipe/columns.ts';
import type { FeatureSpec, TrackSpec } from '../recipe/recipe.ts';
import { createChroma } from './chroma.ts';
import { createContrast } from './contrast.ts';
import { DspError } from './dspError.ts';
import { createRms, createZeroCrossingRate, trimSilence } from './energy.ts';
import { createLogMel, createMfcc } from './mfcc.ts';
import { createMelSpectrogram } from './melSpectrogram.ts';
import type { MelSpectrogram } from './melSpectrogram.ts';
import { columnStatistics, standardise } from './normalise.ts';
import { createF0 } from './pyin.ts';
import { createBandwidth, createCentroid, createFlatness, createRolloff } from './spectralShape.ts';
import { createStft } from './stft.ts';
import type { Stft } from './stft.ts';
import type { FeatureExtractor, FrameSpectrum, Track } from './track.ts';

/**
 * Prepares the extraction of a specification's features: tables are made once, work buffers are reused between
 * calls (one extractor per thread), and one short-time spectrum serves all features.
 *
 * The extractor returns 1 + floor(samples / hopLength) frames of the (trimmed) signal, neither padded nor cut (see
 * fitFrames), with the columns that columnNames says; normalised where that is over the utterance (for the others
 * see normalise.ts). It throws DspError empty-signal for no samples, non-finite-signal for NaN or infinite ones,
 * too-few-frames for deltas of fewer than nine frames.
 *
 * @throws DspError bad-spec, above-nyquist or frame-too-short where no signal could have these features
 */
export function createExtractor(spec: FeatureSpec): FeatureExtractor {
  const stages = createStages(spec);
  const { stft, tracks } = stages;
  const coefficients = tracks.reduce((sum, { columns }) => sum + columns, 0);
  return (input) => {
    assertUsable(input);
    const samples = spec.trimTopDb === null ? input : trimSilence(input, spec, spec.trimTopDb);
    assertUsable(samples);
    const frames = stft.frameCount(samples.length);
    const matrix = { frames, coefficients, values: new Float32Array(frames * coefficients) };
    let column = 0;
    for (const { track, columns } of tracks) {
      track.begin({ samples, frames, target: { values: matrix.values, stride: coefficients, column } });
      column += columns;
    }
    addFrames(stages, samples, frames);
    for (const { track } of tracks) track.finish?.();
    if (spec.normalise === 'utterance') standardise(matrix, columnStatistics([matrix]));
    return matrix;
  };
}

interface Stages {
  stft: Stft;
  /** There where a track is made of it. */
  mel: MelSpectrogram | undefined;
  tracks: { track: Track; columns: number }[];
}

const MEL_TRACKS: ReadonlySet<TrackSpec['type']> = new Set(['mfcc', 'log-mel']);

function createStages(spec: FeatureSpec): Stages {
  const melOnly = spec.tracks.every(({ type }) => MEL_TRACKS.has(type));
  const stft = createStft({ ...spec, window: melOnly ? 'single' : 'double' });
  const mel = spec.tracks.some(({ type }) => MEL_TRACKS.has(type)) ? createMelSpectrogram(spec) : undefined;
  const tracks = spec.tracks.map((track) => ({
    track: createTrack(track, { spec, stft, mel: mel! }),
    columns: trackColumns(track, spec).length,
  }));
  return { stft, mel, tracks };
}

interface Shared {
  spec: FeatureSpec;
  stft: Stft;
  mel: MelSpectrogram;
}

function createTrack(track: TrackSpec, { spec, stft, mel }: Shared): Track {
  switch (track.type) {
    case 'mfcc':
      return createMfcc(mel, spec.mels, track);
    case 'log-mel':
      return createLogMel(mel, spec.mels);
    case 'rms':
      return createRms(spec);
    case 'zero-crossing-rate':
      return createZeroCrossingRate(spec);
    case 'centroid':
      return createCentroid(spec);
    case 'bandwidth':
      return createBandwidth(spec);
    case 'rolloff':
      return createRolloff(spec, track.fraction);
    case 'flatness':
      return createFlatness();
    case 'contrast':
      return createContrast(spec, track);
    case 'chroma':
      return createChroma(spec, stft);
    case 'f0':
      return createF0(spec, track);
  }
}

/** Computes every frame's spectrum once and shows it to all who read spectra. */
function addFrames({ stft, mel, tracks }: Stages, samples: Float32Array, frames: number): void {
  const readers = tracks.map(({ track }) => track).filter(({ addFrame }) => addFrame);
  if (!mel && readers.length === 0) return;
  const withMagnitude = readers.some(({ reads }) => reads === 'magnitude');
  const spectrum: FrameSpectrum = {
    power: new Float64Array(stft.bins),
    magnitude: new Float32Array(withMagnitude ? stft.bins : 0),
  };
  const { power, magnitude } = spectrum;
  mel?.begin(frames);
  for (let frame = 0; frame < frames; frame++) {
    stft.analyse(samples, frame, power, withMagnitude ? magnitude : undefined);
    mel?.addFrame(power, frame);
    for (const reader of readers) reader.addFrame!(spectrum, frame);
  }
}

function assertUsable(samples: Float32Array): void {
  if (samples.length === 0) throw new DspError('empty-signal', 'a signal without samples has no features');
  for (let i = 0; i < samples.length; i++) {
    if (!Number.isFinite(samples[i]!)) {
      throw new DspError('non-finite-signal', `sample ${i} is not a finite number`);
    }
  }
}
