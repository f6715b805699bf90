// Refuses recipes that nothing could be trained by, before a run is made of them.
import { UserError } from '../../shared/contract/errors.ts';
import { DspError } from '../../shared/dsp/dspError.ts';
import { createExtractor } from '../../shared/dsp/extractor.ts';
import { recipeCost, UntrainableError } from '../../shared/recipe/cost.ts';
import type { Recipe } from '../../shared/recipe/recipe.ts';

/** @throws UserError BAD_INPUT where no network is of these layers, or no sound has these features */
export function requireTrainable(recipe: Recipe): void {
  try {
    recipeCost(recipe, 1);
    createExtractor(recipe.features);
  } catch (error) {
    if (!(error instanceof UntrainableError || error instanceof DspError)) throw error;
    const why = error.message.replace(/\.$/, '');
    throw new UserError('BAD_INPUT', `No run can be trained by the recipe "${recipe.name}": ${why}.`);
  }
}
