// Where the windows of a stream lie: as long as the network's input, ending at every whole step, in samples of the device.
import { LIVE_HOP_SECONDS } from '../../shared/contract/schemas.ts';
import type { FeatureSpec } from '../../shared/recipe/recipe.ts';

/** No window is longer: a network with a longer input hears the rest as the zeros that short clips are padded with. */
const LONGEST_SECONDS = 3;

export interface WindowPlan {
  /** Samples of the device. */
  readonly windowSamples: number;
  /** Windows end at its multiples, as blocks of the capture do: none waits for the rest of a block. */
  readonly hopSamples: number;
}

/** The first end of a window that begins at `sample` or behind it. */
export function firstEnd({ windowSamples, hopSamples }: WindowPlan, sample = 0): number {
  return Math.ceil((sample + windowSamples) / hopSamples) * hopSamples;
}

/**
 * The shortest window that fills the network's input, as the features of a recording of exactly that length do:
 * 1 + floor(samples / hopLength) frames at the recipe's rate.
 * @param spec with a fixed number of frames
 */
export function planWindows(spec: FeatureSpec, sampleRateHz: number): WindowPlan {
  const { frames, hopLength, sampleRateHz: recipeRateHz } = spec;
  if (frames === null) throw new RangeError('a window needs a fixed number of frames');
  const longest = Math.floor(LONGEST_SECONDS * recipeRateHz);
  const samples = Math.min(longest, Math.max((frames - 1) * hopLength, spec.nFft));
  return {
    windowSamples: Math.ceil((samples * sampleRateHz) / recipeRateHz),
    hopSamples: Math.round(LIVE_HOP_SECONDS * sampleRateHz),
  };
}
