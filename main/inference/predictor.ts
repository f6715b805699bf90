// Predicts clips and files with a run's models, from the same features that trained them.
import { createHash } from 'node:crypto';
import path from 'node:path';
import { MOST_SOUND_BYTES } from '../../shared/contract/calls/base.ts';
import { UserError } from '../../shared/contract/errors.ts';
import { leftModel, type Fold, type OverTime, type Prediction } from '../../shared/contract/schemas.ts';
import { type Matrix, rowsOf } from '../../shared/dsp/matrix.ts';
import { argMax } from '../../shared/metrics/metrics.ts';
import { columnNames, inputShape } from '../../shared/recipe/columns.ts';
import { AudioError } from '../audio/audioError.ts';
import { loadMono } from '../audio/decode.ts';
import { computeFeatures } from '../features/features.ts';
import type { Logger } from '../process/log.ts';
import { withTemporaryFile } from '../process/temporary-file.ts';
import { clipFile, getClip } from '../store/clips.ts';
import type { Store } from '../store/database.ts';
import { getRun, listFolds, runClip, runClipByContent, type StoredRun } from '../store/runs.ts';
import { foldFolder } from '../training/artifacts.ts';
import { probeBackends } from '../training/backend.ts';
import { useOfClip, type ClipUse } from '../training/clip-roles.ts';
import { voiceOf } from '../training/normalisation.ts';
import { askModels } from './ask-models.ts';
import { PredictorProcess } from './predictor-process.ts';
import { paddedFrames, planWindows, windowFeatures, windowInWords } from './windows.ts';

export interface PredictorOptions {
  readonly store: Store;
  readonly workspace: string;
  readonly logger?: Pick<Logger, 'warn'>;
  /** How long an unused predictor process stays. */
  readonly idleExitMs?: number;
}

/** Windows asked in one question: others get their turn in between. */
const WINDOWS_AT_ONCE = 64;

/** What models have heard of a clip, after their name. */
const HEARD: Readonly<Record<ClipUse, string>> = {
  'trained on': ', trained on this clip',
  'validated on': ', whose epoch was chosen on this clip',
  unheard: ', which did not hear this clip',
};

/** Which folds answer, and how to say so. */
interface Choice {
  readonly folds: readonly Fold[];
  readonly words: string;
}

