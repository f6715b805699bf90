// A specification's features of a signal that is shown stretch by stretch: the plain way, in float64.
import { trackColumns } from '../recipe/columns.ts';
import type { FeatureSpec, TrackSpec } from '../recipe/recipe.ts';
import { createChroma } from './chroma.ts';
import { createContrast } from './contrast.ts';
import { createRms, createZeroCrossingRate } from './energy.ts';
import type { Matrix } from './matrix.ts';
import { createLogMel, createMfcc } from './mfcc.ts';
import { createMelSpectrogram } from './melSpectrogram.ts';
import type { MelSpectrogram } from './melSpectrogram.ts';
import { createF0 } from './pyin.ts';
import { createBandwidth, createCentroid, createFlatness, createRolloff } from './spectralShape.ts';
import { createStft } from './stft.ts';
import type { Clip, Frame, Stretch, Track } from './track.ts';

/** Features at work on one signal after the other; buffers are its own and are used again (one per thread). */
export interface Analysis {
  /** How often all frames are shown, in order: more than once where a feature hangs on the whole clip. */
  readonly passes: number;
  begin(frames: number): void;
  /** @param pass from 0 */
  add(stretch: Stretch, pass: number): void;
  /**
   * @returns the matrix, in memory of its own; undefined where this analysis cannot say it and the plain one has to
   * @throws DspError too-few-frames
   */
  finish(): Matrix | undefined;
}

/** What is made of the mel spectrogram. */
export const MEL_TRACKS: ReadonlySet<TrackSpec['type']> = new Set(['mfcc', 'log-mel']);
/** What is made of the samples themselves. */
export const SAMPLE_TRACKS: ReadonlySet<TrackSpec['type']> = new Set(['rms', 'zero-crossing-rate', 'f0']);

/**
 * Prepares the analysis: tables are made once, and one short-time spectrum serves all features.
 *
 * @throws DspError bad-spec, above-nyquist or frame-too-short where no signal could have these features
 */
export function createAnalysis(spec: FeatureSpec): Analysis & { finish(): Matrix } {
  const ofMel = spec.tracks.filter(({ type }) => MEL_TRACKS.has(type));
  const ofSamples = spec.tracks.filter(({ type }) => SAMPLE_TRACKS.has(type));
  const melAlone = ofMel.length + ofSamples.length === spec.tracks.length;
  const stft = createStft({ ...spec, window: melAlone ? 'single' : 'double' });
  const mel = ofMel.length > 0 ? createMelSpectrogram(spec) : undefined;
  const tracks = spec.tracks.map((track) => createTrack(track, spec, mel));
  const surveyors = tracks.filter(({ survey }) => survey);
  const readers = tracks.filter(({ addFrame }) => addFrame);
  const readsMagnitude = readers.some(({ reads }) => reads === 'magnitude');
  const readsSpectrum = mel !== undefined || readers.some(({ reads }) => reads !== 'samples');
  const passes = surveyors.length > 0 ? 2 : 1;
  const frame: Frame = {
    samples: new Float32Array(0),
    place: 0,
    power: new Float64Array(stft.bins),
    magnitude: new Float32Array(stft.bins),
  };
  let matrix: Matrix = { frames: 0, coefficients: 0, values: new Float32Array(0) };
  return {
    passes,
    begin(frames) {
      const { clips, ...rest } = layOut(spec, frames);
      matrix = rest.matrix;
      tracks.forEach((track, i) => track.begin(clips[i]!));
      const ready = spec.tracks.findIndex(({ type }) => type === 'log-mel');
      mel?.begin({ frames, target: clips[ready]?.target });
    },
    add({ samples, place, first, count }, pass) {
      const surveys = pass < passes - 1;
      frame.samples = samples;
      for (let i = 0; i < count; i++) {
        frame.place = place + i;
        if (surveys) {
          stft.analyse(samples, frame.place, frame.power, frame.magnitude);
          for (const track of surveyors) track.survey!(frame);
          continue;
        }
        if (readsSpectrum) {
          stft.analyse(samples, frame.place, frame.power, readsMagnitude ? frame.magnitude : undefined);
        }
        mel?.addFrame(frame.power, first + i);
        for (const track of readers) track.addFrame!(frame, first + i);
      }
    },
    finish() {
      mel?.finish();
      for (const track of tracks) track.finish?.();
      return matrix;
    },
  };
}

/** A matrix for a signal of so many frames, and each track's place in it. */
export function layOut(spec: FeatureSpec, frames: number): { matrix: Matrix; clips: Clip[] } {
  const columns = spec.tracks.map((track) => trackColumns(track, spec).length);
  const coefficients = columns.reduce((sum, count) => sum + count, 0);
  const values = new Float32Array(frames * coefficients);
  let column = 0;
  const clips = columns.map((count) => {
    const clip = { frames, target: { values, stride: coefficients, column } };
    column += count;
    return clip;
  });
  return { matrix: { frames, coefficients, values }, clips };
}

function createTrack(track: TrackSpec, spec: FeatureSpec, mel: MelSpectrogram | undefined): Track {
  switch (track.type) {
    case 'mfcc':
      return createMfcc(mel!, spec.mels, track);
    case 'log-mel':
      return createLogMel(mel!);
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
      return createChroma(spec);
    default:
      return createSampleTrack(track, spec);
  }
}

/** One of SAMPLE_TRACKS. */
export function createSampleTrack(
  track: Extract<TrackSpec, { type: 'rms' | 'zero-crossing-rate' | 'f0' }>,
  spec: FeatureSpec,
): Track {
  switch (track.type) {
    case 'rms':
      return createRms(spec);
    case 'zero-crossing-rate':
      return createZeroCrossingRate(spec);
    case 'f0':
      return createF0(spec, track);
  }
}
