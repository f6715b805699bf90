// Which clips a fold trains on and which it is scored on.
import { UserError } from '../../shared/contract/errors.ts';
import type { SplitName } from '../../shared/contract/schemas.ts';
import { createRandom, shuffle } from '../../shared/metrics/random.ts';

/** A clip as a split sees it. */
export interface SplitClip {
  /** Named in errors. */
  readonly path: string;
  /** Index into the run's labels. */
  readonly label: number;
  readonly speaker: string | null;
}

/** One fold: positions in the list of clips, ascending; train and test never share one. */
export interface FoldPlan {
  /** From 0. */
  readonly index: number;
  /** Speakers of the test clips that the fold's model never hears; empty where the split does not go by speaker. */
  readonly heldOutSpeakers: string[];
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** Share of the clips that a random split tests on. */
export const RANDOM_TEST_SHARE = 0.2;

/**
 * Plans the folds of a run. The same clips, labels, split and seed give the same folds.
 * @param labels the run's labels, in order; every one of them needs clips
 * @throws UserError BAD_INPUT where the clips cannot be split that way; it says what would work instead
 */
export function planFolds(
  split: SplitName,
  clips: readonly SplitClip[],
  labels: readonly string[],
  seed: number,
): FoldPlan[] {
  const positions = labels.map((_, label) => positionsWhere(clips, (clip) => clip.label === label));
  if (labels.length < 2)
    throw new UserError(
      'BAD_INPUT',
      `Training needs clips of at least two labels; there is ${labels.length}.`,
      {
        next: 'Label some clips differently, or open another corpus.',
      },
    );
  positions.forEach((list, label) => requireTwoClips(labels[label]!, list.length));
  return split === 'loso'
    ? leaveOneSpeakerOut(clips, labels, positions)
    : [stratifiedRandom(clips.length, positions, seed)];
}

function positionsWhere(clips: readonly SplitClip[], wanted: (clip: SplitClip) => boolean): number[] {
  return clips.flatMap((clip, i) => (wanted(clip) ? [i] : []));
}

function requireTwoClips(label: string, clips: number): void {
  if (clips >= 2) return;
  const have = clips === 1 ? 'only one clip' : 'no clip';
  throw new UserError(
    'BAD_INPUT',
    `The label "${label}" has ${have}: it needs one to train on and one to test on.`,
    { next: `Label more clips "${label}", or give its clip another label.` },
  );
}

/** One fold a speaker, in the order of their names. Scikit-learn calls it LeaveOneGroupOut. */
function leaveOneSpeakerOut(
  clips: readonly SplitClip[],
  labels: readonly string[],
  positions: readonly number[][],
): FoldPlan[] {
  const nameless = clips.filter((clip) => clip.speaker === null);
  const choose = 'Choose the random split';
  if (nameless.length > 0)
    throw new UserError(
      'BAD_INPUT',
      `Leave-one-speaker-out needs to know who speaks, and ${nameless.length} of ${clips.length} clips name no speaker: ${nameless[0]!.path} is one.`,
      {
        path: nameless[0]!.path,
        next: `${choose}, or open the folder with a metadata table that has a speaker column.`,
      },
    );
  const speakers = [...new Set(clips.map((clip) => clip.speaker!))].sort();
  if (speakers.length < 2)
    throw new UserError(
      'BAD_INPUT',
      `Leave-one-speaker-out needs at least two speakers; there is ${speakers.length}.`,
      {
        next: `${choose}.`,
      },
    );
  positions.forEach((list, label) => {
    const heard = new Set(list.map((i) => clips[i]!.speaker!));
    if (heard.size < 2)
      throw new UserError(
        'BAD_INPUT',
        `Only speaker ${[...heard][0]} says "${labels[label]}": without that speaker the label cannot be learned.`,
        { next: `${choose}, or label clips of other speakers "${labels[label]}".` },
      );
  });
  return speakers.map((speaker, index) => {
    const plan = {
      index,
      heldOutSpeakers: [speaker],
      train: Int32Array.from(positionsWhere(clips, (clip) => clip.speaker !== speaker)),
      test: Int32Array.from(positionsWhere(clips, (clip) => clip.speaker === speaker)),
    };
    assertSpeakersApart(plan, clips);
    return plan;
  });
}

/**
 * Throws where a speaker stands on both sides of a fold that claims to hold speakers out. A bug if it ever
 * happens, checked before any number is believed.
 */
export function assertSpeakersApart(plan: FoldPlan, clips: readonly SplitClip[]): void {
  const tested = new Set(Array.from(plan.test, (i) => clips[i]!.speaker));
  for (const i of plan.train)
    if (tested.has(clips[i]!.speaker))
      throw new Error(`speaker ${clips[i]!.speaker} is in training and in test`);
}

/**
 * One fold: a fifth of the clips (rounded up), each label by its share (largest remainders), and at least one
 * clip of every label on both sides.
 */
function stratifiedRandom(total: number, positions: readonly number[][], seed: number): FoldPlan {
  const quota = testQuota(
    positions.map((list) => list.length),
    Math.ceil(total * RANDOM_TEST_SHARE),
  );
  const test = positions.flatMap((list, label) =>
    shuffle([...list], createRandom(seed, `split/${label}`)).slice(0, quota[label]),
  );
  const tested = new Set(test);
  const train = positions.flat().filter((i) => !tested.has(i));
  return {
    index: 0,
    heldOutSpeakers: [],
    train: Int32Array.from(train).sort(),
    test: Int32Array.from(test).sort(),
  };
}

/** Test clips a label, within 1 .. size - 1, adding up to `wanted` where that bound allows. */
function testQuota(sizes: readonly number[], wanted: number): number[] {
  const total = sizes.reduce((a, b) => a + b, 0);
  const exact = sizes.map((size) => (size * wanted) / total);
  const quota = exact.map((share, i) => Math.min(sizes[i]! - 1, Math.max(1, Math.floor(share))));
  const byRemainder = exact
    .map((share, i) => ({ i, remainder: share - Math.floor(share) }))
    .sort((a, b) => b.remainder - a.remainder || a.i - b.i);
  let missing = wanted - quota.reduce((a, b) => a + b, 0);
  for (const { i } of byRemainder) {
    if (missing <= 0) break;
    if (quota[i]! >= sizes[i]! - 1) continue;
    quota[i]! += 1;
    missing -= 1;
  }
  return quota;
}
