// The predictor process: keeps models loaded and answers with a clip's probabilities.
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { UserError } from '../../shared/contract/errors.ts';
import { readModelFiles } from '../training/artifacts.ts';
import { loadBackend } from '../training/backend.ts';
import { restoreModel } from '../training/model.ts';
import type { PredictAnswer, PredictRequest } from './protocol.ts';

/** Models kept loaded; a run of leave-one-speaker-out has one a speaker. */
const MODELS_KEPT = 64;

/** By folder, least recently used first. */
const models = new Map<string, Promise<LayersModel>>();
let backend: Promise<void> | null = null;

async function modelIn(folder: string): Promise<LayersModel> {
  const loading = models.get(folder) ?? load(folder);
  models.delete(folder);
  models.set(folder, loading);
  try {
    return await loading;
  } catch (error) {
    models.delete(folder);
    throw error;
  }
}

async function load(folder: string): Promise<LayersModel> {
  const { artifacts, values } = await readModelFiles(folder);
  return restoreModel(artifacts, values);
}

async function dropOldModels(): Promise<void> {
  for (const [folder, loading] of models) {
    if (models.size <= MODELS_KEPT) return;
    models.delete(folder);
    (await loading).dispose();
  }
}

/** Mean of the models' probabilities, clip after clip. */
async function predict(request: PredictRequest): Promise<Float32Array> {
  backend ??= loadBackend(request.backend);
  await backend;
  const loaded = await Promise.all(request.folders.map(modelIn));
  const probabilities = tf.tidy(() => {
    const { features, frames, coefficients } = request;
    const clips = features.length / (frames * coefficients);
    const input = tf.tensor3d(features, [clips, frames, coefficients]);
    const answers = loaded.map((model) => model.predict(input) as tf.Tensor);
    return tf.mean(tf.stack(answers), 0).dataSync() as Float32Array;
  });
  await dropOldModels();
  return probabilities;
}

async function answer(request: PredictRequest): Promise<PredictAnswer> {
  try {
    return { id: request.id, probabilities: await predict(request) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      id: request.id,
      error: message,
      path: error instanceof UserError ? (error.data?.path ?? null) : null,
    };
  }
}

// One after the other: a model may not be dropped while another request uses it.
let last: Promise<unknown> = Promise.resolve();
process.on('disconnect', () => process.exit(0));
process.on('message', (request: PredictRequest) => {
  last = last.then(async () => process.send?.(await answer(request)));
});
