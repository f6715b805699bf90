// Root mean square and zero crossing rate: features of the samples themselves, and the trimming of silence.
import { NO_CLIP } from './track.ts';
import type { Track } from './track.ts';

export interface Framing {
  nFft: number;
  hopLength: number;
}

/** Mean of the squares of the frame of `nFft` samples centred on sample `frame * hopLength`; zeros beyond the edges. */
function meanSquare(samples: Float32Array, frame: number, { nFft, hopLength }: Framing): number {
  const start = frame * hopLength - nFft / 2;
  const end = Math.min(samples.length, start + nFft);
  let sum = 0;
  for (let i = Math.max(0, start); i < end; i++) sum += samples[i]! * samples[i]!;
  return sum / nFft;
}

/** Root mean square of each frame. Source: librosa.feature.rms(y=..., center=True, pad_mode='constant'), 0.11. */
export function createRms(framing: Framing): Track {
  return {
    reads: 'samples',
    begin({ samples, frames, target: { values, stride, column } }) {
      for (let frame = 0; frame < frames; frame++) {
        values[frame * stride + column] = Math.sqrt(meanSquare(samples, frame, framing));
      }
    },
  };
}

/** Samples nearer to zero than this count as zero, which counts as positive; librosa's threshold. */
const ZERO = 1e-10;

/**
 * Share of the frame's samples whose sign differs from that of the sample before them. The frame's first sample
 * has none before it; beyond the edges the first and last sample are repeated.
 *
 * Source: librosa.feature.zero_crossing_rate 0.11.
 */
export function createZeroCrossingRate({ nFft, hopLength }: Framing): Track {
  let clip = NO_CLIP;
  const crosses = (samples: Float32Array, i: number): boolean =>
    samples[i - 1]! < -ZERO !== samples[i]! < -ZERO;
  /** Crossings between neighbours i - 1 and i, from <= i < to, inside the signal. */
  const count = (from: number, to: number): number => {
    let crossings = 0;
    for (let i = Math.max(1, from); i < Math.min(to, clip.samples.length); i++) {
      if (crosses(clip.samples, i)) crossings++;
    }
    return crossings;
  };
  return {
    reads: 'samples',
    begin(next) {
      clip = next;
      const { values, stride, column } = clip.target;
      for (let frame = 0; frame < clip.frames; frame++) {
        const start = frame * hopLength - nFft / 2;
        values[frame * stride + column] = count(start + 1, start + nFft) / nFft;
      }
    },
  };
}

/** Smallest power before the logarithm: librosa.amplitude_to_db's amin, squared. */
const AMIN = 1e-10;

/**
 * The part of a signal from its first to its last frame within `topDb` of the loudest; whole frames of silence
 * before and after are cut off. A silent signal stays whole.
 *
 * Source: librosa.effects.trim 0.11, ref=np.max.
 *
 * @returns a view of `samples`
 */
export function trimSilence(samples: Float32Array, framing: Framing, topDb: number): Float32Array {
  const { hopLength } = framing;
  const frames = 1 + Math.floor(samples.length / hopLength);
  const decibels = Float64Array.from(
    { length: frames },
    (_, frame) => 10 * Math.log10(Math.max(AMIN, meanSquare(samples, frame, framing))),
  );
  const floor = decibels.reduce((peak, value) => Math.max(peak, value), -Infinity) - topDb;
  const first = decibels.findIndex((value) => value > floor);
  const last = decibels.findLastIndex((value) => value > floor);
  return samples.subarray(first * hopLength, (last + 1) * hopLength);
}
