// Levels in decibels of full scale.

/** What digital silence is given as. */
export const QUIETEST_DBFS = -100;

/** Root mean square of samples in [from, until), in dB of full scale; at least QUIETEST_DBFS. */
export function levelDbfs(samples: Float32Array, from = 0, until = samples.length): number {
  let sum = 0;
  for (let i = from; i < until; i++) sum += samples[i]! ** 2;
  const power = sum / Math.max(1, until - from);
  return Math.max(QUIETEST_DBFS, 10 * Math.log10(power));
}

/** The value below which a share of the values lies; NaN for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
