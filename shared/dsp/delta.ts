// Deltas: the local slope and curvature of a column over time.
import { DspError } from './dspError.ts';
import type { Clip } from './track.ts';

/** Frames a delta looks at; librosa's default. */
const DELTA_WIDTH = 9;
const HALF = (DELTA_WIDTH - 1) / 2;

/** Derivatives of the least-squares polynomial over nine frames (Savitzky & Golay 1964), by order. */
const WEIGHTS: ReadonlyMap<number, readonly number[]> = new Map([
  // Slope of a line: k / sum of k^2.
  [1, [-4, -3, -2, -1, 0, 1, 2, 3, 4].map((k) => k / 60)],
  // Second derivative of a parabola.
  [2, [28, 7, -8, -17, -20, -17, -8, 7, 28].map((k) => k / 462)],
]);

/**
 * Writes the delta of one column of a clip's matrix into another. A polynomial's highest derivative is the same
 * everywhere on it, so the four frames at either end take the value of the nearest whole window.
 *
 * Source: librosa.feature.delta(width=9, mode='interp'), scipy.signal.savgol_filter(polyorder=order, deriv=order).
 *
 * @param order 1 or 2
 * @throws DspError too-few-frames where librosa raises
 */
export function writeDelta(
  { frames, target }: Clip,
  fromColumn: number,
  toColumn: number,
  order: number,
): void {
  if (frames < DELTA_WIDTH) {
    throw new DspError(
      'too-few-frames',
      `deltas need at least ${DELTA_WIDTH} frames, and there are ${frames}`,
    );
  }
  const weights = WEIGHTS.get(order)!;
  const { values, stride } = target;
  for (let frame = 0; frame < frames; frame++) {
    const first = Math.min(Math.max(frame - HALF, 0), frames - DELTA_WIDTH);
    let sum = 0;
    for (let i = 0; i < DELTA_WIDTH; i++) sum += weights[i]! * values[(first + i) * stride + fromColumn]!;
    values[frame * stride + toColumn] = sum;
  }
}