/** A sound that a run is asked about. */
interface Question {
  readonly run: StoredRun;
  readonly choice: Choice;
  /** Where its bytes are. */
  readonly file: string;
  /** As the person knows it. */
  readonly name: string;
  /** Null where nobody knows. */
  readonly speaker: string | null;
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
    return this.#answer(this.#questionOfClip(runId, clipId));
  }

  /**
   * An audio file's bytes, at most MOST_SOUND_BYTES. A file that the run knows by its content is answered as that
   * clip, by the fold that did not hear it.
   * @param name told in the answer and in errors; it need not exist
   * @throws UserError as predictClip, BAD_INPUT for too many bytes
   */
  async predictBytes(runId: number, bytes: Uint8Array, name: string): Promise<Prediction> {
    return this.#withFile(runId, bytes, name, (question) => this.#answer(question));
  }

  /** A clip in sliding windows; throws as predictClip. @param hopSeconds see planWindows */
  async clipOverTime(runId: number, clipId: number, hopSeconds?: number): Promise<OverTime> {
    return this.#overTime(this.#questionOfClip(runId, clipId), hopSeconds);
  }

  /** An audio file's bytes in sliding windows; throws as predictBytes. */
  async bytesOverTime(
    runId: number,
    bytes: Uint8Array,
    name: string,
    hopSeconds?: number,
  ): Promise<OverTime> {
    return this.#withFile(runId, bytes, name, (question) => this.#overTime(question, hopSeconds));
  }

  /** Id of the predictor process; null while none runs. */
  get processId(): number | null {
    return this.#process.processId;
  }

  /** Ends the predictor process. */
  close(): Promise<void> {
    return this.#process.close();
  }

  #questionOfClip(runId: number, clipId: number): Question {
    const run = getRun(this.#store, runId);
    const clip = getClip(this.#store, clipId);
    const { folder, path: relative } = clipFile(this.#store, clipId);
    const choice = this.#chooseForClip(run, clipId);
    return { run, choice, file: path.join(folder, relative), name: clip.path, speaker: voiceOf(clip, run) };
  }

  async #withFile<Answer>(
    runId: number,
    bytes: Uint8Array,
    name: string,
    ask: (question: Question) => Promise<Answer>,
  ): Promise<Answer> {
    const run = getRun(this.#store, runId);
    if (bytes.byteLength > MOST_SOUND_BYTES) {
      const told = `${name} has ${bytes.byteLength} bytes; at most ${MOST_SOUND_BYTES} are taken.`;
      throw new UserError('BAD_INPUT', told, { path: name });
    }
    const contentHash = createHash('sha256').update(bytes).digest('hex');
    const known = runClipByContent(this.#store, runId, contentHash);
    const choice = known === undefined ? this.#chooseForFile(run) : this.#chooseForClip(run, known);
    // Through a file, so that every format is read by the one decoder that training uses.
    return withTemporaryFile(bytes, async (file) => {
      const speaker = known === undefined ? null : voiceOf(getClip(this.#store, known), run);
      return ask({ run, choice, file, name, speaker });
    });
  }

  /** Asks the models of a question for their mean probabilities, a list for each matrix, neither padded nor cut. */
  async #asking({
    run,
    choice,
    speaker,
  }: Question): Promise<(matrices: readonly Matrix[]) => Promise<number[][]>> {
    const folders = choice.folds.map((fold) => foldFolder(this.#workspace, run.runId, fold.index));
    const { nativeMissing } = await probeBackends();
    const backend = nativeMissing ? 'wasm' : 'tensorflow';
    const ask = await askModels(folders, run.recipe.features, (asked, input) =>
      this.#process.ask({ backend, folders: asked, ...input }),
    );
    const labels = run.labels.length;
    return async (matrices) => {
      const answers = await ask(matrices.map((matrix) => ({ matrix, speaker })));
      return matrices.map((_, i) => [...answers.subarray(i * labels, (i + 1) * labels)]);
    };
  }

  async #overTime(question: Question, hopSeconds?: number): Promise<OverTime> {
    const { run, choice, name, file } = question;
    const { features: spec } = run.recipe;
    const samples = await readable(name, () => loadMono(file, spec.sampleRateHz));
    const plan = planWindows(samples.length, spec, hopSeconds);
    const matrices = await windowFeatures(samples, plan, spec);
    const heard = matrices.filter((matrix) => matrix !== null);
    const ask = await this.#asking(question);
    const answers: number[][] = [];
    for (let at = 0; at < heard.length; at += WINDOWS_AT_ONCE)
      answers.push(...(await ask(heard.slice(at, at + WINDOWS_AT_ONCE))));
    return {
      runId: run.runId,
      name,
      labels: [...run.labels],
      model: choice.words,
      durationSeconds: samples.length / spec.sampleRateHz,
      windowSeconds: plan.windowSamples / spec.sampleRateHz,
      hopSeconds: plan.hopSamples / spec.sampleRateHz,
      paddedFrames: paddedFrames(plan, spec),
      windowMeans: windowInWords(plan, spec),
      windows: matrices.map((matrix, i) => ({
        fromSeconds: plan.starts[i]! / spec.sampleRateHz,
        probabilities: matrix === null ? null : answers.shift()!,
      })),
    };
  }

  async #answer(question: Question): Promise<Prediction> {
    const { run, choice, name, file } = question;
    const { features: spec } = run.recipe;
    const { frames } = inputShape(spec);
    const matrix = await readable(name, () => computeFeatures(file, spec));
    const ask = await this.#asking(question);
    const [probabilities] = (await ask([matrix])) as [number[]];
    const best = argMax(probabilities);
    return {
      runId: run.runId,
      name,
      label: run.labels[best]!,
      labels: [...run.labels],
      probabilities,
      model: choice.words,
      features: {
        recipe: run.recipe.name,
        sampleRateHz: spec.sampleRateHz,
        hopLength: spec.hopLength,
        frames: matrix.frames,
        coefficients: matrix.coefficients,
        values: rowsOf(matrix),
        names: columnNames(spec),
        inputFrames: frames,
      },
    };
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
    const total = listFolds(this.#store, run.runId).length;
    const fold = any.folds.find(({ index }) => index === used.testFold);
    // None tests on it, or the one that does failed or is not finished.
    if (!fold) {
      const folds = any.folds.map(({ index }) => index);
      return { ...any, words: any.words + HEARD[useOfClip(this.#store, run.runId, clipId, folds)] };
    }
    const unheard =
      fold.heldOutSpeakers.length > 0 ? `speaker ${fold.heldOutSpeakers.join(', ')}` : 'this clip';
    const name = total === 1 ? any.words : `fold ${fold.index + 1} of ${total}`;
    return { folds: [fold], words: `${name}, which did not hear ${unheard}` };
  }

  #foldsWithModel(runId: number): Fold[] {
    return listFolds(this.#store, runId).filter(leftModel);
  }
}

/** What a reading gives. @throws UserError UNREADABLE naming the file as the person knows it */
async function readable<Read>(name: string, read: () => Promise<Read>): Promise<Read> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof AudioError)) throw error;
    throw new UserError('UNREADABLE', `${name}: ${error.reason}`, { path: name });
  }
}
