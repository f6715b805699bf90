// Tests of the badges that say what a split leaks.
import { expect, it } from 'vitest';
import { leakBadges } from './leakage.ts';

const none = {
  testClips: 24,
  testSpeakers: 6,
  sharedSpeakers: 0,
  speakerClips: 0,
  takeClips: 0,
  duplicateClips: 0,
};
const texts = (split: 'loso' | 'random', leakage: typeof none): string[] =>
  leakBadges({ split, leakage }).map(({ tone, text }) => `${tone}: ${text}`);

it('names speakers, takes and duplicates that are on both sides', () => {
  const leakage = { ...none, sharedSpeakers: 6, speakerClips: 24, takeClips: 1, duplicateClips: 2 };
  expect(texts('random', leakage)).toEqual([
    'warn: shares speakers: 6 of 6',
    'warn: second takes leak: 1 clip',
    'warn: duplicates leak: 2 clips',
  ]);
});

it('says that nothing leaks only where speakers are kept apart', () => {
  expect(texts('loso', none)).toEqual(['ok: no speaker on both sides']);
  expect(texts('random', none)).toEqual(['warn: shares speakers']);
});
