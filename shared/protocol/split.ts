// The split: which clips a run trains on and is scored on, its settings, and in plain words what its score means.
import { z } from 'zod';

const folds = z.int().min(2).max(100).default(5);

/** Share of the clips, or of the speakers, that is held out where a split draws them. */
const share = z.number().gt(0).lt(1).default(0.2);

/** A split with its settings; what is drawn, is drawn from the run's seed. */
export const splitSpecSchema = z.discriminatedUnion('name', [
  /** One fold a speaker (scikit-learn: LeaveOneGroupOut). */
  z.strictObject({ name: z.literal('loso') }),
  /** Speakers dealt over so many folds (scikit-learn: GroupKFold). */
  z.strictObject({ name: z.literal('grouped-k-fold'), folds }),
  /** One fold, tested on the speakers named, or on this share of them where none is named. */
  z.strictObject({
    name: z.literal('hold-out-speakers'),
    speakers: z.array(z.string().min(1).max(1000)).max(100_000).default([]),
    share,
  }),
  /** Clips dealt over so many folds, each label by its share (scikit-learn: StratifiedKFold). */
  z.strictObject({ name: z.literal('random-k-fold'), folds }),
  /** One fold, tested on this share of the clips, each label by its share (StratifiedShuffleSplit). */
  z.strictObject({ name: z.literal('random'), share }),
  /** One fold: trained on the run's corpus, tested on another one. */
  z.strictObject({
    name: z.literal('cross-corpus'),
    testCorpusId: z.int().positive(),
    /**
     * From the other corpus's labels to the run's; null leaves a label's clips out. A label that is not named goes
     * by its own name, and is left out where the run has no such label.
     */
    labelMap: z.record(z.string(), z.string().nullable()).default({}),
  }),
]);
export type SplitSpec = z.infer<typeof splitSpecSchema>;
export type SplitName = SplitSpec['name'];

/** In the order in which they are offered, the default first. */
export const SPLIT_NAMES = [
  'loso',
  'grouped-k-fold',
  'hold-out-speakers',
  'random-k-fold',
  'random',
  'cross-corpus',
] as const satisfies readonly SplitName[];
export const splitNameSchema = z.enum(SPLIT_NAMES);

/** A split for people. */
export interface SplitWords {
  readonly title: string;
  /** For lists and axes. */
  readonly short: string;
  /** What the score is an answer to, as one sentence. */
  readonly claims: string;
  /** What the score overstates or leaves open, as one sentence. */
  readonly overstates: string;
  /**
   * Whether no speaker, no take and no duplicate of a test clip is ever trained on. The splitter asserts it, and
   * without it the score reads high.
   */
  readonly speakersApart: boolean;
}

export const SPLIT_WORDS: Readonly<Record<SplitName, SplitWords>> = {
  loso: {
    title: 'Leave one speaker out',
    short: 'LOSO',
    claims: 'Every speaker is scored by a model that never heard them.',
    overstates:
      'Room, microphone and sentences are the same for all speakers of a corpus: elsewhere expect less.',
    speakersApart: true,
  },
  'grouped-k-fold': {
    title: 'Groups of speakers',
    short: 'grouped k-fold',
    claims: 'Every speaker is scored by a model that never heard them; several speakers share a fold.',
    overstates:
      'Room, microphone and sentences are the same for all speakers of a corpus: elsewhere expect less.',
    speakersApart: true,
  },
  'hold-out-speakers': {
    title: 'Hold out speakers',
    short: 'held-out speakers',
    claims: 'Some speakers are kept aside and scored by a model that never heard them.',
    overstates: 'A few voices stand for all: other held-out speakers may score quite differently.',
    speakersApart: true,
  },
  'random-k-fold': {
    title: 'Random folds',
    short: 'random k-fold',
    claims: 'Every clip is scored by a model that never heard that clip, but has heard its speaker.',
    overstates: 'The same voices are in both parts: it overstates what an unheard speaker gets.',
    speakersApart: false,
  },
  random: {
    title: 'Random clips',
    short: 'random',
    claims: 'A random part of the clips is scored by a model trained on the rest.',
    overstates: 'The same voices are in both parts: it overstates what an unheard speaker gets.',
    speakersApart: false,
  },
  'cross-corpus': {
    title: 'Another corpus',
    short: 'cross-corpus',
    claims: 'Another corpus is scored by a model that heard nothing of it.',
    overstates:
      'It rests on labels of the two corpora meaning the same; clips of labels without a match are left out.',
    speakersApart: true,
  },
};

/** A split by its name alone, with the settings it has by default; cross-corpus needs to be told which corpus. */
export function splitByName(name: Exclude<SplitName, 'cross-corpus'>): SplitSpec {
  return splitSpecSchema.parse({ name });
}
