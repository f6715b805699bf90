// A waveform's outline from its samples: enough points for any screen, both sides of zero kept apart.

export interface Peaks {
  /** Largest value at or above zero in each bucket, 0..1. */
  upper: Float32Array;
  /** Largest magnitude at or below zero in each bucket, 0..1. */
  lower: Float32Array;
  /** Largest magnitude of all. */
  peak: number;
}

/**
 * @param channels samples, one array a channel, all of the same length
 * @param buckets points of the outline at most
 */
export function outline(channels: readonly Float32Array[], buckets: number): Peaks {
  const length = channels[0]?.length ?? 0;
  const count = Math.max(1, Math.min(buckets, length));
  const upper = new Float32Array(count);
  const lower = new Float32Array(count);
  let peak = 0;
  for (const samples of channels) {
    for (let bucket = 0; bucket < count; bucket += 1) {
      const end = Math.floor(((bucket + 1) * length) / count);
      for (let i = Math.floor((bucket * length) / count); i < end; i += 1) {
        const value = samples[i]!;
        if (value > upper[bucket]!) upper[bucket] = value;
        else if (-value > lower[bucket]!) lower[bucket] = -value;
      }
      peak = Math.max(peak, upper[bucket]!, lower[bucket]!);
    }
  }
  return { upper, lower, peak };
}
