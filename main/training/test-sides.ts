// Which clips each fold of a split is tested on.
import { UserError } from '../../shared/contract/errors.ts';
import { createRandom, shuffle } from '../../shared/metrics/random.ts';
import type { SplitSpec } from '../../shared/protocol/split.ts';
import type { SplitClip } from './fold-plan.ts';

export interface TestSide {
  readonly heldOutSpeakers: string[];
  /** Positions in the list of clips. */
  readonly test: number[];
}

const CHOOSE_RANDOM = 'Choose the random split';

/**
 * The test clips of every fold; no clip is tested twice.
 * @throws UserError BAD_INPUT where the clips cannot be split that way
 */
export function testSides(
  split: SplitSpec,
  clips: readonly SplitClip[],
  labels: readonly string[],
  seed: number,
): TestSide[] {
  switch (split.name) {
    case 'loso':
      return leaveOneSpeakerOut(clips, labels);
    case 'grouped-k-fold':
      return groupedFolds(clips, split.folds, seed);
    case 'hold-out-speakers':
      return [heldOut(clips, labels, split, seed)];
    case 'random-k-fold':
      return randomFolds(clips, labels, split.folds, seed);
    case 'random':
      return [randomShare(clips, labels, split.share, seed)];
    case 'cross-corpus':
      return [otherCorpus(clips)];
  }
}

