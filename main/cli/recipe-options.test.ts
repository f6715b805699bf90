// Recipes as they are typed: one rule for names and files, and what the options keep of a recipe.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CLASSIC_RECIPE, type TrainingSpec } from '../../shared/recipe/recipe.ts';
import { UsageError } from './commands.ts';
import { type RecipeOptions, typedFeatures, typedRecipe } from './recipe-options.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'pathos-cli-recipe-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, value: unknown): string {
  const at = path.join(folder, name);
  writeFileSync(at, typeof value === 'string' ? value : JSON.stringify(value));
  return at;
}

const withFeatures = (features: object): object => ({
  ...CLASSIC_RECIPE,
  features: { ...CLASSIC_RECIPE.features, ...features },
});

it.each([
  ['no such name', () => 'nonsense', /No recipe is called "nonsense", and no file\. There is: classic/],
  ['no such file', () => path.join(folder, 'nowhere.json'), /and no file/],
  ['no JSON', () => file('text.json', '{"name": '), /text\.json is not a recipe: .*JSON/],
  ['a folder', () => folder, /could not be read: EISDIR/],
  [
    'a wrong value',
    () => file('wrong', withFeatures({ tracks: [{ type: 'loudness' }] })),
    /wrong is not a recipe: .*tracks\[0\]\.type: /,
  ],
  [
    'features that no sound has',
    () => file('nyquist.json', withFeatures({ sampleRateHz: 8000, tracks: [{ type: 'contrast' }] })),
    /This recipe has no features \(above-nyquist\)/,
  ],
])('%s is a usage error of every command', async (_, recipe, message) => {
  for (const read of [() => typedRecipe({ recipe: recipe() }), () => typedFeatures(recipe())]) {
    const error: unknown = await read().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as Error).message).toMatch(message);
  }
});

it('takes any file for one, whatever its name', async () => {
  const recipe = file('mine', { ...CLASSIC_RECIPE, name: 'mine' });
  expect(await typedRecipe({ recipe })).toEqual({ ...CLASSIC_RECIPE, name: 'mine' });
  expect(await typedFeatures(recipe)).toEqual(CLASSIC_RECIPE.features);
});

it.each([
  ['whole clips', withFeatures({ frames: null }), /a fixed number of frames/],
  ['layers that do not fit', { ...CLASSIC_RECIPE, layers: CLASSIC_RECIPE.layers.slice(0, 1) }, /one vector/],
])('says that %s cannot be trained on', async (_, recipe, message) => {
  const error: unknown = await typedRecipe({ recipe: file('odd', recipe) }).catch((it: unknown) => it);
  expect(error).toBeInstanceOf(UsageError);
  expect((error as Error).message).toMatch(message);
});

describe('options', () => {
  const chosen: TrainingSpec = {
    ...CLASSIC_RECIPE.training,
    ...{ keep: 'last', monitor: 'accuracy', classWeights: 'balanced' },
    ...{ validation: { share: 0.4 }, earlyStopping: { patience: 3, minDelta: 0.5 } },
  };
  const training = async (base: TrainingSpec, options: Omit<RecipeOptions, 'recipe'>) =>
    (await typedRecipe({ recipe: file('base.json', { ...CLASSIC_RECIPE, training: base }), ...options }))
      .training;

  it('keep what a recipe says besides', async () => {
    expect(await training(chosen, {})).toEqual(chosen);
    expect(await training(chosen, { earlyStopping: 7 })).toEqual({
      ...chosen,
      earlyStopping: { patience: 7, minDelta: 0.5 },
    });
    expect(await training(chosen, { validation: 0.3 })).toEqual({ ...chosen, validation: { share: 0.3 } });
    expect(await training(chosen, { keep: 'best', monitor: 'loss' })).toEqual({
      ...chosen,
      ...{ keep: 'best', monitor: 'loss' },
    });
  });

  it.each([
    [{ earlyStopping: 5 }, { keep: 'best', earlyStopping: { patience: 5, minDelta: 0 } }],
    [{ keep: 'best' }, { keep: 'best' }],
    [{ validation: 0.3 }, { keep: 'best', validation: { share: 0.3 } }],
    [
      { validation: 0.3, keep: 'last' },
      { keep: 'last', validation: { share: 0.3 } },
    ],
    [
      { validation: 0.3, monitor: 'accuracy' },
      { monitor: 'accuracy', validation: { share: 0.3 } },
    ],
  ] as const)('%o look for the best epoch on validation speakers', async (options, expected) =>
    expect(await training(CLASSIC_RECIPE.training, options)).toMatchObject({
      validation: { share: 0.2 },
      ...expected,
    }),
  );

  it('refuse a figure to monitor where nothing is monitored', async () => {
    for (const options of [{}, { keep: 'last' }, { keep: 'last', validation: 0.3 }] as const)
      await expect(training(CLASSIC_RECIPE.training, { ...options, monitor: 'accuracy' })).rejects.toThrow(
        /^--monitor tells the best epoch, and none is looked for/,
      );
  });
});
