// What a run's folds have had of one clip.
import { plannedFolds, ROLES, runClips } from '../store/runs.ts';
import type { Store } from '../store/database.ts';

/** By those folds together: the nearest to training counts. */
export type ClipUse = 'trained on' | 'validated on' | 'unheard';

/** @param folds indices of the run's folds */
export function useOfClip(store: Store, runId: number, clipId: number, folds: readonly number[]): ClipUse {
  const clips = runClips(store, runId);
  const position = clips.findIndex((clip) => clip.clipId === clipId);
  const roles = plannedFolds(store, runId, clips)
    .filter(({ index }) => folds.includes(index))
    .map((fold) => fold.roles[position]);
  if (roles.includes(ROLES.train)) return 'trained on';
  return roles.includes(ROLES.validation) ? 'validated on' : 'unheard';
}
