// The fused LSTM layer beside tfjs's own: outputs, gradients, masks, and files that either can read.
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../backend.ts';
import { describeModel, readWeights, restoreModel } from '../model.ts';
import { createLstm, kernelRefusal, useFusedLstm, useStockLstm } from './fused-layer.ts';

type Model = layers.LayersModel;

const STEPS = 6;
const COLUMNS = 5;
const CLIPS = 5;
const KERAS = {
  activation: 'tanh',
  recurrentActivation: 'sigmoid',
  kernelInitializer: 'zeros',
  recurrentInitializer: 'zeros',
} as const;
const wave = (length: number, speed: number, scale = 1): Float32Array =>
  Float32Array.from({ length }, (_, i) => scale * Math.sin(speed * i + 0.3));

beforeAll(() => loadBackend('wasm'));
afterEach(useStockLstm);

/** The same network of LSTM layers, fused or stock, with the same weights. */
function network(fused: boolean, body: (input: layers.SymbolicTensor) => layers.SymbolicTensor): Model {
  if (fused) useFusedLstm(1);
  else useStockLstm();
  const input = layers.input({ shape: [STEPS, COLUMNS] });
  const model = layers.model({ inputs: input, outputs: body(input) });
  const weights = model.getWeights().map(({ size, shape }, i) => tf.tensor(wave(size, 1.1 + i, 0.4), shape));
  model.setWeights(weights);
  return model;
}

/** Output, and gradients of every weight for an arbitrary loss. */
function outcome(model: Model, features = wave(CLIPS * STEPS * COLUMNS, 0.7)): Float32Array[] {
  return tf.tidy(() => {
    const input = tf.tensor3d(features, [CLIPS, STEPS, COLUMNS]);
    const output = model.predict(input) as tf.Tensor;
    const { grads } = tf.variableGrads(() => {
      const y = model.apply(input, { training: false }) as tf.Tensor;
      return tf.sum(tf.mul(y, tf.tensor(wave(y.size, 0.9), y.shape)));
    });
    return [
      output,
      ...model.trainableWeights.map((weight) => grads[(weight.read() as tf.Variable).name]!),
    ].map((tensor) => tensor.dataSync() as Float32Array);
  });
}

function expectSame([output, ...gradients]: Float32Array[], [expected, ...stock]: Float32Array[]): void {
  expect(gap(output!, expected!)).toBeLessThan(1e-5);
  expect(gradients).toHaveLength(stock.length);
  gradients.forEach((gradient, i) => expect(gap(gradient, stock[i]!), `gradient ${i}`).toBeLessThan(1e-4));
}

function gap(values: Float32Array, expected: Float32Array): number {
  const scale = Math.max(...expected.map(Math.abs));
  expect(scale).toBeGreaterThan(0);
  return Math.max(...values.map((value, i) => Math.abs(value - expected[i]!))) / scale;
}

const lstm = (args: object) => (x: layers.SymbolicTensor) =>
  createLstm({ ...KERAS, units: 7, ...args }).apply(x) as layers.SymbolicTensor;
const both = (args: object) => (x: layers.SymbolicTensor) => {
  const layer = createLstm({ ...KERAS, units: 4, ...args }) as layers.RNN;
  return layers.layers.bidirectional({ layer, mergeMode: 'concat' }).apply(x) as layers.SymbolicTensor;
};
const masked = (x: layers.SymbolicTensor): layers.SymbolicTensor =>
  layers.layers.masking({ maskValue: 0 }).apply(x) as layers.SymbolicTensor;

const BODIES: Record<string, (x: layers.SymbolicTensor) => layers.SymbolicTensor> = {
  'the last state': lstm({}),
  'every state': lstm({ returnSequences: true }),
  'from the last step to the first': lstm({ goBackwards: true }),
  'every state from the last step': lstm({ goBackwards: true, returnSequences: true }),
  'three layers': (x) =>
    lstm({})(lstm({ returnSequences: true, units: 16 })(lstm({ returnSequences: true })(x))),
  'both directions': both({}),
  'both directions, every state': (x) => both({})(both({ returnSequences: true })(x)),
};

