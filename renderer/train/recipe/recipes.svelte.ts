// The recipe of the next run: chosen from presets and saved ones, changed setting by setting, checked as it changes.
import { recipeCost, timesClassic, UntrainableError, type RecipeCost } from '../../../shared/recipe/cost.ts';
import {
  canonicalJson,
  CLASSIC_RECIPE,
  PRESETS,
  recipeSchema,
  type Recipe,
} from '../../../shared/recipe/recipe.ts';
import { app } from '../../state/app.svelte.ts';
import { getAt, problemsOf, setAt, type Problem } from './draft.ts';

/** Of labels that the cost of a recipe is counted for while no corpus is open. */
const LABELS_WITHOUT_CORPUS = 5;

class Recipes {
  /** As typed: not always a recipe. */
  #draft = $state.raw<unknown>(CLASSIC_RECIPE);
  #base = $state.raw<Recipe>(CLASSIC_RECIPE);
  /** True while the recipe is shown for editing in place of the run. */
  editing = $state(false);

  readonly own = $derived<readonly Recipe[]>(app.settings?.recipes ?? []);
  readonly presets: readonly Recipe[] = [...PRESETS.values()];
  readonly labels = $derived(
    app.corpus?.labels.filter(({ clips }) => clips > 0).length ?? LABELS_WITHOUT_CORPUS,
  );

  readonly #checked = $derived(recipeSchema.safeParse(this.#draft));
  /** Settings that are wrong, the first first. */
  readonly problems = $derived.by((): readonly Problem[] => {
    if (!this.#checked.success) return problemsOf(this.#checked.error.issues);
    try {
      recipeCost(this.#checked.data, this.labels);
      return [];
    } catch (error) {
      if (!(error instanceof UntrainableError)) throw error;
      return [{ path: 'layers', message: error.message }];
    }
  });
  /** True where it is not as it was saved; the number of epochs is a matter of the run. */
  readonly changed = $derived(canonicalJson(bare(this.#draft)) !== canonicalJson(bare(this.#base)));
  readonly name = $derived(this.changed ? `${this.#base.name}, changed` : this.#base.name);
  /** What a run would be started with; null while something is wrong. */
  readonly current = $derived<Recipe | null>(
    this.#checked.success && this.problems.length === 0 ? { ...this.#checked.data, name: this.name } : null,
  );
  readonly cost = $derived<RecipeCost | null>(this.current ? recipeCost(this.current, this.labels) : null);
  readonly times = $derived(this.current ? timesClassic(this.current, this.labels) : null);

  get base(): Recipe {
    return this.#base;
  }

  /** Takes a recipe as it is. */
  choose(recipe: Recipe): void {
    this.#base = recipe;
    this.#draft = recipe;
  }

  /** Takes a recipe from elsewhere; one that only shares its name with a listed one gets another. */
  take(recipe: Recipe): void {
    const listed = [...this.presets, ...this.own].find(({ name }) => name === recipe.name);
    const differs = listed && canonicalJson(bare(listed)) !== canonicalJson(bare(recipe));
    this.choose(differs ? { ...recipe, name: `${recipe.name}, another` } : recipe);
  }

  at(path: string): unknown {
    return getAt(this.#draft, path);
  }

  set(path: string, value: unknown): void {
    this.#draft = setAt(this.#draft, path, value);
  }

  problemAt(path: string): string | null {
    return this.problems.find((problem) => problem.path === path)?.message ?? null;
  }

  /** Takes back every change. */
  revert(): void {
    this.#draft = this.#base;
  }

  isOwn(name: string): boolean {
    return this.own.some((recipe) => recipe.name === name);
  }

  /** Why a recipe cannot be saved under a name; null where it can. */
  whyNotNamed(name: string): string | null {
    const trimmed = name.trim();
    if (trimmed === '') return 'Give it a name.';
    if (PRESETS.has(trimmed)) return `“${trimmed}” is a preset: choose another name.`;
    return null;
  }

  /** Saves the recipe under a name, in the place of an own one of that name. Rejects where the engine does. */
  async save(name: string): Promise<void> {
    if (this.current === null) return;
    const saved = { ...this.current, name: name.trim() };
    await this.#keep([...this.own.filter((other) => other.name !== saved.name), saved]);
    this.choose(saved);
  }

  /** Forgets a saved recipe and returns it; runs keep theirs. */
  async forget(name: string): Promise<Recipe | null> {
    const gone = this.own.find((recipe) => recipe.name === name) ?? null;
    await this.#keep(this.own.filter((recipe) => recipe.name !== name));
    if (this.#base.name === name) this.choose(CLASSIC_RECIPE);
    return gone;
  }

  /** Puts a forgotten recipe back. */
  async restore(recipe: Recipe): Promise<void> {
    await this.#keep([...this.own.filter((other) => other.name !== recipe.name), recipe]);
    this.choose(recipe);
  }

  /** Takes a recipe from JSON. @throws Error in words where it is none */
  importJson(text: string): void {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      throw new Error(`This is not JSON: ${(error as Error).message}`, { cause: error });
    }
    const parsed = recipeSchema.safeParse(value);
    if (!parsed.success) {
      const [first] = problemsOf(parsed.error.issues);
      throw new Error(
        `This is not a recipe: ${first!.path === '' ? '' : `${first!.path}: `}${first!.message}`,
      );
    }
    this.take(parsed.data);
  }

  #keep(recipes: Recipe[]): Promise<void> {
    return app.saveSettings({ recipes: [...recipes].sort((a, b) => a.name.localeCompare(b.name)) });
  }
}

/** A recipe without what does not make it another one. */
function bare(draft: unknown): unknown {
  return setAt(setAt(draft, 'name', ''), 'training.epochs', 0);
}

export const recipes = new Recipes();
