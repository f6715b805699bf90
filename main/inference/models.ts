// A run's models, loaded once and kept warm: the one place where a network answers, for clips and live alike.
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { readModelFiles } from '../training/artifacts.ts';
import { restoreModel } from '../training/model.ts';

/** Models kept loaded; a run of leave-one-speaker-out has one a speaker. */
const MODELS_KEPT = 64;

/** Features fitted to a network's input, [frames, coefficients]. */
export interface NetworkInput {
  readonly features: Float32Array;
  readonly frames: number;
  readonly coefficients: number;
}

/** Needs a backend (training/backend.ts) in this process. */
export class Models {
  /** One after the other: a model may not be dropped while another question uses it. */
  #last: Promise<unknown> = Promise.resolve();
  /** By folder, least recently used first. */
  readonly #loaded = new Map<string, Promise<LayersModel>>();

  /**
   * Mean probabilities of the models in these folders.
   * @throws UserError UNREADABLE naming a model file
   */
  predict(folders: readonly string[], input: NetworkInput): Promise<Float32Array> {
    const answer = this.#last.then(() => this.#predict(folders, input));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async #predict(folders: readonly string[], input: NetworkInput): Promise<Float32Array> {
    const models = await Promise.all(folders.map((folder) => this.#modelIn(folder)));
    const probabilities = tf.tidy(() => {
      const tensor = tf.tensor3d(input.features, [1, input.frames, input.coefficients]);
      const answers = models.map((model) => model.predict(tensor) as tf.Tensor);
      return tf.mean(tf.concat(answers, 0), 0).dataSync() as Float32Array;
    });
    await this.#dropOld();
    return probabilities;
  }

  async #modelIn(folder: string): Promise<LayersModel> {
    const loading = this.#loaded.get(folder) ?? load(folder);
    this.#loaded.delete(folder);
    this.#loaded.set(folder, loading);
    try {
      return await loading;
    } catch (error) {
      this.#loaded.delete(folder);
      throw error;
    }
  }

  async #dropOld(): Promise<void> {
    for (const [folder, loading] of this.#loaded) {
      if (this.#loaded.size <= MODELS_KEPT) return;
      this.#loaded.delete(folder);
      (await loading).dispose();
    }
  }
}

async function load(folder: string): Promise<LayersModel> {
  const { artifacts, values } = await readModelFiles(folder);
  return restoreModel(artifacts, values);
}
