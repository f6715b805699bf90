// Which of a run's models listens, from where its files are, and from which probability on it is believed.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../shared/contract/errors.ts';
import type { Fold, LiveModel, LiveModelRef } from '../../shared/contract/schemas.ts';
import { getRun, listFolds, listPredictions } from '../store/runs.ts';
import type { Store } from '../store/database.ts';
import { foldFolder } from '../training/artifacts.ts';
import type { LiveModelFiles } from './protocol.ts';
import { unsureThreshold } from './threshold.ts';
import { HOP_SECONDS, planWindows } from './windows.ts';

export interface ChosenModel {
  readonly files: LiveModelFiles;
  readonly told: LiveModel;
}

/**
 * One fold answers unless all are asked for: a stream has a tenth of a second for an answer, and nobody in the room
 * was heard by any of them.
 * @throws UserError NOT_FOUND for a run, or a fold of it, that left no model
 */
export function chooseModel(
  store: Store,
  workspace: string,
  { runId, folds: wanted }: LiveModelRef,
  sampleRateHz: number,
): ChosenModel {
  const run = getRun(store, runId);
  const all = listFolds(store, runId);
  const usable = all.filter(
    ({ state, epochs }) => state === 'done' || (state === 'cancelled' && epochs.length > 0),
  );
  const chosen =
    wanted === 'all'
      ? usable
      : usable.filter(({ index }) => index === (wanted ?? usable[0]!.index)).slice(0, 1);
  if (chosen.length === 0)
    throw new UserError('NOT_FOUND', `Run ${runId} has kept no such model.`, {
      next: 'Wait until a fold is finished, or choose another run.',
    });
  const { features } = run.recipe;
  const plan = planWindows(features, sampleRateHz);
  const heldOut = listPredictions(store, runId).map(({ label, predicted, probabilities }) => ({
    confidence: Math.max(...probabilities),
    right: label === predicted,
  }));
  return {
    files: {
      folders: chosen.map(({ index }) => foldFolder(workspace, runId, index)),
      ...{ features, labels: run.labels },
    },
    told: {
      ...{ runId, recipe: run.recipe.name, labels: [...run.labels], ...plan },
      model: words(runId, all.length, chosen),
      folds: usable.length,
      recipeRateHz: features.sampleRateHz,
      windowSeconds: plan.windowSamples / sampleRateHz,
      hopSeconds: HOP_SECONDS,
      threshold: unsureThreshold(heldOut),
    },
  };
}

function words(runId: number, total: number, chosen: readonly Fold[]): string {
  if (total === 1) return `the model of run ${runId}`;
  if (chosen.length > 1) return `mean of ${chosen.length} folds of run ${runId}`;
  const [{ index, heldOutSpeakers }] = chosen as [Fold];
  const unheard =
    heldOutSpeakers.length > 0 ? `, which did not hear speaker ${heldOutSpeakers.join(', ')}` : '';
  return `fold ${index + 1} of ${total} of run ${runId}${unheard}`;
}

/** The first of the models' files that is no longer there; null where all are. */
export function missingFile({ folders }: LiveModelFiles): string | null {
  const files = folders.flatMap((folder) =>
    ['model.json', 'weights.bin'].map((name) => path.join(folder, name)),
  );
  return files.find((file) => !existsSync(file)) ?? null;
}
