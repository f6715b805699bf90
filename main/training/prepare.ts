// What a run's folds are trained on: the features of its clips, and the plan over those that have some.
import path from 'node:path';
import { UserError } from '../../shared/contract/errors.ts';
import type { FeatureCache } from '../features/cache.ts';
import { extractAll, suggestedWorkers, type FeatureDefect } from '../features/features.ts';
import { getCorpus } from '../store/corpora.ts';
import type { Store } from '../store/database.ts';
import * as runStore from '../store/runs.ts';
import { createFoldInputs, voiceOf, type FoldInputs } from './normalisation.ts';
import { forgetful } from './no-room.ts';
import { foldPlanOf, planRun } from './plan.ts';
import type { FoldPlan } from './fold-plan.ts';

export interface Prepared {
  readonly folds: readonly FoldPlan[];
  /** By position. */
  readonly clips: readonly runStore.RunClip[];
  /** By the positions of the clips that a fold trains on. */
  readonly inputs: (train: Int32Array) => FoldInputs;
  readonly targets: Int32Array;
  /** Clips without features. */
  readonly leftOut: readonly FeatureDefect[];
}

export interface PrepareOptions {
  readonly store: Store;
  readonly cache: FeatureCache | undefined;
  readonly signal: AbortSignal;
  readonly report: (what: string | null) => void;
}

const PROGRESS_INTERVAL_MS = 250;

/**
 * Computes the features of a run's clips. Where the run has not trained yet, clips without any are left out and its
 * folds are planned again.
 * @returns null where the signal came first
 * @throws UserError UNREADABLE where a run that goes on lacks a clip it had: it would not be the same run
 */
export async function prepareRun(run: runStore.StoredRun, options: PrepareOptions): Promise<Prepared | null> {
  const { store } = options;
  const clips = runStore.runClips(store, run.runId);
  const found = await extract(run, clips, options);
  if (found === null) return null;
  const kept = clips.flatMap((clip, i) => {
    const matrix = found.matrices[i];
    return matrix ? [{ clip, matrix }] : [];
  });
  if (found.defects.length > 0)
    planAgain(
      run,
      kept.map(({ clip }) => clip),
      found.defects,
      store,
    );
  const spoken = kept.map(({ clip, matrix }) => ({ matrix, speaker: voiceOf(clip, run) }));
  const planned = runStore.runClips(store, run.runId);
  return {
    folds: runStore.plannedFolds(store, run.runId, planned).map(foldPlanOf),
    clips: planned,
    inputs: createFoldInputs(spoken, run.recipe.features),
    targets: Int32Array.from(planned, ({ label }) => label),
    leftOut: found.defects,
  };
}

function planAgain(
  run: runStore.StoredRun,
  clips: readonly runStore.RunClip[],
  [defect]: readonly FeatureDefect[],
  store: Store,
): void {
  const { runId, labels, split, seed, recipe, corpusId } = run;
  const begun = runStore
    .listFolds(store, runId)
    .some(({ epochs, state }) => epochs.length > 0 || state === 'done');
  if (begun)
    throw new UserError(
      'UNREADABLE',
      `${defect!.path} cannot be read any more (${defect!.reason}), and the run has begun with it: it cannot go on as the same run.`,
      { path: defect!.path, next: 'Bring the file back and resume, or start a new run.' },
    );
  const named = clips.map((clip) => ({
    ...clip,
    contentHash: clip.contentHash ?? '',
    label: labels[clip.label]!,
  }));
  const validationShare = recipe.training.validation?.share ?? null;
  const plan = planRun(named, { split, labels, seed, validationShare, corpusId });
  runStore.replacePlan(store, runId, plan.folds, plan.clips);
}

async function extract(
  run: runStore.StoredRun,
  clips: readonly runStore.RunClip[],
  { store, cache, signal, report }: PrepareOptions,
) {
  let reportedAt = performance.now();
  let reported = false;
  const folders = new Map<number, string>();
  const folderOf = (corpusId: number): string => {
    const folder = folders.get(corpusId) ?? getCorpus(store, corpusId).folder;
    folders.set(corpusId, folder);
    return folder;
  };
  const sources = clips.map(({ corpusId, path: file, contentHash }) => ({
    path: path.join(folderOf(corpusId), file),
    contentHash: contentHash ?? '',
  }));
  try {
    return await extractAll(sources, run.recipe.features, {
      signal,
      workers: suggestedWorkers(clips.length),
      ...(cache && { cache: forgetful(cache) }),
      onProgress: ({ done, total }) => {
        if (performance.now() - reportedAt < PROGRESS_INTERVAL_MS) return;
        reportedAt = performance.now();
        reported = true;
        report(`Features: ${done} of ${total} clips`);
      },
    });
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  } finally {
    if (reported) report(null);
  }
}
