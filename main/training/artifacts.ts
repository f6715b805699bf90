// A fold's model on disk: tfjs layers files, and what was computed from the audio before the network saw it.
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../shared/contract/errors.ts';
import type { LabelVersion } from '../../shared/contract/schemas.ts';
import type { FittedNormalisation } from '../../shared/dsp/normalise.ts';
import { recipeSchema, type Recipe } from '../../shared/recipe/recipe.ts';

/** A model without its numbers. */
export interface ModelArtifacts {
  /** tfjs layers topology. */
  readonly topology: object;
  /** float32 tensors in the order of the weight file. */
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** What a model file needs beside the network to be used at all. */
export interface ModelCard {
  readonly recipe: Recipe;
  readonly labels: readonly string[];
  readonly labelVersion: LabelVersion;
  readonly seed: number;
  readonly fold: number;
  readonly heldOutSpeakers: readonly string[];
  /** Finished epochs behind the weights. */
  readonly epochs: number;
  /**
   * The statistics by which features are normalised before they are padded or cut (networkInput); null, and missing
   * in older models, where the recipe asks for none.
   */
  readonly normalisation?: FittedNormalisation | null;
}

const MODEL_FILE = 'model.json';
const WEIGHTS_FILE = 'weights.bin';

/** Folder of a fold's model in a workspace. */
export function foldFolder(workspace: string, runId: number, fold: number): string {
  return path.join(workspace, 'runs', String(runId), `fold-${fold}`);
}

/**
 * Writes `model.json` and `weights.bin` as tfjs's `file://` handler does; the card stands in
 * `userDefinedMetadata`, which tfjs keeps. The folder appears whole or not at all.
 */
export async function writeModelFiles(
  folder: string,
  artifacts: ModelArtifacts,
  values: Float32Array,
  card: ModelCard,
): Promise<void> {
  const model = {
    format: 'layers-model',
    generatedBy: 'Pathos Studio',
    convertedBy: null,
    modelTopology: artifacts.topology,
    userDefinedMetadata: card,
    weightsManifest: [
      {
        paths: [WEIGHTS_FILE],
        weights: artifacts.weights.map(({ name, shape }) => ({ name, shape, dtype: 'float32' })),
      },
    ],
  };
  const unfinished = `${folder}.part`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await writeFile(path.join(unfinished, MODEL_FILE), JSON.stringify(model));
  await writeFile(
    path.join(unfinished, WEIGHTS_FILE),
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  );
  await rm(folder, { recursive: true, force: true });
  await rename(unfinished, folder);
}

/** Reads a model's card alone. @throws UserError as readModelFiles */
export async function readModelCard(folder: string): Promise<ModelCard> {
  const modelFile = path.join(folder, MODEL_FILE);
  return parseModel(modelFile, (await readModelFile(modelFile)).toString('utf8')).card;
}

/**
 * Reads what `writeModelFiles` wrote.
 * @throws UserError UNREADABLE naming the file that is missing or not what it should be
 */
export async function readModelFiles(
  folder: string,
): Promise<{ artifacts: ModelArtifacts; values: Float32Array; card: ModelCard }> {
  const modelFile = path.join(folder, MODEL_FILE);
  const weightsFile = path.join(folder, WEIGHTS_FILE);
  const { artifacts, card } = parseModel(modelFile, (await readModelFile(modelFile)).toString('utf8'));
  const bytes = await readModelFile(weightsFile);
  const expected = artifacts.weights.reduce(
    (total, { shape }) => total + shape.reduce((size, n) => size * n, 4),
    0,
  );
  if (bytes.length !== expected)
    throw unreadable(weightsFile, `it has ${bytes.length} bytes where the model needs ${expected}`);
  // Copied to an aligned buffer.
  const values = new Float32Array(new Uint8Array(bytes).buffer);
  return { artifacts, values, card };
}

async function readModelFile(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw unreadable(file, missing ? 'the file is missing' : (error as Error).message);
  }
}

function parseModel(file: string, text: string): { artifacts: ModelArtifacts; card: ModelCard } {
  try {
    const { modelTopology, weightsManifest, userDefinedMetadata } = JSON.parse(text) as {
      modelTopology: object;
      weightsManifest: [{ weights: ModelArtifacts['weights'] }];
      userDefinedMetadata: ModelCard;
    };
    recipeSchema.parse(userDefinedMetadata.recipe);
    return {
      artifacts: { topology: modelTopology, weights: weightsManifest[0].weights },
      card: userDefinedMetadata,
    };
  } catch {
    throw unreadable(file, 'it is not a model file of this studio');
  }
}

function unreadable(file: string, reason: string): UserError {
  return new UserError('UNREADABLE', `The model ${file} cannot be read: ${reason}.`, {
    path: file,
    next: 'Train the run again.',
  });
}
