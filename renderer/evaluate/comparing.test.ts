// Tests of a comparison's words.
import { expect, it } from 'vitest';
import type { ChangedClip, Comparison } from '../../shared/contract/schemas.ts';
import { changeOf, filterChanges, leftOut, testInWords } from './comparing.ts';

const clip = (label: string, a: string, b: string): ChangedClip => ({ label, a, b }) as ChangedClip;

it('tells gained, lost and otherwise wrong clips apart', () => {
  const changed = [
    clip('fear', 'sadness', 'fear'),
    clip('fear', 'fear', 'anger'),
    clip('fear', 'anger', 'sadness'),
  ];
  expect(changed.map(changeOf)).toEqual(['gained', 'lost', 'other']);
  expect(filterChanges(changed, 'lost')).toEqual([changed[1]]);
  expect(filterChanges(changed, 'all')).toEqual(changed);
});

it('names what was left out', () => {
  const comparison = { a: 1, b: 2, relabelled: 1, onlyA: 0, onlyB: 96 } as Comparison;
  expect(leftOut(comparison)).toBe(
    'Left out: 1 clip relabelled between them, 96 clips that only run 2 scored.',
  );
  expect(leftOut({ ...comparison, relabelled: 0, onlyB: 0 })).toBe('');
});

it('says what the test says', () => {
  const words = (onlyARight: number, onlyBRight: number, pValue: number): string =>
    testInWords({ a: 1, b: 2, mcnemar: { bothRight: 0, bothWrong: 0, onlyARight, onlyBRight, pValue } });
  expect(words(0, 0, 1)).toBe('No clip tells them apart.');
  expect(words(1, 12, 0.0034)).toContain('run 2 is right on more of them than chance explains');
  expect(words(12, 1, 0.0001)).toContain(
    'run 1 is right on more of them than chance explains (McNemar’s exact test, p < 0.001)',
  );
  expect(words(3, 4, 1)).toContain('chance alone explains as much');
});
