// Predicts clips and files with a run's models, from the same features that trained them.
import { createHash, randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UserError } from '../../shared/contract/errors.ts';
import type { Fold, Prediction } from '../../shared/contract/schemas.ts';
import type { Matrix } from '../../shared/dsp/matrix.ts';
import type { FittedNormalisation, SpokenMatrix } from '../../shared/dsp/normalise.ts';
import { columnNames, inputShape } from '../../shared/recipe/columns.ts';
import type { FeatureSpec } from '../../shared/recipe/recipe.ts';
import { AudioError } from '../audio/audioError.ts';
import { computeFeatures } from '../features/features.ts';
import type { Logger } from '../process/log.ts';
import { clipFile, getClip } from '../store/clips.ts';
import type { Store } from '../store/database.ts';
import { getRun, listFolds, runClip, runClipByContent, type StoredRun } from '../store/runs.ts';
import { foldFolder, readModelCard } from '../training/artifacts.ts';
import { probeBackends } from '../training/backend.ts';
import { networkInput } from '../training/normalisation.ts';
import { PredictorProcess } from './predictor-process.ts';

/** As much as the contract lets through. */
export const MAX_FILE_BYTES = 200_000_000;

export interface PredictorOptions {
  readonly store: Store;
  readonly workspace: string;
  readonly logger?: Pick<Logger, 'warn'>;
  /** How long an unused predictor process stays. */
  readonly idleExitMs?: number;
}

/** Which folds answer, and how to say so. */
interface Choice {
  readonly folds: readonly Fold[];
  readonly words: string;
}

/** Answers with a run's models; TensorFlow runs in a process of its own, never in the engine's. */
export class Predictor {
  readonly #store: Store;
  readonly #workspace: string;
  readonly #process: PredictorProcess;

  constructor({ store, workspace, logger, idleExitMs }: PredictorOptions) {
    this.#store = store;
    this.#workspace = workspace;
    this.#process = new PredictorProcess({ logger, idleExitMs });
  }

