// A crash costs a moment, a crash loop ends with a word.
import { expect, it } from 'vitest';
import { RestartPolicy } from './restart-policy.ts';

it('waits longer after each crash in a row and then gives up', () => {
  const policy = new RestartPolicy();
  const delays = Array.from({ length: 6 }, () => policy.ended(1000));
  expect(delays).toEqual([250, 500, 750, 1000, 1250, null]);
  expect(policy.givingUp).toContain('6 times in a row');
});

it('starts counting anew after a minute of health', () => {
  const policy = new RestartPolicy();
  for (let crash = 0; crash < 5; crash++) policy.ended(1000);
  expect(policy.ended(61_000)).toBe(250);
});
