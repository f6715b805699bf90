// Adam in the kernel, for variables that live in tfjs: one operation over all of them.
import * as tf from '@tensorflow/tfjs-core';
import type { TrainingSpec } from '../../../shared/recipe/recipe.ts';
import { correctedRate } from '../adam-rate.ts';
import type { AdamState, Optimiser } from '../adam.ts';
import { Kernel } from './kernel.ts';
import { TapeSpace } from './tape.ts';

const FLOAT = 4;
const LANES = 8;

/** Adam as `Adam` computes it, over one flat vector of all variables. */
export class FusedAdam implements Optimiser {
  readonly #variables: readonly tf.Variable[];
  readonly #spec: TrainingSpec;
  readonly #kernel = new Kernel();
  readonly #size: number;
  readonly #weights: number;
  readonly #first: number;
  readonly #second: number;
  readonly #gradient: number;
  readonly #settings: number;
  readonly #tape: number;
  #steps = 0;

  constructor(variables: readonly tf.Variable[], spec: TrainingSpec) {
    this.#variables = variables;
    this.#spec = spec;
    this.#size = variables.reduce((total, { size }) => total + size, 0);
    const bytes = Math.ceil(this.#size / LANES) * LANES * FLOAT;
    const vector = (): number => this.#kernel.allocate(bytes);
    [this.#weights, this.#first, this.#second, this.#gradient] = [vector(), vector(), vector(), vector()];
    const nothing = vector();
    this.#settings = this.#kernel.allocate(4 * FLOAT);
    this.#tape = new TapeSpace(this.#kernel).keep((tape) =>
      tape.adam(this.#weights, this.#first, this.#second, [this.#gradient, nothing], bytes, this.#settings),
    );
  }

  apply(gradients: readonly tf.Tensor[]): void {
    this.#steps += 1;
    const { beta1, beta2, epsilon } = this.#spec;
    const settings = [correctedRate(this.#spec, this.#steps), 1 - beta1, 1 - beta2, epsilon];
    this.#kernel.floats(this.#settings, 4).set(settings);
    this.#fill(this.#weights, this.#variables);
    this.#fill(this.#gradient, gradients);
    this.#kernel.run(this.#tape);
    const weights = this.#vector(this.#weights);
    let offset = 0;
    for (const variable of this.#variables) {
      const values = weights.slice(offset, (offset += variable.size)) as Float32Array;
      tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
    }
  }

  save(): AdamState {
    return {
      firstMoments: Float32Array.from(this.#vector(this.#first)),
      secondMoments: Float32Array.from(this.#vector(this.#second)),
      steps: this.#steps,
    };
  }

  restore({ firstMoments, secondMoments, steps }: AdamState): void {
    this.#vector(this.#first).set(firstMoments);
    this.#vector(this.#second).set(secondMoments);
    this.#steps = steps;
  }

  dispose(): void {
    this.#kernel.dispose();
  }

  #vector(at: number): Float32Array<ArrayBufferLike> {
    return this.#kernel.floats(at, this.#size);
  }

  #fill(at: number, tensors: readonly tf.Tensor[]): void {
    const vector = this.#vector(at);
    let offset = 0;
    for (const tensor of tensors) {
      vector.set(tensor.dataSync() as Float32Array, offset);
      offset += tensor.size;
    }
  }
}