/** Positions of each speaker's clips, in the order of their names. */
function clipsBySpeaker(clips: readonly SplitClip[], what: string): Map<string, number[]> {
  const nameless = clips.filter((clip) => clip.speaker === null);
  if (nameless.length > 0)
    throw new UserError(
      'BAD_INPUT',
      `${what} needs to know who speaks, and ${nameless.length} of ${clips.length} clips name no speaker: ${nameless[0]!.path} is one.`,
      {
        path: nameless[0]!.path,
        next: `${CHOOSE_RANDOM}, or open the folder with a metadata table that has a speaker column.`,
      },
    );
  const groups = Map.groupBy(clips.keys(), (i) => clips[i]!.speaker!);
  if (groups.size < 2)
    throw new UserError('BAD_INPUT', `${what} needs at least two speakers; there is ${groups.size}.`, {
      next: `${CHOOSE_RANDOM}.`,
    });
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** One fold a speaker. Scikit-learn calls it LeaveOneGroupOut. */
function leaveOneSpeakerOut(clips: readonly SplitClip[], labels: readonly string[]): TestSide[] {
  const bySpeaker = clipsBySpeaker(clips, 'Leave-one-speaker-out');
  labels.forEach((label, index) => {
    const heard = new Set(clips.filter((clip) => clip.label === index).map(({ speaker }) => speaker));
    if (heard.size < 2)
      throw new UserError(
        'BAD_INPUT',
        `Only speaker ${[...heard][0]} says "${label}": without that speaker the label cannot be learned.`,
        { next: `${CHOOSE_RANDOM}, or label clips of other speakers "${label}".` },
      );
  });
  return [...bySpeaker].map(([speaker, test]) => ({ heldOutSpeakers: [speaker], test }));
}

/** The speaker with the most clips goes to the fold with the fewest, as in scikit-learn's GroupKFold; ties by the seed. */
function groupedFolds(clips: readonly SplitClip[], folds: number, seed: number): TestSide[] {
  const bySpeaker = clipsBySpeaker(clips, 'Grouped k-fold');
  if (bySpeaker.size < folds)
    throw new UserError(
      'BAD_INPUT',
      `${folds} groups of speakers need as many speakers; there are ${bySpeaker.size}.`,
      {
        next: `Choose ${bySpeaker.size} folds or fewer.`,
      },
    );
  const sides: TestSide[] = Array.from({ length: folds }, () => ({ heldOutSpeakers: [], test: [] }));
  const order = shuffle([...bySpeaker], createRandom(seed, 'split/speakers'));
  for (const [speaker, positions] of order.sort(([, a], [, b]) => b.length - a.length)) {
    const side = sides.reduce((least, other) => (other.test.length < least.test.length ? other : least));
    side.heldOutSpeakers.push(speaker);
    side.test.push(...positions);
  }
  sides.forEach(({ heldOutSpeakers }) => heldOutSpeakers.sort());
  return sides;
}

function heldOut(
  clips: readonly SplitClip[],
  labels: readonly string[],
  { speakers, share }: Extract<SplitSpec, { name: 'hold-out-speakers' }>,
  seed: number,
): TestSide {
  const bySpeaker = clipsBySpeaker(clips, 'Holding speakers out');
  const unknown = speakers.find((speaker) => !bySpeaker.has(speaker));
  if (unknown !== undefined)
    throw new UserError('BAD_INPUT', `No labelled clip is of speaker ${unknown}.`, {
      next: `Choose among: ${[...bySpeaker.keys()].join(', ')}.`,
    });
  const chosen =
    speakers.length > 0
      ? [...new Set(speakers)]
      : drawSpeakers(
          [...clips.keys()],
          clips,
          labels,
          share,
          shuffle([...bySpeaker.keys()], createRandom(seed, 'split/speakers')),
        );
  if (chosen.length === 0 || chosen.length === bySpeaker.size)
    throw new UserError('BAD_INPUT', 'Holding speakers out needs some to test on and others to train on.', {
      next: 'Hold out fewer speakers, or choose the random split.',
    });
  return { heldOutSpeakers: chosen.sort(), test: chosen.flatMap((speaker) => bySpeaker.get(speaker)!) };
}

/**
 * Speakers to set aside, in the order given, as many as their share (rounded up, one at least and one left): one
 * without whom a label would have no clip left is passed over.
 */
export function drawSpeakers(
  positions: readonly number[],
  clips: readonly SplitClip[],
  labels: readonly string[],
  share: number,
  order: readonly string[],
): string[] {
  const wanted = Math.min(order.length - 1, Math.ceil(order.length * share));
  const left = labels.map((_, label) => positions.filter((i) => clips[i]!.label === label).length);
  const drawn: string[] = [];
  for (const speaker of order) {
    if (drawn.length >= wanted) break;
    const said = labels.map(
      (_, label) =>
        positions.filter((i) => clips[i]!.speaker === speaker && clips[i]!.label === label).length,
    );
    if (said.some((many, label) => many > 0 && many === left[label])) continue;
    said.forEach((many, label) => (left[label]! -= many));
    drawn.push(speaker);
  }
  return drawn;
}

/** Clips of each label in an order of the seed's. */
function shuffledByLabel(clips: readonly SplitClip[], labels: readonly string[], seed: number): number[][] {
  return labels.map((_, label) =>
    shuffle(
      [...clips.keys()].filter((i) => clips[i]!.label === label),
      createRandom(seed, `split/${label}`),
    ),
  );
}

/** Deals the clips out label by label, so that folds differ by one clip at most, and by one of each label. */
function randomFolds(
  clips: readonly SplitClip[],
  labels: readonly string[],
  folds: number,
  seed: number,
): TestSide[] {
  if (clips.length < folds)
    throw new UserError('BAD_INPUT', `${folds} folds need as many clips; there are ${clips.length}.`, {
      next: `Choose ${clips.length} folds or fewer.`,
    });
  const dealt = shuffledByLabel(clips, labels, seed).flat();
  return Array.from({ length: folds }, (_, fold) => ({
    heldOutSpeakers: [],
    test: dealt.filter((_, at) => at % folds === fold),
  }));
}

/** A share of the clips (rounded up), each label by its own (largest remainders), with every label on both sides. */
function randomShare(
  clips: readonly SplitClip[],
  labels: readonly string[],
  share: number,
  seed: number,
): TestSide {
  const lists = shuffledByLabel(clips, labels, seed);
  const quota = testQuota(
    lists.map((list) => list.length),
    Math.ceil(clips.length * share),
  );
  return { heldOutSpeakers: [], test: lists.flatMap((list, label) => list.slice(0, quota[label])) };
}

/** Test clips a label, within 1 .. size - 1, adding up to `wanted` where that bound allows. */
function testQuota(sizes: readonly number[], wanted: number): number[] {
  const total = sizes.reduce((a, b) => a + b, 0);
  const exact = sizes.map((size) => (size * wanted) / total);
  const quota = exact.map((part, i) => Math.min(sizes[i]! - 1, Math.max(1, Math.floor(part))));
  const byRemainder = exact
    .map((part, i) => ({ i, remainder: part - Math.floor(part) }))
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

function otherCorpus(clips: readonly SplitClip[]): TestSide {
  const test = [...clips.keys()].filter((i) => clips[i]!.foreign);
  if (test.length === 0)
    throw new UserError('BAD_INPUT', "No clip of the other corpus has one of this run's labels.", {
      next: 'Say with the label map which of its labels mean the same as which of these.',
    });
  const heldOutSpeakers = new Set(test.flatMap((i) => clips[i]!.speaker ?? []));
  return { heldOutSpeakers: [...heldOutSpeakers].sort(), test };
}
