// A run's plan: its folds and what every clip is for.
import type { SplitName } from '../../shared/contract/schemas.ts';
import type { NewFold, RunClip, TrainableClip } from '../store/runs.ts';
import { planFolds, type FoldPlan } from './splits.ts';

export interface RunPlan {
  readonly folds: NewFold[];
  /** In the order of the clips given. */
  readonly clips: RunClip[];
  readonly foldPlans: FoldPlan[];
}

/**
 * Plans a run over its clips.
 * @param clips labelled clips; those whose label is not among `labels` are left out
 * @throws UserError as planFolds
 */
export function planRun(
  split: SplitName,
  clips: readonly TrainableClip[],
  labels: readonly string[],
  seed: number,
): RunPlan {
  const index = new Map(labels.map((label, i) => [label, i]));
  const splitClips = clips.map(({ path, speaker, label }) => ({ path, speaker, label: index.get(label)! }));
  const foldPlans = planFolds(split, splitClips, labels, seed);
  const testFold = new Map(
    foldPlans.flatMap((plan) => Array.from(plan.test, (i) => [i, plan.index] as const)),
  );
  return {
    foldPlans,
    folds: foldPlans.map((plan) => ({
      index: plan.index,
      heldOutSpeakers: plan.heldOutSpeakers,
      trainClips: plan.train.length,
      testClips: plan.test.length,
    })),
    clips: clips.map(({ clipId }, i) => ({
      clipId,
      ...splitClips[i]!,
      testFold: testFold.get(i) ?? null,
    })),
  };
}
