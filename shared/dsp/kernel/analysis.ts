// The analysis that the SIMD kernel does: MFCC and log-mel, and beside them what is made of the samples themselves.
import type { FeatureSpec, TrackSpec } from '../../recipe/recipe.ts';
import { createSampleTrack, layOut, MEL_TRACKS, SAMPLE_TRACKS, type Analysis } from '../analysis.ts';
import { dctMatrix } from '../dct.ts';
import type { Matrix } from '../matrix.ts';
import { melBands } from '../melSpectrogram.ts';
import { writeDeltas } from '../mfcc.ts';
import type { Clip, Frame, Track } from '../track.ts';
import { hannWindow } from '../window.ts';
import { kernelPath, type FeaturePath } from './kernel.ts';
import { createMelKernel } from './melKernel.ts';

/** Which path the features of a specification take on this machine. */
export function featurePath(spec: FeatureSpec): FeaturePath {
  const ofMel = spec.tracks.filter(({ type }) => MEL_TRACKS.has(type));
  const others = spec.tracks.filter(({ type }) => !MEL_TRACKS.has(type));
  const able =
    ofMel.length > 0 &&
    // The kernel has the tables of one cosine transform.
    ofMel.filter(({ type }) => type === 'mfcc').length <= 1 &&
    // Other spectra than its own are computed in float64, and then mel bands cost little more.
    others.every(({ type }) => SAMPLE_TRACKS.has(type));
  return able ? kernelPath(spec) : 'typescript';
}

/** Decibels held of a signal (16 MB); for the cepstra of a longer one it is heard twice. */
const MOST_DECIBELS = 1 << 22;

/**
 * Prepares the kernel for a specification. Its `finish` returns undefined where float32 cannot say the features:
 * samples that are no finite numbers, or powers beyond its range.
 *
 * @returns undefined where featurePath(spec) says typescript
 * @throws DspError as createAnalysis
 */
export function createFastAnalysis(spec: FeatureSpec): Analysis | undefined {
  if (featurePath(spec) === 'typescript') return undefined;
  const { nFft, mels, tracks } = spec;
  const mfcc = tracks.find((track) => track.type === 'mfcc');
  const coefficients = mfcc?.coefficients ?? 0;
  const kernel = createMelKernel({
    ...spec,
    coefficients,
    // Rounded as the plain analysis rounds it.
    window: hannWindow(nFft).map(Math.fround),
    bands: melBands(spec),
    dct: dctMatrix(coefficients, mels),
  })!;
  const readers = tracks.map((track) => (isOfSamples(track) ? createSampleTrack(track, spec) : undefined));
  const readsSamples = readers.some(Boolean);
  const ofMel = tracks.filter(({ type }) => MEL_TRACKS.has(type));
  /** The place of the one track that is made of the kernel's decibels; -1: there are several. */
  const alone = ofMel.length === 1 ? tracks.indexOf(ofMel[0]!) : -1;
  let hearsTwice = false;
  let matrix: Matrix = { frames: 0, coefficients: 0, values: new Float32Array(0) };
  let clips: Clip[] = [];
  return {
    get passes() {
      return hearsTwice ? 2 : 1;
    },
    begin(frames) {
      ({ matrix, clips } = layOut(spec, frames));
      hearsTwice = alone >= 0 && mfcc !== undefined && frames * spec.mels > MOST_DECIBELS;
      kernel.begin(frames, alone >= 0 && !mfcc ? clips[alone]!.target : null, hearsTwice);
      readers.forEach((reader, i) => reader?.begin(clips[i]!));
    },
    add(stretch, pass) {
      if (pass > 0) {
        kernel.addCepstra(stretch, clips[alone]!.target);
        return;
      }
      kernel.add(stretch);
      if (!readsSamples) return;
      const { samples, place, first, count } = stretch;
      const frame: Frame = { samples, place, power: NOTHING, magnitude: NO_MAGNITUDE };
      for (let i = 0; i < count; i++) {
        frame.place = place + i;
        for (const reader of readers) reader?.addFrame!(frame, first + i);
      }
    },
    finish() {
      if (!kernel.isSayable) return undefined;
      tracks.forEach(({ type }, i) => {
        if (type === 'log-mel') kernel.writeDecibels(clips[i]!.target);
      });
      tracks.forEach((track, i) => {
        if (track.type !== 'mfcc') return;
        if (!hearsTwice) kernel.writeCepstra(clips[i]!.target);
        writeDeltas(clips[i]!, track);
      });
      readers.forEach((reader: Track | undefined) => reader?.finish?.());
      return matrix;
    },
  };
}

const NOTHING = new Float64Array(0);
const NO_MAGNITUDE = new Float32Array(0);

type SampleTrackSpec = Parameters<typeof createSampleTrack>[0];

function isOfSamples(track: TrackSpec): track is SampleTrackSpec {
  return SAMPLE_TRACKS.has(track.type);
}
