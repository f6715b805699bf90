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
  /** Mono, full scale +-1, silence trimmed where the specification says so. */
  samples: Float32Array;
  frames: number;
  target: Target;
}

/** The spectrum of one frame, nFft / 2 + 1 bins each; valid until the next frame. */
export interface FrameSpectrum {
  /** |X|^2. */
  power: Float64Array;
  /** |X|, rounded to single precision as librosa's; filled only where a track asks for it. */
  magnitude: Float32Array;
}

/**
 * One feature at work. Its buffers are its own and serve clip after clip (one per thread):
 * begin, then every frame in order if it takes spectra, then finish.
 */
export interface Track {
  /** Which part of a frame's spectrum is read. */
  readonly reads: 'samples' | 'power' | 'magnitude';
  begin(clip: Clip): void;
  addFrame?(spectrum: FrameSpectrum, frame: number): void;
  /** Writes what could not be written frame by frame. @throws DspError where the clip is too short for the feature */
  finish?(): void;
}

/** A target that takes nothing, for a track that holds no clip. */
export const NO_CLIP: Clip = {
  samples: new Float32Array(0),
  frames: 0,
  target: { values: new Float32Array(0), stride: 0, column: 0 },
};

/** Samples at the specification's rate, mono, full scale +-1, to a matrix of its own. */
export type FeatureExtractor = (samples: Float32Array) => Matrix;
