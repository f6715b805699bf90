// Tests of network, step and optimiser against Keras 3.15 on TensorFlow 2.21, from the same weights.
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { CLASSIC_RECIPE, type Recipe } from '../../shared/recipe/recipe.ts';
import { Adam } from './adam.ts';
import { loadBackend } from './backend.ts';
import { buildModel, describeModel, readWeights, restoreModel } from './model.ts';
import { createStockStep } from './step.ts';
import { initialWeights } from './weights.ts';

const RECIPE: Recipe = {
  name: 'golden',
  features: { ...CLASSIC_RECIPE.features, tracks: [{ type: 'mfcc', coefficients: 3, deltas: 0 }], frames: 5 },
  layers: [
    { type: 'lstm', units: 4, returnSequences: true },
    { type: 'lstm', units: 3, returnSequences: false },
    { type: 'dense', units: 4, activation: 'relu' },
  ],
  training: { ...CLASSIC_RECIPE.training, learningRate: 1e-2, batchSize: 3 },
};
/** [4, 5, 3] */
const FEATURES = Float32Array.from({ length: 60 }, (_, i) => 2 * Math.sin(i * 0.7));
const KERAS_PROBABILITIES = [
  0.30414265394210815, 0.37434014678001404, 0.3215171694755554, 0.31106552481651306, 0.3629876673221588,
  0.3259468078613281, 0.3214052617549896, 0.348171204328537, 0.3304235339164734, 0.30388617515563965,
  0.37401139736175537, 0.32210245728492737,
];
/** Three epochs of batches [0, 1, 2], [3] with the labels 0, 1, 2, 1; held out: clips 2 and 3. */
const KERAS_EPOCHS = [
  { loss: 1.0879755020141602, heldOut: 1.0492857694625854 },
  { loss: 1.0581204891204834, heldOut: 1.0184109210968018 },
  { loss: 1.0365246534347534, heldOut: 0.9871803522109985 },
];

const build = (): ReturnType<typeof buildModel> =>
  buildModel(RECIPE, 3, initialWeights(RECIPE, 3, 1, 'golden'));

beforeAll(() => loadBackend('wasm'));

describe('the network', () => {
  it('gives the probabilities that Keras gives', () => {
    const model = build();
    const got = tf.tidy(() => (model.predict(tf.tensor3d(FEATURES, [4, 5, 3])) as tf.Tensor).dataSync());
    KERAS_PROBABILITIES.forEach((value, i) => expect(got[i]).toBeCloseTo(value, 6));
    model.dispose();
  });

  it('names what its weights were drawn as, and comes back from its files the same', async () => {
    const model = build();
    const artifacts = describeModel(model);
    const text = JSON.stringify(artifacts.topology);
    // tfjs writes Glorot's uniform draw as the variance scaling that it is.
    const glorot =
      '{"class_name":"VarianceScaling","config":{"scale":1,"mode":"fan_avg","distribution":"uniform"';
    for (const name of [glorot, 'Orthogonal', '"recurrent_activation":"sigmoid"', '"unit_forget_bias":true'])
      expect(text).toContain(name);
    const weights = readWeights(model);
    model.dispose();
    const restored = await restoreModel(JSON.parse(JSON.stringify(artifacts)) as typeof artifacts, weights);
    expect(readWeights(restored)).toEqual(weights);
    restored.dispose();
  });

  it('refuses sequences before the softmax', () => {
    const layers = [{ type: 'lstm' as const, units: 4, returnSequences: true }];
    const recipe = { ...RECIPE, layers };
    expect(() => buildModel(recipe, 3, initialWeights(recipe, 3, 1, 's'))).toThrow('return sequences');
  });
});

describe('the step', () => {
  it("trains and scores as Keras's fit does, and leaves no tensor behind", () => {
    const before = tf.memory().numTensors;
    const step = createStockStep(build(), RECIPE.training, {
      features: FEATURES,
      shape: [4, 5, 3],
      targets: Int32Array.of(0, 1, 2, 1),
    });
    for (const { loss, heldOut } of KERAS_EPOCHS) {
      const scores = [Int32Array.of(0, 1, 2), Int32Array.of(3)].map((batch) => step.train(batch));
      expect(scores.reduce((total, { lossSum }) => total + lossSum, 0) / 4).toBeCloseTo(loss, 5);
      expect(step.evaluate(Int32Array.of(2, 3)).lossSum / 2).toBeCloseTo(heldOut, 5);
    }
    step.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('goes on from a saved state as if it had never stopped', () => {
    const data = { features: FEATURES, shape: [4, 5, 3] as const, targets: Int32Array.of(0, 1, 2, 1) };
    const batches = [Int32Array.of(0, 1, 2), Int32Array.of(3), Int32Array.of(2, 3)];
    const first = createStockStep(build(), RECIPE.training, data);
    batches.forEach((batch) => first.train(batch));
    const second = createStockStep(build(), RECIPE.training, data);
    second.restore(first.save());
    expect(batches.map((batch) => second.train(batch))).toEqual(batches.map((batch) => first.train(batch)));
    expect(second.save()).toEqual(first.save());
    const { weights } = first.save();
    expect(() => second.restore({ ...first.save(), weights: weights.slice(1) })).toThrow(RangeError);
    first.dispose();
    second.dispose();
  });

  it('scores the same alone and among others', () => {
    const targets = Int32Array.from({ length: 300 }, (_, i) => i % 3);
    const features = Float32Array.from({ length: 300 * 15 }, (_, i) => Math.sin(i));
    const step = createStockStep(build(), RECIPE.training, { features, shape: [300, 5, 3], targets });
    const all = step.evaluate(Int32Array.from({ length: 300 }, (_, i) => i));
    const one = step.evaluate(Int32Array.of(250));
    one.probabilities.forEach((value, i) => expect(all.probabilities[750 + i]).toBeCloseTo(value, 6));
    expect(all.probabilities).toHaveLength(900);
    step.dispose();
  });
});

describe('Adam', () => {
  it("moves variables as Keras's, where epsilon counts too", () => {
    const variable = tf.variable(tf.tensor1d([1, -2, 0.5]));
    const adam = new Adam([variable], CLASSIC_RECIPE.training);
    const steps = [
      { gradient: [1e-6, 0.5, -3], after: [0.9997597336769104, -2.000999927520752, 0.5009999871253967] },
      { gradient: [2e-6, 0, -1], after: [0.9993599653244019, -2.0016698837280273, 0.5018710494041443] },
      { gradient: [-1e-7, -0.25, 4], after: [0.9990630149841309, -2.001847267150879, 0.5017870664596558] },
    ];
    for (const { gradient, after } of steps) {
      tf.tidy(() => adam.apply([tf.tensor1d(gradient)]));
      const got = variable.dataSync();
      after.forEach((value, i) => expect(Math.abs(got[i]! - value)).toBeLessThan(2.5e-7));
    }
    adam.dispose();
    variable.dispose();
  });
});
