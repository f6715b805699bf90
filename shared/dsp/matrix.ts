// Features of a clip as a frames x coefficients matrix, and its fitting to the length a network sees.

/** Row-major: coefficient k of frame t is `values[t * coefficients + k]`. */
export interface Matrix {
  frames: number;
  coefficients: number;
  /** Length frames x coefficients. */
  values: Float32Array;
}

/** A matrix of an asked length, with what that took; at most one of `padded` and `cut` is above zero. */
export interface FittedMatrix extends Matrix {
  /** Frames of zeros added at the end. */
  padded: number;
  /** Frames dropped from the end. */
  cut: number;
}

/** Pads with zeros at the end, or cuts the end off, to exactly `frames` frames. Always a copy. */
export function fitFrames(matrix: Matrix, frames: number): FittedMatrix {
  const values = new Float32Array(frames * matrix.coefficients);
  values.set(matrix.values.subarray(0, values.length));
  return {
    frames,
    coefficients: matrix.coefficients,
    values,
    padded: Math.max(0, frames - matrix.frames),
    cut: Math.max(0, matrix.frames - frames),
  };
}

/** The matrix as lists, a frame each: for JSON. */
export function rowsOf({ frames, coefficients, values }: Matrix): number[][] {
  return Array.from({ length: frames }, (_, frame) =>
    Array.from(values.subarray(frame * coefficients, (frame + 1) * coefficients)),
  );
}
