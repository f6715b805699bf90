// Which of a run's models listens, from where its files are, and from which probability on it is believed.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../shared/contract/errors.ts';
import {
  leftModel,
  LIVE_HOP_SECONDS,
  type Fold,
  type LiveModel,
  type LiveModelRef,
} from '../../shared/contract/schemas.ts';
import { recipeCost } from '../../shared/recipe/cost.ts';
import { getRun, listFolds, listPredictions } from '../store/runs.ts';
import type { Store } from '../store/database.ts';
import { foldFolder } from '../training/artifacts.ts';
import type { LiveModelFiles } from './protocol.ts';
import { unsureThreshold } from './threshold.ts';
import { planWindows } from './windows.ts';

/**
 * As many as the kernel does in about 6 ms on one core, so that a window is answered in less than 10 ms: twelve of the
 * classic recipe's models. Counted and not timed: a run listens with the same models on every day.
 */
const MOST_MULTIPLY_ADDS = 60e6;

export interface ChosenModel {
  readonly files: LiveModelFiles;
  readonly told: LiveModel;
}

/**
 * All folds answer, as prediction of a file asks them; where that is more work than a stream has time for, the first
 * alone, unless all are asked for.
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
  const usable = all.filter(leftModel);
  const inTime =
    usable.length * recipeCost(run.recipe, run.labels.length).multiplications <= MOST_MULTIPLY_ADDS;
  const chosen = chooseFolds(usable, wanted ?? (inTime ? 'all' : 'first'));
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
      labelVersion: run.labelVersion,
      model: words(runId, all.length, chosen) + (wanted === null && !inTime ? ', for all take too long' : ''),
      folds: usable.length,
      asked: chosen.length,
      recipeRateHz: features.sampleRateHz,
      windowSeconds: plan.windowSamples / sampleRateHz,
      hopSeconds: LIVE_HOP_SECONDS,
      threshold: unsureThreshold(heldOut),
    },
  };
}

function chooseFolds(usable: readonly Fold[], wanted: 'all' | 'first' | number): readonly Fold[] {
  if (wanted === 'all') return usable;
  if (wanted === 'first') return usable.slice(0, 1);
  return usable.filter(({ index }) => index === wanted);
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
