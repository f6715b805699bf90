// Sliding windows over a sound: where they lie, what one is in words, and their features by the run's own recipe.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DspError } from '../../shared/dsp/dspError.ts';
import { createFastExtractor } from '../../shared/dsp/kernel/extractor.ts';
import type { Matrix } from '../../shared/dsp/matrix.ts';
import { inputShape } from '../../shared/recipe/columns.ts';
import type { FeatureSpec } from '../../shared/recipe/recipe.ts';

/** Between the beginnings of two windows, unless there would be too many of them. */
export const HOP_SECONDS = 0.1;
/** A longer sound has its windows further apart. */
export const MOST_WINDOWS = 400;
/** No window is longer: a network with a longer input hears the rest as the zeros that short clips are padded with. */
const LONGEST_SECONDS = 3;
/** Windows computed between two turns of the event loop. */
const PER_TURN = 8;

export interface WindowPlan {
  /** Length of a window; of the whole sound where that is shorter. */
  readonly windowSamples: number;
  /** Between two beginnings, rounded for each of them; 0 for a single window. */
  readonly hopSamples: number;
  /** First sample of each window; the last window ends with the sound. */
  readonly starts: readonly number[];
}

/**
 * As long as the network's input: the shortest stretch whose 1 + floor(samples / hopLength) frames fill it, at most 3 s.
 * Windows lie evenly, so that the last one ends with the sound.
 * @param samples of the sound at the recipe's rate
 * @param spec with a fixed number of frames
 */
export function planWindows(samples: number, spec: FeatureSpec, hopSeconds = HOP_SECONDS): WindowPlan {
  const windowSamples = Math.min(samples, fullWindow(spec));
  const room = samples - windowSamples;
  const steps = Math.min(MOST_WINDOWS - 1, Math.ceil(room / (hopSeconds * spec.sampleRateHz)));
  const hopSamples = steps === 0 ? 0 : room / steps;
  return {
    windowSamples,
    hopSamples,
    starts: Array.from({ length: steps + 1 }, (_, i) => Math.round(i * hopSamples)),
  };
}

function fullWindow(spec: FeatureSpec): number {
  const longest = Math.floor(LONGEST_SECONDS * spec.sampleRateHz);
  return Math.min(longest, Math.max((inputShape(spec).frames - 1) * spec.hopLength, spec.nFft));
}

/** Frames of zeros that follow a window's own frames in the network's input, where no silence is trimmed. */
export function paddedFrames({ windowSamples }: WindowPlan, spec: FeatureSpec): number {
  return Math.max(0, inputShape(spec).frames - 1 - Math.floor(windowSamples / spec.hopLength));
}

/** What a window is, in a sentence or two. */
export function windowInWords(plan: WindowPlan, spec: FeatureSpec): string {
  const { frames } = inputShape(spec);
  const seconds = (samples: number): string => `${(samples / spec.sampleRateHz).toFixed(2)} s`;
  const length = seconds(plan.windowSamples);
  const padded = paddedFrames(plan, spec);
  const rest = `the other ${padded} of its ${frames} frames are zeros, as in a short clip.`;
  if (plan.starts.length === 1 && padded > 0)
    return `The sound is ${length} long, shorter than the network's input: it is one window, and ${rest}`;
  const next =
    plan.starts.length === 1 ? 'there is one' : `the next begins ${seconds(plan.hopSamples)} later`;
  return padded > 0
    ? `A window is ${length} of sound, heard as a clip of its own; ${rest} Of windows, ${next}.`
    : `A window is ${length}, the ${frames} frames that the network takes, heard as a clip of its own; ${next}.`;
}

/** Each window's features, neither padded nor cut; null where it has none. */
export async function windowFeatures(
  samples: Float32Array,
  { starts, windowSamples }: WindowPlan,
  spec: FeatureSpec,
): Promise<(Matrix | null)[]> {
  const extract = createFastExtractor(spec);
  const found: (Matrix | null)[] = [];
  for (const start of starts) {
    try {
      found.push(extract(samples.subarray(start, start + windowSamples)));
    } catch (error) {
      if (!(error instanceof DspError)) throw error;
      found.push(null);
    }
    if (found.length % PER_TURN === 0) await nextTurn();
  }
  return found;
}
