// `train`: a recipe, a split and a corpus become a run, followed to its end.
import type { BackendName, RunDetail, StartRunInput } from '../../shared/contract/schemas.ts';
import { UserError } from '../../shared/contract/errors.ts';
import { type IndexOptions, openCorpus } from './commands.ts';
import { type LocalClient, withEngine } from './local-engine.ts';
import { createProgress } from './progress.ts';
import { type RecipeOptions, typedRecipe } from './recipe-options.ts';
import { openedSplit, type SplitOptions, typedSplit } from './split-options.ts';

export interface TrainOptions extends IndexOptions, RecipeOptions, SplitOptions {
  readonly seed: number;
  readonly keepFlagged?: boolean;
  readonly epochs?: number;
  readonly backend?: BackendName;
  readonly foldsInParallel?: number;
  readonly threads?: number;
}

export async function train(folder: string, options: TrainOptions): Promise<object> {
  const recipe = await typedRecipe(options);
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
