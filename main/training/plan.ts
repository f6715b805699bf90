// A run's plan: its folds and what every clip is for.
import { UserError } from '../../shared/contract/errors.ts';
import type { Leakage } from '../../shared/contract/schemas.ts';
import type { SplitSpec } from '../../shared/protocol/split.ts';
import { ROLES, type NewFold, type RunClip, type TrainableClip } from '../store/runs.ts';
import { countLeakage } from './split-promises.ts';
import type { FoldPlan, SplitClip } from './fold-plan.ts';
import { planFolds } from './splits.ts';

export interface RunPlan {
  readonly folds: NewFold[];
  /** In the order of the clips given. */
  readonly clips: RunClip[];
  readonly foldPlans: FoldPlan[];
}

export interface PlanSettings {
  readonly split: SplitSpec;
  /** The run's, in order. */
  readonly labels: readonly string[];
  readonly seed: number;
  /** Share of a fold's training speakers that is set aside to choose an epoch on; null: none. */
  readonly validationShare: number | null;
  /** The corpus that is trained on. */
  readonly corpusId: number;
}

/**
 * Plans a run over its clips.
 * @param clips labelled clips of the run's corpus and, in a cross-corpus run, of the other one with the run's labels
 * @throws UserError as planFolds
 */
export function planRun(clips: readonly TrainableClip[], settings: PlanSettings): RunPlan {
  const { split, labels, seed, validationShare, corpusId } = settings;
  const index = new Map(labels.map((label, i) => [label, i]));
  const unplaced = clips.map((clip): RunClip => ({ ...clip, label: index.get(clip.label)!, testFold: null }));
  const splitClips = unplaced.map((clip) => splitClip(clip, corpusId));
  const foldPlans = planFolds(split, splitClips, labels, { seed, validationShare });
  const testFold = new Map(
    foldPlans.flatMap((plan) => Array.from(plan.test, (i) => [i, plan.index] as const)),
  );
  return {
    foldPlans,
    folds: foldPlans.map((plan) => ({
      index: plan.index,
      heldOutSpeakers: plan.heldOutSpeakers,
      validationSpeakers: plan.validationSpeakers,
      trainClips: plan.train.length,
      validationClips: plan.validation.length,
      testClips: plan.test.length,
      duplicatesLeftOut: plan.leftOut.length,
      roles: rolesOf(plan, clips.length),
    })),
    clips: unplaced.map((clip, i) => ({ ...clip, testFold: testFold.get(i) ?? null })),
  };
}

/** What stands on both sides of a stored plan. */
export function leakageOf(clips: readonly RunClip[], folds: readonly FoldPlan[], corpusId: number): Leakage {
  return countLeakage(
    folds,
    clips.map((clip) => splitClip(clip, corpusId)),
  );
}

function splitClip(clip: RunClip, corpusId: number): SplitClip {
  const { path, label, speaker, utterance, contentHash } = clip;
  return {
    path,
    label,
    speaker,
    // Another take is the same person saying the same sentence with the same emotion once more.
    take:
      speaker === null || utterance === null
        ? null
        : JSON.stringify([clip.corpusId, speaker, utterance, label]),
    content: contentHash ?? `clip ${clip.clipId}`,
    foreign: clip.corpusId !== corpusId,
  };
}

/** A byte a clip: what the fold uses it for. */
function rolesOf({ train, validation, test }: FoldPlan, clips: number): Uint8Array {
  const roles = new Uint8Array(clips).fill(ROLES.none);
  for (const i of train) roles[i] = ROLES.train;
  for (const i of validation) roles[i] = ROLES.validation;
  for (const i of test) roles[i] = ROLES.test;
  return roles;
}

/** A fold's plan as it was stored. */
export function foldPlanOf(fold: NewFold): FoldPlan {
  const having = (role: number): Int32Array =>
    Int32Array.from([...fold.roles.keys()].filter((i) => fold.roles[i] === role));
  return {
    index: fold.index,
    heldOutSpeakers: [...fold.heldOutSpeakers],
    validationSpeakers: [...fold.validationSpeakers],
    train: having(ROLES.train),
    validation: having(ROLES.validation),
    test: having(ROLES.test),
    leftOut: having(ROLES.none),
  };
}

/**
 * Clips of another corpus under the labels of a run; those of labels without a match are left out.
 * @throws UserError BAD_INPUT where no clip has a label, or the map leads from or to one that is not there
 */
export function mapLabels(
  clips: readonly TrainableClip[],
  labelMap: Readonly<Record<string, string | null>>,
  labels: readonly string[],
): TrainableClip[] {
  if (clips.length === 0)
    throw new UserError('BAD_INPUT', 'No clip of the corpus to test on has a label.', {
      next: 'Open the folder that its table is in, or label it first.',
    });
  const known = [...new Set(clips.map(({ label }) => label))].sort();
  // A label that is left out either way does no harm; one that leads somewhere was meant.
  const unknown = Object.keys(labelMap).find((label) => labelMap[label] !== null && !known.includes(label));
  if (unknown !== undefined)
    throw new UserError(
      'BAD_INPUT',
      `The label map names "${unknown}", which the corpus to test on has no clips of.`,
      { next: `It has: ${known.join(', ')}.` },
    );
  const wrong = Object.values(labelMap).find((label) => label !== null && !labels.includes(label));
  if (wrong !== undefined)
    throw new UserError('BAD_INPUT', `The label map leads to "${wrong}", which this run has no clips of.`, {
      next: `Map to one of: ${labels.join(', ')}.`,
    });
  return clips.flatMap((clip) => {
    const label = Object.hasOwn(labelMap, clip.label) ? labelMap[clip.label]! : clip.label;
    return label !== null && labels.includes(label) ? [{ ...clip, label }] : [];
  });
}
