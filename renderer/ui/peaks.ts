// A waveform's outline as drawings take it: both sides of zero kept apart.

export interface Peaks {
  /** Largest value at or above zero in each bucket, 0..1. */
  upper: Float32Array;
  /** Largest magnitude at or below zero in each bucket, 0..1. */
  lower: Float32Array;
  /** Largest magnitude of all. */
  peak: number;
  /** False while a part of the sound is not in it yet: there it is flat. */
  complete: boolean;
}

const FULL_SCALE = 32_767;

/**
 * @param pairs least and largest value in turn, full scale 32767; fewer than `count` while they are being computed
 * @param count of the whole outline
 */
export function outlineOf(pairs: Int16Array, count: number): Peaks {
  const upper = new Float32Array(count);
  const lower = new Float32Array(count);
  let peak = 0;
  for (let i = 0; i < pairs.length / 2; i += 1) {
    lower[i] = Math.max(0, -pairs[2 * i]! / FULL_SCALE);
    upper[i] = Math.max(0, pairs[2 * i + 1]! / FULL_SCALE);
    peak = Math.max(peak, upper[i]!, lower[i]!);
  }
  return { upper, lower, peak, complete: pairs.length >= 2 * count };
}

/**
 * The outline as one closed shape, for an SVG of `columns` by 2 whose middle is silence; the loudest place touches its
 * edges.
 * @param columns at least 1; each stands for the loudest of its part
 */
export function outlinePath({ upper, lower, peak }: Peaks, columns: number): string {
  if (upper.length === 0) return '';
  const tallest = peak || 1;
  const most = (values: Float32Array, column: number): number => {
    const from = Math.floor((column * values.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * values.length) / columns));
    return values.subarray(from, to).reduce((max, value) => Math.max(max, value), 0) / tallest;
  };
  const all = Array.from({ length: columns }, (_, column) => column);
  const above = all.map((column) => `${column + 0.5} ${(1 - most(upper, column)).toFixed(3)}`);
  const below = all.map((column) => `${column + 0.5} ${(1 + most(lower, column)).toFixed(3)}`);
  return `M${[...above, ...below.reverse()].join('L')}Z`;
}
