// A recipe's network as a tfjs layers model, and its files. Runs in trainer and predictor processes alone.
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { inputShape } from '../../shared/recipe/columns.ts';
import type { LayerSpec, Recipe } from '../../shared/recipe/recipe.ts';
import type { ModelArtifacts } from './artifacts.ts';
import { createLstm } from './kernel/fused-layer.ts';
import { layerName, type WeightTensor } from './weights.ts';

/**
 * Builds the network of a recipe: input [batch, frames, coefficients], output probabilities [batch, labels].
 * Activations and initialisers are named as Keras has them, because tfjs's defaults differ. The initialisers
 * are documentation: they are not run, `weights` take their place.
 * @param weights as `initialWeights` returns them
 * @throws RangeError where layers do not fit together (an LSTM that returns sequences before a dense layer's end) or
 *   the features have no fixed number of frames
 */
export function buildModel(
  recipe: Recipe,
  labels: number,
  weights: readonly WeightTensor[],
): layers.LayersModel {
  const { frames, coefficients } = inputShape(recipe.features);
  const input = layers.input({ shape: [frames, coefficients], name: 'features' });
  let output: layers.SymbolicTensor = input;
  recipe.layers.forEach((spec, i) => {
    output = apply(createLayer(spec, layerName(spec.type, i)), output);
  });
  output = apply(
    layers.layers.dense({ name: 'softmax', units: labels, activation: 'softmax', ...KERAS_KERNEL }),
    output,
  );
  if (output.shape.length !== 2)
    throw new RangeError('the last LSTM layer before the softmax must not return sequences');
  const model = layers.model({ name: recipe.name, inputs: input, outputs: output });
  setWeights(
    model,
    weights.map((weight) => weight.values),
  );
  return model;
}

const KERAS_KERNEL = { kernelInitializer: 'glorotUniform', biasInitializer: 'zeros', useBias: true } as const;

function createLayer(spec: LayerSpec, name: string): layers.layers.Layer {
  if (spec.type === 'dense')
    return layers.layers.dense({ name, units: spec.units, activation: spec.activation, ...KERAS_KERNEL });
  if (spec.type === 'dropout') return layers.layers.dropout({ name, rate: spec.rate });
  const lstm = createLstm({
    name: spec.bidirectional ? `${name}_lstm` : name,
    units: spec.units,
    returnSequences: spec.returnSequences,
    activation: 'tanh',
    recurrentActivation: 'sigmoid',
    recurrentInitializer: 'orthogonal',
    unitForgetBias: true,
    ...KERAS_KERNEL,
  });
  return spec.bidirectional
    ? layers.layers.bidirectional({ name, layer: lstm as layers.layers.RNN, mergeMode: 'concat' })
    : lstm;
}

function apply(layer: layers.layers.Layer, to: layers.SymbolicTensor): layers.SymbolicTensor {
  // Zeros in place of the named initialisers: tfjs's own orthogonal one is slow, and its draws cannot be seeded alike.
  layer.setFastWeightInitDuringBuild(true);
  return layer.apply(to) as layers.SymbolicTensor;
}

/** Sets all weights, in the order of the model's layers. */
export function setWeights(model: layers.LayersModel, values: readonly Float32Array[]): void {
  tf.tidy(() => {
    // Copied: the native backend reads the array it was given later on.
    const tensors = model.weights.map((weight, i) => tf.tensor(values[i]!.slice(), weight.shape as number[]));
    model.setWeights(tensors);
  });
}

/** One vector of all weights cut into the model's own. @throws RangeError where it is of another model */
export function splitWeights(model: layers.LayersModel, flat: Float32Array): Float32Array[] {
  let offset = 0;
  const parts = model.weights.map(({ shape }) => {
    const size = (shape as number[]).reduce((product, length) => product * length, 1);
    return flat.subarray(offset, (offset += size));
  });
  if (offset !== flat.length) throw new RangeError(`${flat.length} weights for a network that has ${offset}`);
  return parts;
}

/** Copies of all weights as one vector, in the order of the model's layers. */
export function readWeights(model: layers.LayersModel): Float32Array {
  const parts = model.weights.map((weight) => weight.read().dataSync() as Float32Array);
  const flat = new Float32Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    flat.set(part, offset);
    offset += part.length;
  }
  return flat;
}

/** Topology and weight list of a model, as tfjs layers files hold them. */
export function describeModel(model: layers.LayersModel): ModelArtifacts {
  return {
    topology: model.toJSON(null, false) as object,
    weights: model.weights.map((weight) => ({ name: weight.originalName, shape: weight.shape as number[] })),
  };
}

/**
 * Makes a model again from its files' contents.
 * @param values all weights as one vector, in the order of `artifacts.weights`
 */
export function restoreModel(artifacts: ModelArtifacts, values: Float32Array): Promise<layers.LayersModel> {
  return layers.loadLayersModel(
    tf.io.fromMemory({
      modelTopology: artifacts.topology,
      weightSpecs: artifacts.weights.map(({ name, shape }) => ({
        name,
        shape: [...shape],
        dtype: 'float32' as const,
      })),
      // A copy with a buffer of its own: the loader reads the whole buffer.
      weightData: values.slice().buffer as ArrayBuffer,
    }),
  );
}
