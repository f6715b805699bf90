// What a split promises, asserted before any number is believed; and what stands on both sides where it does not.
import type { Leakage } from '../../shared/contract/schemas.ts';
import { SPLIT_WORDS, type SplitName } from '../../shared/protocol/split.ts';
import type { FoldPlan, SplitClip } from './fold-plan.ts';

type Identity = (clip: SplitClip) => string | null;

const IDENTITIES: ReadonlyMap<string, Identity> = new Map([
  // The other corpus's speakers are other people, whatever they are called.
  ['speaker', ({ speaker, foreign }) => (speaker === null ? null : `${foreign}/${speaker}`)],
  ['take', ({ take }) => take],
  ['content', ({ content }) => content],
]);

/**
 * Throws where a fold breaks what its split promises: no clip in two parts; validation clips from the training side,
 * none of their speakers in training; and, where speakers are held apart, no test clip's speaker, take or content
 * in training or validation. A bug if it ever happens.
 */
export function assertPromises(split: SplitName, plan: FoldPlan, clips: readonly SplitClip[]): void {
  const { train, validation, test } = plan;
  const all = [...train, ...validation, ...test];
  if (new Set(all).size < all.length) throw new Error('a clip is in two parts of a fold');
  if ([...train, ...validation].some((i) => clips[i]!.foreign))
    throw new Error('a clip of the test corpus is in training');
  for (const what of IDENTITIES.keys()) {
    assertApart(what, validation, train, clips, 'in training and in validation');
    if (!SPLIT_WORDS[split].speakersApart) continue;
    assertApart(what, test, train, clips, 'in training and in test');
    assertApart(what, test, validation, clips, 'in validation and in test');
  }
}

function assertApart(
  what: string,
  one: Int32Array,
  other: Int32Array,
  clips: readonly SplitClip[],
  where: string,
): void {
  const identity = IDENTITIES.get(what)!;
  const known = new Set(Array.from(one, (i) => identity(clips[i]!)));
  for (const i of other) {
    const own = identity(clips[i]!);
    if (own !== null && known.has(own)) throw new Error(`${what} ${own} is ${where}`);
  }
}

/** What stands on both sides of a run's folds: training and validation on one, test on the other. */
export function countLeakage(plans: readonly FoldPlan[], clips: readonly SplitClip[]): Leakage {
  const tested = new Set<string>();
  const shared = new Set<string>();
  const leaks = { speaker: 0, take: 0, content: 0 };
  for (const { train, validation, test } of plans) {
    const learned = [...train, ...validation].map((i) => clips[i]!);
    for (const what of ['speaker', 'take', 'content'] as const) {
      const identity = IDENTITIES.get(what)!;
      const known = new Set(learned.map(identity));
      for (const i of test) {
        const own = identity(clips[i]!);
        if (own === null) continue;
        if (what === 'speaker') tested.add(own);
        if (!known.has(own)) continue;
        leaks[what] += 1;
        if (what === 'speaker') shared.add(own);
      }
    }
  }
  return {
    testClips: plans.reduce((total, { test }) => total + test.length, 0),
    testSpeakers: tested.size,
    sharedSpeakers: shared.size,
    speakerClips: leaks.speaker,
    takeClips: leaks.take,
    duplicateClips: leaks.content,
  };
}
