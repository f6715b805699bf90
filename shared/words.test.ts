// Counts as a person reads them.
import { expect, it } from 'vitest';
import { formatCount, plural } from './words.ts';

it('groups thousands', () => {
  expect(formatCount(2452)).toBe('2,452');
  expect(formatCount(999)).toBe('999');
});

it('counts one of a thing, and several', () => {
  expect(plural(1, 'clip')).toBe('1 clip');
  expect(plural(0, 'clip')).toBe('0 clips');
  expect(plural(2, 'entry', 'entries')).toBe('2 entries');
  expect(plural(2452, 'clip')).toBe('2,452 clips');
});
