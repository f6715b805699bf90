// One training step and one evaluation of a network: where another way to compute them would take over.
import * as tf from '@tensorflow/tfjs-core';
import type * as layers from '@tensorflow/tfjs-layers';
import type { TrainingSpec } from '../../shared/recipe/recipe.ts';
import { Adam, type AdamState, type Optimiser } from './adam.ts';
import { dropoutFactors, type FoldSeed } from './dropout.ts';
import { readWeights, setWeights, splitWeights } from './model.ts';
import type { StepPath } from './protocol.ts';

/** Sums over the clips of one batch or evaluation. */
export interface Score {
  /** Sum of the clips' categorical cross-entropies, in nats. */
  readonly lossSum: number;
  /** Clips whose most probable label is the true one. */
  readonly correct: number;
}

/**
 * All that training goes on from: restored into a fresh step of the same recipe, seed and fold, the batches that
 * follow give the very numbers they would have given. The vectors are in the order of `TrainingStep.weights`.
 */
export interface TrainingState extends AdamState {
  readonly weights: Float32Array;
}

/** How a network is trained and scored; positions refer to the clips it was made with. */
export interface TrainingStep {
  readonly path: StepPath;
  /** What computes it, and why nothing faster does, in words. */
  readonly how: string;
  /** Trains on one batch; the score is taken with the weights before the step, as Keras reports it. */
  train(positions: Int32Array): Score;
  /** Scores clips in inference mode. `probabilities`: [positions, labels]. */
  evaluate(positions: Int32Array): Score & { readonly probabilities: Float32Array };
  /** A copy of all weights as one vector. */
  weights(): Float32Array;
  /** A copy of the whole state of training, between two batches. */
  save(): TrainingState;
  /** Goes on from a saved state. @throws RangeError where the state is of another network */
  restore(state: TrainingState): void;
  /** Tensors alive in TensorFlow.js: equal after every epoch, or something leaks. */
  tensors(): number;
  dispose(): void;
}

/** Clips, their features [clips, frames, coefficients] and their label indices. */
export interface TrainingData {
  readonly features: Float32Array;
  readonly shape: readonly [clips: number, frames: number, coefficients: number];
  readonly targets: Int32Array;
  /** How much each label's clips weigh in the loss that is trained on; without it all weigh the same. */
  readonly labelWeights?: Float32Array;
}

/** Clips scored at once: bounds memory, changes no number beyond rounding. */
const EVALUATION_BATCH = 128;

export interface TfjsStepOptions {
  /** How the model's LSTM layers were made, and what is said of it; default: stock. */
  readonly path?: 'stock' | 'fused layer';
  readonly how?: string;
  /** Default: Adam of tfjs operations. */
  readonly createOptimiser?: (variables: readonly tf.Variable[], training: TrainingSpec) => Optimiser;
  /** What dropout draws from, where the model has any. */
  readonly foldSeed?: FoldSeed;
}

/**
 * The step as tfjs's own layers compute it, with Keras's definitions: categorical cross-entropy from the
 * softmax's logits (as Keras in a compiled graph), the mean over the batch, and Adam.
 */
export function createStockStep(
  model: layers.LayersModel,
  training: TrainingSpec,
  data: TrainingData,
  options: TfjsStepOptions = {},
): TrainingStep {
  const features = tf.tensor(data.features, [...data.shape]);
  const logitsOf = logitsFunction(model, options.foldSeed ?? { seed: 0, fold: 0 });
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const { createOptimiser = (...args) => new Adam(...args) } = options;
  const adam = createOptimiser(variables, training);
  let steps = 0;
  const labels = model.outputShape[1] as number;
  const { labelWeights } = data;

  const inputs = (positions: Int32Array): tf.Tensor => tf.gather(features, tf.tensor1d(positions, 'int32'));
  const targetsOf = (positions: Int32Array): Int32Array => positions.map((i) => data.targets[i]!);

  return {
    path: options.path ?? 'stock',
    how: options.how ?? "TensorFlow.js's own layers",
    train(positions) {
      const targets = targetsOf(positions);
      return tf.tidy(() => {
        let correct = 0;
        const batch = inputs(positions);
        const oneHot = tf.oneHot(tf.tensor1d(targets, 'int32'), labels);
        const weighed = labelWeights ? tf.mul(oneHot, labelWeights) : oneHot;
        const { value, grads } = tf.variableGrads(() => {
          const logits = logitsOf(batch, steps);
          correct = countCorrect(logits, targets);
          return tf.div<tf.Scalar>(tf.neg(tf.sum(tf.mul(weighed, tf.logSoftmax(logits)))), positions.length);
        }, variables);
        adam.apply(variables.map((variable) => grads[variable.name]!));
        steps += 1;
        return { lossSum: value.dataSync()[0]! * positions.length, correct };
      });
    },
    evaluate(positions) {
      const probabilities = new Float32Array(positions.length * labels);
      let lossSum = 0;
      let correct = 0;
      for (let start = 0; start < positions.length; start += EVALUATION_BATCH) {
        const part = positions.slice(start, start + EVALUATION_BATCH);
        const targets = targetsOf(part);
        tf.tidy(() => {
          const logits = logitsOf(inputs(part));
          const logs = tf.logSoftmax(logits).dataSync();
          targets.forEach((target, i) => (lossSum -= logs[i * labels + target]!));
          correct += countCorrect(logits, targets);
          probabilities.set(tf.softmax(logits).dataSync(), start * labels);
        });
      }
      return { lossSum, correct, probabilities };
    },
    weights: () => readWeights(model),
    save: () => ({ weights: readWeights(model), ...adam.save() }),
    restore(state) {
      setWeights(model, splitWeights(model, state.weights));
      adam.restore(state);
      steps = state.steps;
    },
    tensors: () => tf.memory().numTensors,
    dispose() {
      features.dispose();
      adam.dispose();
      model.dispose();
    },
  };
}

/**
 * The model up to the input of its last softmax: a log of the softmax's output would lose small probabilities.
 * Given a step, that is in training, dropout layers take their seeded factors; otherwise they do nothing.
 */
function logitsFunction(
  model: layers.LayersModel,
  foldSeed: FoldSeed,
): (input: tf.Tensor, step?: number) => tf.Tensor {
  const last = model.layers.at(-1)!;
  const [kernel, bias] =
    last.getWeights().length === 2 ? last.trainableWeights.map((weight) => weight.read()) : [];
  return (input, step) => {
    let output = input;
    for (const [i, layer] of model.layers.slice(1, -1).entries()) {
      if (layer.getClassName() !== 'Dropout') output = layer.apply(output) as tf.Tensor;
      else if (step !== undefined) {
        const rate = layer.getConfig()['rate'] as number;
        const factors = dropoutFactors(foldSeed, step, i, rate, output.size);
        output = tf.mul(output, tf.tensor(factors, output.shape));
      }
    }
    return tf.add(tf.matMul(output as tf.Tensor2D, kernel!), bias!);
  };
}

function countCorrect(logits: tf.Tensor, targets: Int32Array): number {
  const best = tf.argMax(logits, -1).dataSync();
  return targets.reduce((correct, target, i) => correct + (best[i] === target ? 1 : 0), 0);
}
