// Root mean square and zero crossing rate: features of the samples themselves, and the trimming of silence.
import { NO_CLIP } from './track.ts';
import type { Stretch, Target, Track } from './track.ts';

export interface Framing {
  nFft: number;
  hopLength: number;
}

/** Frames of a signal of so many samples, centred every hop. */
export function frameCount(samples: number, { hopLength }: Framing): number {
  return 1 + Math.floor(samples / hopLength);
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
  let target: Target = NO_CLIP.target;
  return {
    reads: 'samples',
    begin: (clip) => void (target = clip.target),
    addFrame({ samples, place }, index) {
      target.values[index * target.stride + target.column] = Math.sqrt(meanSquare(samples, place, framing));
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
  let target: Target = NO_CLIP.target;
  const crosses = (samples: Float32Array, i: number): boolean =>
    samples[i - 1]! < -ZERO !== samples[i]! < -ZERO;
  /** Crossings between neighbours i - 1 and i, from <= i < to, inside the signal. */
  const count = (samples: Float32Array, from: number, to: number): number => {
    let crossings = 0;
    for (let i = Math.max(1, from); i < Math.min(to, samples.length); i++) {
      if (crosses(samples, i)) crossings++;
    }
    return crossings;
  };
  return {
    reads: 'samples',
    begin: (clip) => void (target = clip.target),
    addFrame({ samples, place }, index) {
      const start = place * hopLength - nFft / 2;
      target.values[index * target.stride + target.column] = count(samples, start + 1, start + nFft) / nFft;
    },
  };
}

/** Smallest power before the logarithm: librosa.amplitude_to_db's amin, squared. */
const AMIN = 1e-10;

/** Part of a signal, in samples: from <= i < to. */
export interface Range {
  from: number;
  to: number;
}

/** Finds the part of a signal that is not silence, frame by frame. */
export interface SilenceMeter {
  begin(frames: number): void;
  add(stretch: Stretch): void;
  /**
   * From the first to the last frame within `topDb` of the loudest; whole frames of silence before and after are
   * left out. All of a silent signal.
   */
  sounding(samples: number): Range;
}

/** Source: librosa.effects.trim 0.11, ref=np.max. */
export function createSilenceMeter(framing: Framing, topDb: number): SilenceMeter {
  const { hopLength } = framing;
  let decibels = new Float64Array(0);
  return {
    begin: (frames) => void (decibels = new Float64Array(frames)),
    add({ samples, place, first, count }) {
      for (let i = 0; i < count; i++) {
        decibels[first + i] = 10 * Math.log10(Math.max(AMIN, meanSquare(samples, place + i, framing)));
      }
    },
    sounding(samples) {
      const floor = decibels.reduce((peak, value) => Math.max(peak, value), -Infinity) - topDb;
      const from = decibels.findIndex((value) => value > floor) * hopLength;
      const to = (decibels.findLastIndex((value) => value > floor) + 1) * hopLength;
      return { from, to: Math.min(samples, to) };
    },
  };
}

/** The part of a whole signal that is not silence, as a view. Source: librosa.effects.trim 0.11, ref=np.max. */
export function trimSilence(samples: Float32Array, framing: Framing, topDb: number): Float32Array {
  const meter = createSilenceMeter(framing, topDb);
  const count = frameCount(samples.length, framing);
  meter.begin(count);
  meter.add({ samples, place: 0, first: 0, count });
  const { from, to } = meter.sounding(samples.length);
  return samples.subarray(from, to);
}
