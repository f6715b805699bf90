// Adam with Keras's placement of epsilon.
import * as tf from '@tensorflow/tfjs-core';
import type { TrainingSpec } from '../../shared/recipe/recipe.ts';
import { correctedRate } from './adam-rate.ts';

/** All that Adam goes on from; the vectors are in the order of its variables. */
export interface AdamState {
  /** Adam's running mean of the gradients, and of their squares. */
  readonly firstMoments: Float32Array;
  readonly secondMoments: Float32Array;
  /**
   * Batches trained on so far: Adam's time. Also the whole state of random numbers, for whatever is drawn in
   * training is drawn from a stream that seed, fold and this number name.
   */
  readonly steps: number;
}

/** What moves variables by their gradients. */
export interface Optimiser {
  /** Moves every variable by its gradient, in the order given to the constructor. */
  apply(gradients: readonly tf.Tensor[]): void;
  /** Copies of the moments, each as one vector, and the steps taken. */
  save(): AdamState;
  /** Goes on from saved moments. */
  restore(state: AdamState): void;
  dispose(): void;
}

/**
 * Adam (Kingma & Ba 2015) as keras.optimizers.Adam computes it: with the learning rate corrected for bias,
 * w -= lr sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + epsilon), the form of the paper's section 2. tfjs's own
 * Adam corrects the moments instead, which makes its epsilon up to 30 times smaller in the first steps, and
 * takes about twice the operations.
 */
export class Adam implements Optimiser {
  readonly #variables: readonly tf.Variable[];
  readonly #first: tf.Variable[];
  readonly #second: tf.Variable[];
  readonly #spec: TrainingSpec;
  readonly #oneMinusBeta1: tf.Scalar;
  readonly #oneMinusBeta2: tf.Scalar;
  readonly #epsilon: tf.Scalar;
  #steps = 0;

  constructor(variables: readonly tf.Variable[], spec: TrainingSpec) {
    this.#variables = variables;
    this.#spec = spec;
    const zeros = (): tf.Variable[] =>
      variables.map((variable) => tf.tidy(() => tf.variable(tf.zeros(variable.shape), false)));
    this.#first = zeros();
    this.#second = zeros();
    this.#oneMinusBeta1 = tf.scalar(1 - spec.beta1);
    this.#oneMinusBeta2 = tf.scalar(1 - spec.beta2);
    this.#epsilon = tf.scalar(spec.epsilon);
  }

  apply(gradients: readonly tf.Tensor[]): void {
    this.#steps += 1;
    const rate = correctedRate(this.#spec, this.#steps);
    tf.tidy(() => {
      const step = tf.scalar(rate);
      this.#variables.forEach((variable, i) => {
        const gradient = gradients[i]!;
        const first = this.#first[i]!;
        const second = this.#second[i]!;
        first.assign(tf.add(first, tf.mul(tf.sub(gradient, first), this.#oneMinusBeta1)));
        second.assign(tf.add(second, tf.mul(tf.sub(tf.square(gradient), second), this.#oneMinusBeta2)));
        variable.assign(
          tf.sub(variable, tf.div(tf.mul(first, step), tf.add(tf.sqrt(second), this.#epsilon))),
        );
      });
    });
  }

  save(): AdamState {
    const flat = (parts: readonly tf.Variable[]): Float32Array =>
      Float32Array.from(parts.flatMap((part) => [...part.dataSync()]));
    return { firstMoments: flat(this.#first), secondMoments: flat(this.#second), steps: this.#steps };
  }

  restore({ firstMoments, secondMoments, steps }: AdamState): void {
    const fill = (parts: readonly tf.Variable[], flat: Float32Array): void => {
      let offset = 0;
      for (const part of parts) {
        // Copied: the native backend reads the array it was given later on.
        const values = flat.slice(offset, (offset += part.size));
        tf.tidy(() => part.assign(tf.tensor(values, part.shape)));
      }
    };
    fill(this.#first, firstMoments);
    fill(this.#second, secondMoments);
    this.#steps = steps;
  }

  dispose(): void {
    tf.dispose([...this.#first, ...this.#second, this.#oneMinusBeta1, this.#oneMinusBeta2, this.#epsilon]);
  }
}