  /**
   * A clip of the index: by the fold that held it out where the run tested on it, else by all folds.
   * @throws UserError NOT_FOUND for run or clip, or where the run kept no model; UNREADABLE naming the file
   */
  async predictClip(runId: number, clipId: number): Promise<Prediction> {
    const run = getRun(this.#store, runId);
    const clip = getClip(this.#store, clipId);
    const { folder, path: relative } = clipFile(this.#store, clipId);
    const choice = this.#chooseForClip(run, clipId);
    const features = await featuresOf(run, path.join(folder, relative), clip.path);
    return this.#answer(run, choice, { matrix: features, speaker: clip.speaker }, clip.path);
  }

  /**
   * An audio file's bytes, at most MAX_FILE_BYTES. A file that the run knows by its content is answered as that
   * clip, by the fold that did not hear it.
   * @param name told in the answer and in errors; it need not exist
   * @throws UserError as predictClip, BAD_INPUT for too many bytes
   */
  async predictBytes(runId: number, bytes: Uint8Array, name: string): Promise<Prediction> {
    const run = getRun(this.#store, runId);
    if (bytes.byteLength > MAX_FILE_BYTES)
      throw new UserError(
        'BAD_INPUT',
        `${name} has ${bytes.byteLength} bytes; at most ${MAX_FILE_BYTES} are taken.`,
        {
          path: name,
        },
      );
    const contentHash = createHash('sha256').update(bytes).digest('hex');
    const known = runClipByContent(this.#store, runId, contentHash);
    const choice = known === undefined ? this.#chooseForFile(run) : this.#chooseForClip(run, known);
    // Through a file, so that every format is read by the one decoder that training uses.
    const file = path.join(tmpdir(), `pathos-${randomUUID()}`);
    try {
      await writeFile(file, bytes, { mode: 0o600 });
      const matrix = await featuresOf(run, file, name);
      const speaker = known === undefined ? null : getClip(this.#store, known).speaker;
      return await this.#answer(run, choice, { matrix, speaker }, name);
    } finally {
      await rm(file, { force: true });
    }
  }

  /** Id of the predictor process; null while none runs. */
  get processId(): number | null {
    return this.#process.processId;
  }

  /** Ends the predictor process. */
  close(): Promise<void> {
    return this.#process.close();
  }

  async #answer(run: StoredRun, choice: Choice, clip: SpokenMatrix, name: string): Promise<Prediction> {
    const { features: spec } = run.recipe;
    const { frames } = inputShape(spec);
    const { folds, words } = choice;
    const { matrix } = clip;
    const folders = folds.map((fold) => foldFolder(this.#workspace, run.runId, fold.index));
    const probabilities = await this.#probabilities(spec, folders, clip);
    const best = probabilities.indexOf(Math.max(...probabilities));
    return {
      runId: run.runId,
      name,
      label: run.labels[best]!,
      labels: [...run.labels],
      probabilities: [...probabilities],
      model: words,
      features: {
        recipe: run.recipe.name,
        sampleRateHz: spec.sampleRateHz,
        hopLength: spec.hopLength,
        frames: matrix.frames,
        coefficients: matrix.coefficients,
        values: Array.from({ length: matrix.frames }, (_, frame) =>
          Array.from(matrix.values.subarray(frame * matrix.coefficients, (frame + 1) * matrix.coefficients)),
        ),
        names: columnNames(spec),
        inputFrames: frames,
      },
    };
  }

  /** Mean probabilities over the models; each hears the clip as it heard its own. */
  async #probabilities(spec: FeatureSpec, folders: string[], clip: SpokenMatrix): Promise<Float32Array> {
    const { frames, coefficients } = inputShape(spec);
    const { nativeMissing } = await probeBackends();
    const backend = nativeMissing ? 'wasm' : 'tensorflow';
    const ask = (asked: string[], normalisation: FittedNormalisation | null): Promise<Float32Array> => {
      const features = networkInput(clip.matrix, spec, { normalisation, speaker: clip.speaker });
      return this.#process.ask({ backend, folders: asked, features, frames, coefficients });
    };
    if (spec.normalise !== 'speaker' && spec.normalise !== 'corpus') return ask(folders, null);
    const answers = await Promise.all(
      folders.map(async (folder) => ask([folder], (await readModelCard(folder)).normalisation ?? null)),
    );
    return answers[0]!.map((_, i) => answers.reduce((sum, answer) => sum + answer[i]!, 0) / answers.length);
  }

  #chooseForFile(run: StoredRun): Choice {
    const folds = this.#foldsWithModel(run.runId);
    if (folds.length === 0)
      throw new UserError('NOT_FOUND', `Run ${run.runId} has kept no model yet.`, {
        next: 'Wait until a fold is finished, or choose another run.',
      });
    const total = listFolds(this.#store, run.runId).length;
    const words =
      total === 1
        ? `the model of run ${run.runId}`
        : `mean of ${folds.length === total ? total : `${folds.length} of ${total}`} folds`;
    return { folds, words };
  }

  #chooseForClip(run: StoredRun, clipId: number): Choice {
    const any = this.#chooseForFile(run);
    const used = runClip(this.#store, run.runId, clipId);
    if (!used) return any;
    if (used.testFold === null) return { ...any, words: `${any.words}, trained on this clip` };
    const total = listFolds(this.#store, run.runId).length;
    const fold = any.folds.find(({ index }) => index === used.testFold);
    // The fold that held it out failed or is not finished: the others have heard it.
    if (!fold) return { ...any, words: `${any.words}, trained on this clip` };
    const unheard =
      fold.heldOutSpeakers.length > 0 ? `speaker ${fold.heldOutSpeakers.join(', ')}` : 'this clip';
    const name = total === 1 ? any.words : `fold ${fold.index + 1} of ${total}`;
    return { folds: [fold], words: `${name}, which did not hear ${unheard}` };
  }

  #foldsWithModel(runId: number): Fold[] {
    return listFolds(this.#store, runId).filter(
      ({ state, keptEpoch }) => state === 'done' || (state === 'cancelled' && keptEpoch !== null),
    );
  }
}

/** @throws UserError UNREADABLE naming the file as the person knows it */
async function featuresOf(run: StoredRun, file: string, name: string): Promise<Matrix> {
  try {
    return await computeFeatures(file, run.recipe.features);
  } catch (error) {
    if (!(error instanceof AudioError)) throw error;
    throw new UserError('UNREADABLE', `${name}: ${error.reason}`, { path: name });
  }
}
