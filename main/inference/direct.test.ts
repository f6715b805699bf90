// The direct network beside tfjs's own layers, on networks of several shapes.
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { createRandom } from '../../shared/metrics/random.ts';
import { inputShape } from '../../shared/recipe/columns.ts';
import { CLASSIC_RECIPE, type Recipe } from '../../shared/recipe/recipe.ts';
import { loadBackend } from '../training/backend.ts';
import { buildModel, describeModel, readWeights } from '../training/model.ts';
import { TINY_RECIPE } from '../training/testing.ts';
import { initialWeights } from '../training/weights.ts';
import { directNetwork } from './direct.ts';

beforeAll(() => loadBackend('wasm'));

const ODD: Recipe = {
  ...TINY_RECIPE,
  layers: [
    { type: 'lstm', units: 7, returnSequences: false },
    { type: 'dense', units: 5, activation: 'tanh' },
    { type: 'dense', units: 3, activation: 'linear' },
  ],
};

it.each([CLASSIC_RECIPE, TINY_RECIPE, ODD])('answers as tfjs does: %#', (recipe) => {
  const { frames, coefficients } = inputShape(recipe.features);
  const model = buildModel(recipe, 5, initialWeights(recipe, 5, 7, 'direct'));
  const direct = directNetwork(describeModel(model), readWeights(model))!;
  const random = createRandom(1, 'direct');
  for (let clip = 0; clip < 3; clip++) {
    const features = Float32Array.from({ length: frames * coefficients }, () => 3 * random.normal());
    const input = tf.tensor3d(features.slice(), [1, frames, coefficients]);
    const expected = (model.predict(input) as tf.Tensor).dataSync();
    const answer = direct(features, frames);
    expect(answer).toHaveLength(5);
    answer.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-5));
  }
});

it('leaves to tfjs what is no plain chain of layers it knows', () => {
  const model = buildModel(TINY_RECIPE, 3, initialWeights(TINY_RECIPE, 3, 1, 'direct'));
  const artifacts = describeModel(model);
  const changed = (from: string, to: string) => ({
    ...artifacts,
    topology: JSON.parse(JSON.stringify(artifacts.topology).replaceAll(from, to)) as object,
  });
  expect(directNetwork(artifacts, readWeights(model))).not.toBeNull();
  for (const [from, to] of [
    ['"recurrent_activation":"sigmoid"', '"recurrent_activation":"hardSigmoid"'],
    ['"class_name":"Dense"', '"class_name":"Conv1D"'],
    ['"return_sequences":true', '"return_sequences":false'],
  ] as const) {
    expect(directNetwork(changed(from, to), readWeights(model)), to).toBeNull();
  }
});
