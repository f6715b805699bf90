// The recipe whose features the tracks show: a preset or one that somebody saved.
import { canonicalJson, CLASSIC_RECIPE, PRESETS, type Recipe } from '../../../shared/recipe/recipe.ts';
import { app } from '../../state/app.svelte.ts';

class ViewerRecipe {
  readonly choices = $derived<readonly Recipe[]>([...PRESETS.values(), ...(app.settings?.recipes ?? [])]);
  /** One that is no longer there makes way for the classic one. */
  readonly current = $derived(
    this.choices.find(({ name }) => name === app.settings?.viewerRecipe) ?? CLASSIC_RECIPE,
  );
  /** Changes with what is computed, also where a recipe is saved anew under its name. */
  readonly key = $derived(canonicalJson(this.current.features));

  choose(name: string): void {
    app.changeSettings({ viewerRecipe: name });
  }
}

export const viewerRecipe = new ViewerRecipe();
