// The features that are held against librosa, each by itself, and what counts as the same.
import { createExtractor } from '../../shared/dsp/extractor.ts';
import { DspError } from '../../shared/dsp/dspError.ts';
import type { DspErrorCode } from '../../shared/dsp/dspError.ts';
import type { Matrix } from '../../shared/dsp/matrix.ts';
import { columnNames } from '../../shared/recipe/columns.ts';
import { featureSpecSchema } from '../../shared/recipe/recipe.ts';
import type { FeatureSpec } from '../../shared/recipe/recipe.ts';

/** Largest difference, relative to the largest value of the reference in the clip. */
export const TOLERANCE = 1e-3;
/** Share of frames within the tolerance where the reference decides (a bin, a trough, a tuning) and rounding may decide otherwise. */
export const DISCRETE_SHARE = 0.995;

export interface GoldenTrack {
  /** As reference.py calls it. */
  name: string;
  track: { type: string; deltas?: number };
  /** Columns of the track before those that are compared. */
  skip: number;
  discrete: boolean;
  /** Smallest scale of a clip, in the feature's unit: a silent clip has none of its own. */
  floor: number;
}

/** Numbers that are decibels, and as such not meant to be known to the thousandth of less than one. */
const DECIBEL_FLOOR = 1;

const continuous = (type: string, floor = 0): GoldenTrack => ({
  name: type,
  track: { type },
  skip: 0,
  discrete: false,
  floor,
});
const discrete = (type: string, floor = 0): GoldenTrack => ({ ...continuous(type, floor), discrete: true });

/** In reference.py's order. */
export const GOLDEN_TRACKS: readonly GoldenTrack[] = [
  continuous('mfcc', DECIBEL_FLOOR),
  { ...continuous('mfcc', DECIBEL_FLOOR), name: 'mfcc-deltas', track: { type: 'mfcc', deltas: 2 }, skip: 13 },
  continuous('log-mel', DECIBEL_FLOOR),
  continuous('rms'),
  continuous('zero-crossing-rate'),
  continuous('centroid'),
  continuous('bandwidth'),
  discrete('rolloff'),
  continuous('flatness'),
  discrete('contrast', DECIBEL_FLOOR),
  discrete('chroma'),
  discrete('f0'),
];

/** The specification of one track, or of all of them together. */
export function goldenSpec(tracks: readonly GoldenTrack[], sampleRateHz: number): FeatureSpec {
  return featureSpecSchema.parse({ sampleRateHz, tracks: tracks.map(({ track }) => track) });
}

/** Our matrix of a track, or the code of the error that there is instead of one. */
export function ourTrack(
  golden: GoldenTrack,
  samples: Float32Array,
  sampleRateHz: number,
): Matrix | DspErrorCode {
  try {
    return columnsFrom(createExtractor(goldenSpec([golden], sampleRateHz))(samples), golden.skip);
  } catch (error) {
    if (error instanceof DspError) return error.code;
    throw error;
  }
}

/** Columns that are compared. */
export function goldenColumns(golden: GoldenTrack): number {
  return columnNames(goldenSpec([golden], 22_050)).length - golden.skip;
}

function columnsFrom({ frames, coefficients, values }: Matrix, skip: number): Matrix {
  const kept = coefficients - skip;
  return {
    frames,
    coefficients: kept,
    values: Float32Array.from(
      { length: frames * kept },
      (_, i) => values[Math.floor(i / kept) * coefficients + skip + (i % kept)]!,
    ),
  };
}

export interface TrackDifference {
  frames: number;
  /** Frames with a value beyond the tolerance. */
  off: number;
  /** Largest difference, relative to the largest value of its scale in the reference. */
  worst: number;
}

/**
 * Compares a clip's matrix with the reference's. The scale is the largest absolute value of the whole track; for
 * F0 each column has its own (Hz, a flag, a probability).
 *
 * @throws RangeError when shapes differ
 */
export function compareTrack({ name, floor }: GoldenTrack, ours: Matrix, reference: Matrix): TrackDifference {
  const { frames, coefficients } = reference;
  if (ours.frames !== frames || ours.coefficients !== coefficients) {
    throw new RangeError(`${name}: ${ours.frames} x ${ours.coefficients}, not ${frames} x ${coefficients}`);
  }
  const scales = columnScales(reference, name === 'f0', floor);
  let off = 0;
  let worst = 0;
  for (let frame = 0; frame < frames; frame++) {
    let frameWorst = 0;
    for (let column = 0; column < coefficients; column++) {
      const i = frame * coefficients + column;
      const difference = Math.abs(ours.values[i]! - reference.values[i]!) / scales[column]!;
      // Written so that a NaN is kept, not passed over.
      if (!(difference <= frameWorst)) frameWorst = difference;
    }
    if (!(frameWorst <= TOLERANCE)) off++;
    if (!(frameWorst <= worst)) worst = frameWorst;
  }
  return { frames, off, worst };
}

function columnScales({ coefficients, values }: Matrix, ownScale: boolean, floor: number): number[] {
  const scales = new Array<number>(coefficients).fill(0);
  values.forEach((value, i) => {
    const column = i % coefficients;
    scales[column] = Math.max(scales[column]!, Math.abs(value));
  });
  const largest = Math.max(floor, ...scales);
  return scales.map((scale) => (ownScale ? scale : largest) || 1);
}
