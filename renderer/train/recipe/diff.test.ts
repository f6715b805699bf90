// Tests of the difference between recipes, and that every setting has words.
import { expect, test } from 'vitest';
import { CLASSIC_RECIPE, recipeSchema, trackSpecSchema, type Recipe } from '../../../shared/recipe/recipe.ts';
import { diffRecipes } from './diff.ts';
import { fieldAt } from './fields.ts';
import { LAYER_WORDS, newLayer, newTrack, TRACK_TYPES, TRACK_WORDS } from './tracks.ts';

test('equal recipes of different names do not differ', () => {
  expect(diffRecipes(CLASSIC_RECIPE, { ...structuredClone(CLASSIC_RECIPE), name: 'mine' })).toEqual([]);
});

test('differences are told in the words of the editor', () => {
  const other: Recipe = structuredClone(CLASSIC_RECIPE);
  other.features.tracks = [{ type: 'mfcc', coefficients: 20, deltas: 1 }, { type: 'rms' }];
  other.features.normalise = 'speaker';
  other.layers = other.layers.slice(1);
  other.training = {
    ...other.training,
    batchSize: 32,
    validation: { share: 0.2 },
    earlyStopping: { patience: 6, minDelta: 0 },
  };
  expect(diffRecipes(CLASSIC_RECIPE, other)).toEqual([
    { what: 'Feature 1', a: 'MFCC: coefficients 13, deltas 0', b: 'MFCC: coefficients 20, deltas 1' },
    { what: 'Feature 2', a: '–', b: 'Loudness (RMS)' },
    { what: 'Normalise over', a: 'nothing: raw values', b: 'each speaker' },
    { what: 'Layer 1', a: 'LSTM 128, a vector a frame', b: 'LSTM 64, one vector' },
    { what: 'Layer 2', a: 'LSTM 64, one vector', b: 'Dense 64 relu' },
    { what: 'Layer 3', a: 'Dense 64 relu', b: '–' },
    { what: 'Batch', a: '16 clips', b: '32 clips' },
    { what: 'Validation speakers', a: 'off', b: 'share set aside 0.2' },
    { what: 'Stop early', a: 'off', b: 'patience 6, least improvement 0' },
  ]);
});

test('every setting of a recipe has words, and every feature and layer begins valid', () => {
  const { features, training } = CLASSIC_RECIPE;
  for (const key of Object.keys(features))
    if (key !== 'tracks') expect(fieldAt(`features.${key}`), key).toBeDefined();
  for (const key of Object.keys(training)) expect(fieldAt(`training.${key}`), key).toBeDefined();
  expect(TRACK_TYPES.sort()).toEqual(trackSpecSchema.options.map(({ shape }) => shape.type.value).sort());
  for (const type of TRACK_TYPES) {
    const { type: _, ...settings } = newTrack(type);
    expect(TRACK_WORDS[type].fields.map(({ path }) => path).sort()).toEqual(Object.keys(settings).sort());
  }
  for (const type of Object.keys(LAYER_WORDS) as (keyof typeof LAYER_WORDS)[])
    expect(recipeSchema.safeParse({ ...CLASSIC_RECIPE, layers: [newLayer(type)] }).success).toBe(true);
});
