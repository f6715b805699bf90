// `train`: a recipe, a split and a corpus become a run, followed to its end.
import path from 'node:path';
import type { BackendName, RunDetail, StartRunInput } from '../../shared/contract/schemas.ts';
import { UserError } from '../../shared/contract/errors.ts';
import { PRESETS, type Recipe, recipeSchema, type TrainingSpec } from '../../shared/recipe/recipe.ts';
import { type IndexOptions, openCorpus, readJson, UsageError } from './commands.ts';
import { type LocalClient, withEngine } from './local-engine.ts';
import { createProgress } from './progress.ts';
import { openedSplit, type SplitOptions, typedSplit } from './split-options.ts';

export interface TrainOptions extends IndexOptions, SplitOptions {
  readonly recipe: string;
  readonly classWeights?: TrainingSpec['classWeights'];
  readonly validation?: number;
  readonly keep?: TrainingSpec['keep'];
  readonly earlyStopping?: number;
  readonly monitor?: TrainingSpec['monitor'];
  readonly seed: number;
  readonly keepFlagged?: boolean;
  readonly epochs?: number;
  readonly backend?: BackendName;
  readonly foldsInParallel?: number;
  readonly threads?: number;
}

export async function train(folder: string, options: TrainOptions): Promise<object> {
  const recipe = await chosenRecipe(options);
  const split = typedSplit(options);
  return withEngine(options.workspace, async (client, signal) => {
    const { summary } = await openCorpus(client, folder, options, signal);
    const { seed, keepFlagged, epochs, backend, foldsInParallel, threads } = options;
    const input: StartRunInput = {
      corpusId: summary.corpusId,
      recipe,
      split: await openedSplit(client, split, signal),
      seed,
      ...(keepFlagged && { keepFlagged }),
      ...(epochs !== undefined && { epochs }),
      ...(backend !== undefined && { backend }),
      ...(foldsInParallel !== undefined && { foldsInParallel }),
      ...(threads !== undefined && { threads }),
    };
    // Indexing that was done already does not say so.
    signal.throwIfAborted();
    const { runId } = await client.runs.start(input);
    return runDocument(await followToDone(client, runId, signal));
  });
}

/** The preset or file named, with what the other options change in it. */
async function chosenRecipe(options: TrainOptions): Promise<Recipe> {
  const base = PRESETS.get(options.recipe) ?? (await recipeFile(options.recipe));
  const { classWeights, validation, keep, earlyStopping, monitor } = options;
  const chooses = keep === 'best' || earlyStopping !== undefined;
  const share =
    validation ?? (chooses && base.training.validation === null ? DEFAULT_VALIDATION_SHARE : undefined);
  return recipeSchema.parse({
    ...base,
    training: {
      ...base.training,
      ...(classWeights && { classWeights }),
      ...(share !== undefined && { validation: { share } }),
      // Who stops early wants the epoch that it was best at.
      ...((keep ?? (earlyStopping === undefined ? undefined : 'best')) && { keep: keep ?? 'best' }),
      ...(earlyStopping !== undefined && { earlyStopping: { patience: earlyStopping } }),
      ...(monitor && { monitor }),
    },
  });
}

const DEFAULT_VALIDATION_SHARE = 0.2;

async function recipeFile(name: string): Promise<Recipe> {
  if (!name.endsWith('.json'))
    throw new UsageError(
      `No recipe is called "${name}". There is: ${[...PRESETS.keys()].join(', ')}; or a JSON file.`,
    );
  const file = path.resolve(name);
  const parsed = recipeSchema.safeParse(await readJson(file));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UserError('BAD_INPUT', `${file} is no recipe: ${issue!.path.join('.')}: ${issue!.message}.`, {
    path: file,
  });
}

/** Follows a run with a line on stderr. Ctrl C cancels it and waits for what it keeps. */
async function followRun(client: LocalClient, runId: number, signal: AbortSignal): Promise<RunDetail> {
  const progress = createProgress('Training');
  const cancel = (): void => void client.runs.cancel({ runId });
  signal.addEventListener('abort', cancel, { once: true });
  // While it was being started.
  if (signal.aborted) cancel();
  try {
    for await (const event of await client.runs.watch({ runId })) {
      if (event.type === 'run' && event.summary.state === 'paused') break;
      if (event.type !== 'epoch') continue;
      const { epochsDone, epochs, folds } = event.summary;
      const { epoch } = event;
      progress.update(
        epochsDone,
        epochs * folds,
        `fold ${event.fold + 1}/${folds} epoch ${epoch.epoch}/${epochs} loss ${epoch.loss.toFixed(4)} ` +
          `accuracy ${epoch.accuracy.toFixed(3)} held-out ${epoch.heldOutLoss.toFixed(4)} ${epoch.heldOutAccuracy.toFixed(3)}`,
      );
    }
  } finally {
    progress.stop();
    signal.removeEventListener('abort', cancel);
  }
  return client.runs.get({ runId });
}

/** @throws UserError UNAVAILABLE where the run came to another end than it should */
export async function followToDone(
  client: LocalClient,
  runId: number,
  signal: AbortSignal,
): Promise<RunDetail> {
  const run = await followRun(client, runId, signal);
  if (run.state === 'done') return run;
  throw new UserError('UNAVAILABLE', `Run ${runId} ${run.state}: ${run.message ?? 'no reason was given'}`);
}

/** A run as the command line reports it. */
export function runDocument(run: RunDetail): object {
  return {
    runId: run.runId,
    state: run.state,
    backend: run.backend,
    path: run.path,
    how: run.how,
    recipe: run.recipe,
    split: run.split,
    seed: run.seed,
    keepFlagged: run.keepFlagged,
    epochs: run.epochs,
    labels: run.labels,
    folds: run.folds,
    foldsDone: run.foldsDone,
    accuracy: run.accuracy,
    accuracyInterval: run.accuracyInterval,
    uar: run.uar,
    uarInterval: run.uarInterval,
    macroF1: run.scores?.macroF1.value ?? null,
    ece: run.scores?.ece.value ?? null,
    confusion: run.scores?.confusion ?? null,
    leakage: run.leakage,
    secondsPerEpoch: run.secondsPerEpoch,
    seconds: run.seconds,
    labelVersion: run.labelVersion,
    protocol: run.protocol,
    curves: run.foldDetails.map(({ index: fold, epochs }) => ({ fold, epochs })),
    message: run.message,
  };
}