describe('beside the stock layer', () => {
  it.each(Object.keys(BODIES))('%s', (name) => {
    const body = BODIES[name]!;
    expectSame(outcome(network(true, body)), outcome(network(false, body)));
  });

  it.each(['the last state', 'every state', 'every state from the last step', 'three layers'])(
    'masked: %s',
    (name) => {
      const features = wave(CLIPS * STEPS * COLUMNS, 0.7);
      // Clips that end early, one that begins late, one with a hole, one that is nothing but silence.
      for (const [clip, from, to] of [
        [0, 4, 6],
        [1, 0, 2],
        [2, 2, 4],
        [3, 0, 6],
      ] as const)
        features.fill(0, (clip * STEPS + from) * COLUMNS, (clip * STEPS + to) * COLUMNS);
      const body = (x: layers.SymbolicTensor): layers.SymbolicTensor => BODIES[name]!(masked(x));
      const stock = outcome(network(false, body), features);
      expectSame(outcome(network(true, body), features), stock);
      // The mask is no ornament.
      expect(gap(outcome(network(true, BODIES[name]!), features)[0]!, stock[0]!)).toBeGreaterThan(1e-3);
    },
  );

  it('on one thread and on two, the same to the last bit', () => {
    const body = BODIES['three layers']!;
    const one = outcome(network(true, body));
    useFusedLstm(2);
    expect(outcome(network(true, body))).toEqual(one);
  });

  it('with two batches in flight before either gradient is taken', () => {
    const gradients = (fused: boolean): Float32Array[] => {
      const model = network(fused, BODIES['three layers']!);
      const [a, b] = [0.7, 0.5].map((speed) => tf.tensor3d(wave(60, speed), [2, STEPS, COLUMNS]));
      const { grads } = tf.variableGrads(() => {
        const [first, second] = [a!, b!].map((x) => model.apply(x) as tf.Tensor);
        return tf.sum(tf.mul(first!, second!));
      });
      return model.trainableWeights.map(
        (weight) => grads[(weight.read() as tf.Variable).name]!.dataSync() as Float32Array,
      );
    };
    const stock = gradients(false);
    gradients(true).forEach((gradient, i) => expect(gap(gradient, stock[i]!)).toBeLessThan(1e-4));
  });

  it('leaves no tensor behind', () => {
    const model = network(true, BODIES['three layers']!);
    outcome(model);
    const before = tf.memory().numTensors;
    outcome(model);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('what the kernel cannot do', () => {
  it('is left to the stock layer, and named', () => {
    const body = lstm({ recurrentActivation: 'hardSigmoid' });
    expectSame(outcome(network(true, body)), outcome(network(false, body)));
    const refusal = (args: object): string | null =>
      kernelRefusal(createLstm({ ...KERAS, units: 2, ...args }).getConfig() as never);
    expect(refusal({})).toBeNull();
    expect(refusal({ recurrentActivation: 'hardSigmoid' })).toContain('hardSigmoid');
    expect(refusal({ useBias: false })).toContain('bias');
    expect(refusal({ recurrentDropout: 0.5 })).toContain('drops out');
    expect(refusal({ stateful: true })).toContain('state');
  });
});

describe('files', () => {
  it.each([
    ['saved fused, opened stock', true, false],
    ['saved stock, opened fused', false, true],
  ])('%s', async (_, savedFused, openedFused) => {
    const body = (x: layers.SymbolicTensor): layers.SymbolicTensor =>
      BODIES['both directions']!(BODIES['every state']!(x));
    const saved = network(savedFused, body);
    const expected = outcome(saved);
    const { topology, weights } = JSON.parse(JSON.stringify(describeModel(saved))) as ReturnType<
      typeof describeModel
    >;
    // Nothing in them tells who wrote them, but for the names that layers are counted by.
    const classes = (JSON.stringify(topology).match(/"class_name":"[^"]*"/g) ?? []).join();
    const twin = network(!savedFused, body);
    expect(classes).toBe(
      (JSON.stringify(describeModel(twin).topology).match(/"class_name":"[^"]*"/g) ?? []).join(),
    );
    if (openedFused) useFusedLstm(1);
    else useStockLstm();
    const opened = await restoreModel({ topology, weights }, readWeights(saved));
    expect(opened.layers[1]!.constructor === saved.layers[1]!.constructor).toBe(false);
    expect(opened.layers[1]!.getClassName()).toBe('LSTM');
    expectSame(outcome(opened), expected);
  });
});
