// The direct network beside tfjs's own layers, on networks of several shapes.
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { createRandom } from '../../shared/metrics/random.ts';
import { inputShape } from '../../shared/recipe/columns.ts';
import { CLASSIC_RECIPE, type Recipe } from '../../shared/recipe/recipe.ts';
import { loadBackend } from '../training/backend.ts';
import { buildModel, readWeights } from '../training/model.ts';
import { TINY_RECIPE } from '../training/testing.ts';
import { initialWeights } from '../training/weights.ts';
import { directNetwork } from './direct.ts';

beforeAll(() => loadBackend('wasm'));

const LABELS = ['a', 'b', 'c', 'd', 'e'];
const ODD: Recipe = {
  ...TINY_RECIPE,
  layers: [
    { type: 'lstm', units: 7, returnSequences: false },
    { type: 'dense', units: 5, activation: 'tanh' },
    { type: 'dropout', rate: 0.5 },
    { type: 'dense', units: 3, activation: 'linear' },
  ],
};
const BOTH_WAYS: Recipe = {
  ...TINY_RECIPE,
  layers: [
    { type: 'lstm', units: 6, returnSequences: true, bidirectional: true },
    { type: 'lstm', units: 4, returnSequences: false, bidirectional: true },
  ],
};

it.each([CLASSIC_RECIPE, TINY_RECIPE, ODD, BOTH_WAYS])('answers as tfjs does: %#', (recipe) => {
  const { frames, coefficients } = inputShape(recipe.features);
  const model = buildModel(recipe, LABELS.length, initialWeights(recipe, LABELS.length, 7, 'direct'));
  const direct = directNetwork({ recipe, labels: LABELS }, readWeights(model))!;
  const random = createRandom(1, 'direct');
  for (let clip = 0; clip < 3; clip++) {
    const features = Float32Array.from({ length: frames * coefficients }, () => 3 * random.normal());
    const input = tf.tensor3d(features.slice(), [1, frames, coefficients]);
    const expected = (model.predict(input) as tf.Tensor).dataSync();
    const answer = direct(features);
    expect(answer).toHaveLength(LABELS.length);
    answer.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-5));
  }
});

it('leaves to tfjs weights of another network', () => {
  const weights = readWeights(buildModel(TINY_RECIPE, 3, initialWeights(TINY_RECIPE, 3, 1, 'direct')));
  expect(directNetwork({ recipe: TINY_RECIPE, labels: LABELS.slice(0, 3) }, weights)).not.toBeNull();
  expect(directNetwork({ recipe: TINY_RECIPE, labels: LABELS }, weights)).toBeNull();
  expect(directNetwork({ recipe: ODD, labels: LABELS.slice(0, 3) }, weights)).toBeNull();
});
