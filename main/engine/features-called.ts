// Features by the name of a recipe, as the viewer asks for them.
import { UserError } from '../../shared/contract/errors.ts';
import { FEATURE_PRESETS, type FeatureSpec } from '../../shared/recipe/recipe.ts';
import type { Store } from '../store/database.ts';
import { loadSettings } from '../store/settings.ts';

/** Features of a preset, else of a recipe that was saved under that name. @throws UserError NOT_FOUND */
export function featuresCalled(store: Store, name: string): FeatureSpec {
  const saved = (): FeatureSpec | undefined =>
    loadSettings(store).recipes.find((recipe) => recipe.name === name)?.features;
  const spec = FEATURE_PRESETS.get(name) ?? saved();
  if (!spec) throw new UserError('NOT_FOUND', `There is no recipe called "${name}".`);
  return spec;
}
