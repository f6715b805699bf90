// What stands on both sides of a run's split, as badges: the same in the answer and on the honesty meter.
import type { Leakage, RunSummary } from '../../shared/contract/schemas.ts';
import { SPLIT_WORDS } from '../../shared/protocol/split.ts';
import { plural } from '../ui/format.ts';

export interface LeakBadge {
  tone: 'warn' | 'ok';
  text: string;
  title: string;
}

/** Badges of what leaks, worst first; one that says so where nothing does. */
export function leakBadges({
  split,
  leakage,
}: Pick<RunSummary, 'split'> & { leakage: Leakage }): LeakBadge[] {
  const { sharedSpeakers, testSpeakers, takeClips, duplicateClips } = leakage;
  const badges: LeakBadge[] = [];
  const warn = (text: string, title: string): void => void badges.push({ tone: 'warn', text, title });
  if (sharedSpeakers > 0) {
    warn(
      `shares speakers: ${sharedSpeakers} of ${testSpeakers}`,
      'These speakers are in training and in test: the score reads higher than for a voice never heard',
    );
  } else if (!SPLIT_WORDS[split].speakersApart) {
    warn(
      'shares speakers',
      'Speakers are not kept apart: the score reads higher than for a voice never heard',
    );
  }
  if (takeClips > 0) {
    warn(
      `second takes leak: ${plural(takeClips, 'clip')}`,
      'For these test clips another take of the same speaker, sentence and label was trained on',
    );
  }
  if (duplicateClips > 0) {
    warn(
      `duplicates leak: ${plural(duplicateClips, 'clip')}`,
      'For these test clips a file of the same content was trained on',
    );
  }
  if (badges.length > 0) return badges;
  return [
    {
      tone: 'ok',
      text: 'no speaker on both sides',
      title: 'No speaker, no second take and no duplicate of a test clip was trained on',
    },
  ];
}
