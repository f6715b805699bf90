// Features by the name of a preset, as the viewer asks for them.
import { UserError } from '../../shared/contract/errors.ts';
import { FEATURE_PRESETS, type FeatureSpec } from '../../shared/recipe/recipe.ts';

/** @throws UserError NOT_FOUND */
export function featurePreset(name: string): FeatureSpec {
  const spec = FEATURE_PRESETS.get(name);
  if (!spec) throw new UserError('NOT_FOUND', `There is no recipe called "${name}".`);
  return spec;
}
