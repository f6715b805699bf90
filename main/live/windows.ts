// Where the windows of a stream lie: as long as the network's input, a step apart, in samples of the device.
import type { FeatureSpec } from '../../shared/recipe/recipe.ts';

/** Time between two answers. */
export const HOP_SECONDS = 0.08;
/** No window is longer: a network with a longer input hears the rest as the zeros that short clips are padded with. */
const LONGEST_SECONDS = 3;

export interface WindowPlan {
  /** Samples of the device. */
  readonly windowSamples: number;
  readonly hopSamples: number;
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
    hopSamples: Math.round(HOP_SECONDS * sampleRateHz),
  };
}
