// What a fold leaves behind: its model's files, its test predictions and its scores.
import { argMax } from '../../shared/metrics/metrics.ts';
import type { Store } from '../store/database.ts';
import * as runStore from '../store/runs.ts';
import { foldFolder, writeModelFiles } from './artifacts.ts';
import type { FoldOutcome } from './fold-process.ts';
import type { TrainJob } from './protocol.ts';
import { scoreFold } from './scores.ts';
import type { FoldPlan } from './fold-plan.ts';

export interface FoldEndings {
  readonly store: Store;
  readonly workspace: string;
  readonly run: runStore.StoredRun;
}

/** A fold that is over. */
export type EndedFold = Omit<FoldOutcome, 'state'> & {
  readonly state: 'done' | 'cancelled' | 'failed';
  readonly normalisation: TrainJob['normalisation'];
};

/**
 * Writes a fold's model and test predictions, from the epoch it kept; a failed fold leaves neither.
 * @param clips of the run, by position
 */
export async function keepFold(
  { store, workspace, run }: FoldEndings,
  plan: FoldPlan,
  clips: readonly runStore.RunClip[],
  { state, reason, stoppedEarly, kept, model, normalisation }: EndedFold,
): Promise<void> {
  const { runId, recipe, labels, labelVersion, seed } = run;
  if (state === 'failed' || !kept || !model) {
    const nothing = { keptEpoch: null, stoppedEarly: false, accuracy: null, uar: null, predictions: [] };
    return runStore.finishFold(store, runId, plan.index, { state, error: reason, ...nothing });
  }
  await writeModelFiles(foldFolder(workspace, runId, plan.index), model, kept.weights, {
    recipe,
    labels,
    labelVersion,
    seed,
    fold: plan.index,
    heldOutSpeakers: plan.heldOutSpeakers,
    epochs: kept.epoch,
    normalisation,
  });
  const tested = Array.from(plan.test, (i) => clips[i]!);
  const predictions = tested.map(({ clipId }, i) => {
    const probabilities = kept.probabilities.slice(i * labels.length, (i + 1) * labels.length);
    return { clipId, predicted: argMax(probabilities), probabilities };
  });
  const scores = scoreFold(
    tested.map(({ label }) => label),
    predictions.map(({ predicted }) => predicted),
    labels.length,
  );
  runStore.finishFold(store, runId, plan.index, {
    state,
    keptEpoch: kept.epoch,
    stoppedEarly,
    error: null,
    ...scores,
    predictions,
  });
}
