// Specifications and recipes that nothing can come of, told before anything is made of them.
import { DspError } from '../../shared/dsp/dspError.ts';
import { recipeCost, UntrainableError } from '../../shared/recipe/cost.ts';
import type { FeatureSpec, Recipe } from '../../shared/recipe/recipe.ts';
import { createClipExtractor } from './extract.ts';

/** Why no sound has the features of a specification; null where some has. */
export function whyNoFeatures(spec: FeatureSpec): DspError | null {
  try {
    createClipExtractor(spec);
    return null;
  } catch (error) {
    if (error instanceof DspError) return error;
    throw error;
  }
}

/** Why no network is of a recipe's layers, or no sound has its features; null where a run can be trained by it. */
export function whyUntrainable(recipe: Recipe): UntrainableError | DspError | null {
  try {
    recipeCost(recipe, 1);
  } catch (error) {
    if (error instanceof UntrainableError) return error;
    throw error;
  }
  return whyNoFeatures(recipe.features);
}
