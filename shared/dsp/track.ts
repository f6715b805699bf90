// What every feature is to the extractor: it is fed a clip frame by frame and writes its own columns.
import type { Matrix } from './matrix.ts';

/** The columns of a matrix that belong to one track. */
export interface Target {
  /** The whole matrix, row-major. */
  values: Float32Array;
  /** Columns of the matrix. */
  stride: number;
  /** The track's first column. */
  column: number;
}

export interface Clip {
  frames: number;
  target: Target;
}

/**
 * Frames in a row and the samples they hear. A whole signal is one stretch; one that comes in blocks is many, and
 * what is computed of a frame is the same in either.
 */
export interface Stretch {
  /**
   * Mono, full scale +-1: all that the frames hear, from a whole number of hops after the signal's beginning on.
   * Beyond them there is nothing: zeros are assumed.
   */
  samples: Float32Array;
  /** The first frame is centred on sample `place * hopLength` of `samples`. */
  place: number;
  /** Its number in the signal. */
  first: number;
  count: number;
}

/** One frame; valid until the next. */
export interface Frame {
  /** Those of the stretch, and where in it the frame is centred, in hops. */
  samples: Float32Array;
  place: number;
  /** |X|^2, nFft / 2 + 1 bins; filled only where a track reads it or the magnitude. */
  power: Float64Array;
  /** |X|, rounded to single precision as librosa's; filled only where a track asks for it. */
  magnitude: Float32Array;
}

/**
 * One feature at work. Its buffers are its own and serve clip after clip (one per thread): begin, every frame in
 * order where it has a survey, every frame in order, then finish.
 */
export interface Track {
  /** Which part of a frame is read. */
  readonly reads: 'samples' | 'power' | 'magnitude';
  begin(clip: Clip): void;
  /** Learns from a frame's samples and magnitudes what has to be known of the whole clip before any frame is written. */
  survey?(frame: Frame): void;
  /** @param index the frame's number in the signal */
  addFrame?(frame: Frame, index: number): void;
  /** Writes what could not be written frame by frame. @throws DspError where the clip is too short for the feature */
  finish?(): void;
}

/** A target that takes nothing, for a track that holds no clip. */
export const NO_CLIP: Clip = { frames: 0, target: { values: new Float32Array(0), stride: 0, column: 0 } };

/** Samples at the specification's rate, mono, full scale +-1, to a matrix of its own. */
export type FeatureExtractor = (samples: Float32Array) => Matrix;
