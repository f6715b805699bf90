// Which clips a fold trains on, chooses its epoch on and is scored on.
import { UserError } from '../../shared/contract/errors.ts';
import { createRandom, shuffle } from '../../shared/metrics/random.ts';
import { SPLIT_WORDS, type SplitSpec } from '../../shared/protocol/split.ts';
import type { FoldPlan, SplitClip } from './fold-plan.ts';
import { assertPromises } from './split-promises.ts';
import { testSides, type TestSide } from './test-sides.ts';
import { chooseValidation } from './validation.ts';

export interface SplitSettings {
  readonly seed: number;
  /** Share of a fold's training speakers that is set aside; null: none. */
  readonly validationShare: number | null;
}

/**
 * Plans the folds of a run. The same clips, labels, split and settings give the same folds.
 * @param labels the run's labels, in order; every one of them needs clips
 * @throws UserError BAD_INPUT where the clips cannot be split that way; it says what would work instead
 */
export function planFolds(
  split: SplitSpec,
  clips: readonly SplitClip[],
  labels: readonly string[],
  { seed, validationShare }: SplitSettings,
): FoldPlan[] {
  requireLabels(split, clips, labels);
  const sides = testSides(split, clips, labels, seed);
  return sides.map((side, index) => {
    const plan = planFold(split, clips, side, index, { seed, validationShare }, labels);
    assertPromises(split.name, plan, clips);
    return plan;
  });
}

/** The rest of a fold once its test clips are known. */
function planFold(
  split: SplitSpec,
  clips: readonly SplitClip[],
  { test, heldOutSpeakers }: TestSide,
  index: number,
  { seed, validationShare }: SplitSettings,
  labels: readonly string[],
): FoldPlan {
  const tested = new Set(test);
  const side = [...clips.keys()].filter((i) => !tested.has(i) && !clips[i]!.foreign);
  const known = SPLIT_WORDS[split.name].speakersApart ? likeOneOf(test, clips) : () => false;
  const trainable = side.filter((i) => !known(i));
  const { speakers, validation } =
    validationShare === null
      ? { speakers: [], validation: [] }
      : chooseValidation(trainable, clips, labels, {
          share: validationShare,
          shuffled: (names) => shuffle(names, createRandom(seed, `validation/${index}`)),
        });
  const aside = new Set(validation);
  const likeValidation = likeOneOf(validation, clips);
  const train = trainable.filter((i) => !aside.has(i) && !likeValidation(i));
  requireEveryLabel(train, clips, labels, heldOutSpeakers);
  const used = new Set([...train, ...validation]);
  return {
    index,
    heldOutSpeakers,
    validationSpeakers: speakers,
    train: Int32Array.from(train),
    validation: Int32Array.from(validation).sort(),
    test: Int32Array.from(test).sort(),
    leftOut: Int32Array.from(side.filter((i) => !used.has(i))),
  };
}

/** Whether a clip has the content of one of these, or is another take of it. */
function likeOneOf(positions: readonly number[], clips: readonly SplitClip[]): (position: number) => boolean {
  const contents = new Set(positions.map((i) => clips[i]!.content));
  const takes = new Set(positions.map((i) => clips[i]!.take));
  return (i) => contents.has(clips[i]!.content) || (clips[i]!.take !== null && takes.has(clips[i]!.take));
}

function requireLabels(split: SplitSpec, clips: readonly SplitClip[], labels: readonly string[]): void {
  if (labels.length < 2)
    throw new UserError(
      'BAD_INPUT',
      `Training needs clips of at least two labels; there is ${labels.length}.`,
      { next: 'Label some clips differently, or open another corpus.' },
    );
  // Where another corpus is tested on, one clip of a label is enough to train on.
  const fewest = split.name === 'cross-corpus' ? 1 : 2;
  labels.forEach((label, index) => {
    const many = clips.filter((clip) => clip.label === index && !clip.foreign).length;
    if (many >= fewest) return;
    const have = many === 1 ? 'only one clip' : 'no clip';
    throw new UserError(
      'BAD_INPUT',
      `The label "${label}" has ${have}: it needs one to train on and one to test on.`,
      { next: `Label more clips "${label}", or give its clip another label.` },
    );
  });
}

function requireEveryLabel(
  train: readonly number[],
  clips: readonly SplitClip[],
  labels: readonly string[],
  heldOutSpeakers: readonly string[],
): void {
  const trained = new Set(train.map((i) => clips[i]!.label));
  const missing = labels.findIndex((_, label) => !trained.has(label));
  if (missing < 0) return;
  const without = heldOutSpeakers.length > 0 ? ` without speaker ${heldOutSpeakers.join(', ')}` : '';
  throw new UserError(
    'BAD_INPUT',
    `The label "${labels[missing]}" cannot be learned${without}: no clip of it is left to train on.`,
    { next: `Choose the random split, or label clips of other speakers "${labels[missing]}".` },
  );
}
