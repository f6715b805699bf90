// One training step and one evaluation of a network: where another way to compute them would take over.
import * as tf from '@tensorflow/tfjs-core';
import type * as layers from '@tensorflow/tfjs-layers';
import type { TrainingSpec } from '../../shared/recipe/recipe.ts';
import { Adam } from './adam.ts';
import { readWeights } from './model.ts';
import type { StepPath } from './protocol.ts';

/** Sums over the clips of one batch or evaluation. */
export interface Score {
  /** Sum of the clips' categorical cross-entropies, in nats. */
  readonly lossSum: number;
  /** Clips whose most probable label is the true one. */
  readonly correct: number;
}

/** How a network is trained and scored; positions refer to the clips it was made with. */
export interface TrainingStep {
  readonly path: StepPath;
  /** Trains on one batch; the score is taken with the weights before the step, as Keras reports it. */
  train(positions: Int32Array): Score;
  /** Scores clips in inference mode. `probabilities`: [positions, labels]. */
  evaluate(positions: Int32Array): Score & { readonly probabilities: Float32Array };
  /** A copy of all weights as one vector. */
  weights(): Float32Array;
  dispose(): void;
}

/** Clips, their features [clips, frames, coefficients] and their label indices. */
export interface TrainingData {
  readonly features: Float32Array;
  readonly shape: readonly [clips: number, frames: number, coefficients: number];
  readonly targets: Int32Array;
}

/** Clips scored at once: bounds memory, changes no number beyond rounding. */
const EVALUATION_BATCH = 128;

/**
 * The step as tfjs's own layers compute it, with Keras's definitions: categorical cross-entropy from the
 * softmax's logits (as Keras in a compiled graph), the mean over the batch, and Adam.
 */
export function createStockStep(
  model: layers.LayersModel,
  training: TrainingSpec,
  data: TrainingData,
): TrainingStep {
  const features = tf.tensor(data.features, [...data.shape]);
  const logitsOf = logitsFunction(model);
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const adam = new Adam(variables, training);
  const labels = model.outputShape[1] as number;

  const inputs = (positions: Int32Array): tf.Tensor => tf.gather(features, tf.tensor1d(positions, 'int32'));
  const targetsOf = (positions: Int32Array): Int32Array => positions.map((i) => data.targets[i]!);

  return {
    path: 'stock',
    train(positions) {
      const targets = targetsOf(positions);
      return tf.tidy(() => {
        let correct = 0;
        const batch = inputs(positions);
        const oneHot = tf.oneHot(tf.tensor1d(targets, 'int32'), labels);
        const { value, grads } = tf.variableGrads(() => {
          const logits = logitsOf(batch);
          correct = countCorrect(logits, targets);
          return tf.div<tf.Scalar>(tf.neg(tf.sum(tf.mul(oneHot, tf.logSoftmax(logits)))), positions.length);
        }, variables);
        adam.apply(variables.map((variable) => grads[variable.name]!));
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
    dispose() {
      features.dispose();
      adam.dispose();
      model.dispose();
    },
  };
}

/** The model up to the input of its last softmax: a log of the softmax's output would lose small probabilities. */
function logitsFunction(model: layers.LayersModel): (input: tf.Tensor) => tf.Tensor {
  const last = model.layers.at(-1)!;
  const [kernel, bias] =
    last.getWeights().length === 2 ? last.trainableWeights.map((weight) => weight.read()) : [];
  return (input) => {
    let output = input;
    for (const layer of model.layers.slice(1, -1)) output = layer.apply(output) as tf.Tensor;
    return tf.add(tf.matMul(output as tf.Tensor2D, kernel!), bias!);
  };
}

function countCorrect(logits: tf.Tensor, targets: Int32Array): number {
  const best = tf.argMax(logits, -1).dataSync();
  return targets.reduce((correct, target, i) => correct + (best[i] === target ? 1 : 0), 0);
}
