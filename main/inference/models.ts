// A run's models, loaded once and kept warm: the one place where a network answers, for clips and live alike.
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { BackendName } from '../../shared/contract/schemas.ts';
import { readModelFiles } from '../training/artifacts.ts';
import { loadBackend } from '../training/backend.ts';
import { restoreModel } from '../training/model.ts';
import { directNetwork } from './direct.ts';

/** Models kept loaded; a run of leave-one-speaker-out has one a speaker. */
const MODELS_KEPT = 64;

/** One clip or several, [clips, frames, coefficients], each fitted to the network's input; a stream asks for one. */
export interface NetworkInput {
  readonly features: Float32Array;
  readonly frames: number;
  readonly coefficients: number;
}

type Answer = (input: NetworkInput) => Float32Array;
interface Loaded {
  readonly answer: Answer;
  readonly dispose: () => void;
}

export interface ModelsOptions {
  /** For a stream, one clip a question: networks are answered by the kernel (direct.ts), without a tensor library. */
  readonly direct?: boolean;
}

/** One a process, on one backend. */
export class Models {
  /** One after the other: a model may not be dropped while another question uses it. */
  #last: Promise<unknown> = Promise.resolve();
  /** By folder, least recently used first. */
  readonly #loaded = new Map<string, Promise<Loaded>>();
  readonly #direct: boolean;
  #backend: Promise<void> | null = null;

  constructor({ direct = false }: ModelsOptions = {}) {
    this.#direct = direct;
  }

  /**
   * Mean probabilities of the models in these folders.
   * @param backend that is loaded where a tensor library is needed
   * @throws UserError UNREADABLE naming a model file, UNAVAILABLE for a backend that is not there
   */
  predict(folders: readonly string[], input: NetworkInput, backend: BackendName): Promise<Float32Array> {
    const answer = this.#last.then(() => this.#predict(folders, input, backend));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async #predict(
    folders: readonly string[],
    input: NetworkInput,
    backend: BackendName,
  ): Promise<Float32Array> {
    const models = await Promise.all(folders.map((folder) => this.#modelIn(folder, backend)));
    const mean = new Float32Array(models[0]!.answer(input));
    for (const { answer } of models.slice(1)) answer(input).forEach((value, i) => (mean[i]! += value));
    await this.#dropOld();
    return mean.map((sum) => sum / models.length);
  }

  async #modelIn(folder: string, backend: BackendName): Promise<Loaded> {
    const loading = this.#loaded.get(folder) ?? this.#load(folder, backend);
    this.#loaded.delete(folder);
    this.#loaded.set(folder, loading);
    try {
      return await loading;
    } catch (error) {
      this.#loaded.delete(folder);
      throw error;
    }
  }

  async #load(folder: string, backend: BackendName): Promise<Loaded> {
    const { artifacts, values, card } = await readModelFiles(folder);
    const direct = this.#direct ? directNetwork(card, values) : null;
    if (direct) return { answer: ({ features }) => direct(features), dispose: () => undefined };
    this.#backend ??= loadBackend(backend);
    await this.#backend;
    const model = await restoreModel(artifacts, values);
    return { answer: (input) => layersAnswer(model, input), dispose: () => model.dispose() };
  }

  async #dropOld(): Promise<void> {
    for (const [folder, loading] of this.#loaded) {
      if (this.#loaded.size <= MODELS_KEPT) return;
      this.#loaded.delete(folder);
      (await loading).dispose();
    }
  }
}

function layersAnswer(model: LayersModel, { features, frames, coefficients }: NetworkInput): Float32Array {
  return tf.tidy(() => {
    const clips = features.length / (frames * coefficients);
    const answer = model.predict(tf.tensor3d(features, [clips, frames, coefficients])) as tf.Tensor;
    return answer.dataSync() as Float32Array;
  });
}
