// Recipes as JSON: defaults, the first version's, and what is refused.
import { expect, test } from 'vitest';
import { columnNames, inputShape } from './columns.ts';
import { CLASSIC_RECIPE, featureSpecSchema, recipeSchema } from './recipe.ts';

const { features } = CLASSIC_RECIPE;

test('the classic recipe says what it is', () => {
  expect(recipeSchema.parse(JSON.parse(JSON.stringify(CLASSIC_RECIPE)))).toEqual(CLASSIC_RECIPE);
  expect(inputShape(features)).toEqual({ frames: 40, coefficients: 13 });
});

test('a specification of the first version is read as what it says', () => {
  const { tracks: _, trimTopDb: __, normalise: ___, ...shared } = features;
  expect(featureSpecSchema.parse({ ...shared, kind: 'mfcc', coefficients: 13 })).toEqual(features);
});

test('only the features must be named; the rest is librosa’s', () => {
  const spec = featureSpecSchema.parse({ tracks: [{ type: 'mfcc' }, { type: 'f0' }] });
  expect(spec).toEqual({
    ...features,
    tracks: [
      { type: 'mfcc', coefficients: 13, deltas: 0 },
      { type: 'f0', fMinHz: 65.40639132514966, fMaxHz: 2093.004522404789 },
    ],
    frames: null,
  });
  expect(columnNames(spec).slice(12)).toEqual(['mfcc_12', 'f0_hz', 'voiced', 'voiced_probability']);
  expect(() => inputShape(spec)).toThrow(RangeError);
});

test.each([
  { tracks: [] },
  { tracks: [{ type: 'loudness' }] },
  { tracks: [{ type: 'rms', power: 2 }] },
  { tracks: [{ type: 'mfcc', deltas: 3 }] },
  { tracks: [{ type: 'rms' }], nFft: 1000 },
  { tracks: [{ type: 'rms' }], normalise: 'speakers' },
  { tracks: [{ type: 'rms' }], hop: 10 },
  { tracks: [{ type: 'rms' }], frames: 1e9 },
  { tracks: [{ type: 'rms' }], hopLength: 1e9 },
  { tracks: Array(65).fill({ type: 'chroma' }) },
])('%j is refused', (value) => {
  expect(featureSpecSchema.safeParse(value).success).toBe(false);
});

test.each([
  { layers: [{ type: 'dense', units: 1e6, activation: 'relu' }] },
  { layers: Array(33).fill({ type: 'dropout', rate: 0.1 }) },
  { name: 'x'.repeat(201) },
])('a recipe is refused that no memory would hold', (part) => {
  expect(recipeSchema.safeParse({ ...CLASSIC_RECIPE, ...part }).success).toBe(false);
});
