// Tests of matching two corpora's labels.
import { expect, test } from 'vitest';
import { labelMapOf } from './label-map.ts';

const others = ['anger', 'boredom', 'joy', 'toString'].map((label) => ({ label, clips: 3 }));
const NOTHING = { items: [], mapping: [] };

test('labels go by their own names until they are matched by hand', () => {
  const to = (chosen: Record<string, string | null>) =>
    labelMapOf(others, ['anger', 'happiness'], chosen, NOTHING, NOTHING).map((match) => match.to);
  expect(to({})).toEqual(['anger', null, null, null]);
  expect(to({ joy: 'happiness', anger: null })).toEqual([null, null, 'happiness', null]);
  expect(to({ joy: 'gone' })).toEqual(['anger', null, null, null]);
});

test('a label set says what they are matched to, until somebody says otherwise', () => {
  const own = { items: [], mapping: [{ from: 'joy', to: 'happiness' }] };
  const to = (chosen: Record<string, string | null>) =>
    labelMapOf(others, ['anger', 'happiness'], chosen, own, NOTHING).map((match) => match.to);
  expect(to({})).toEqual(['anger', null, 'happiness', null]);
  expect(to({ joy: null })).toEqual(['anger', null, null, null]);
});
