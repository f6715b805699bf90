// The largest group beside the smallest.
import { expect, it } from 'vitest';
import { balanceOf } from './balance.ts';

it('compares the largest group with the smallest that has a clip', () => {
  const groups = [
    { name: 'fear', clips: 4 },
    { name: 'joy', clips: 0 },
    { name: 'anger', clips: 10 },
  ];
  expect(balanceOf(groups)).toEqual({ most: groups[2], least: groups[0], ratio: 2.5 });
  expect(balanceOf(groups.slice(0, 2))).toBe(null);
});
