// Tests of matching two corpora's labels.
import { expect, test } from 'vitest';
import { labelMapOf } from './label-map.ts';

test('labels go by their own names until they are matched by hand', () => {
  const others = ['anger', 'boredom', 'joy', 'toString'].map((label) => ({ label, clips: 3 }));
  const to = (chosen: Record<string, string | null>) =>
    labelMapOf(others, ['anger', 'happiness'], chosen).map((match) => match.to);
  expect(to({})).toEqual(['anger', null, null, null]);
  expect(to({ joy: 'happiness', anger: null })).toEqual([null, null, 'happiness', null]);
  expect(to({ joy: 'gone' })).toEqual(['anger', null, null, null]);
});
