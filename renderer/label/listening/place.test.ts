// A test goes from open clip to open clip, and through all of them again once none is open.
import { describe, expect, it } from 'vitest';
import { nextPlace } from './place.ts';

const items = (answers: string) => [...answers].map((answer) => ({ answered: answer === 'x' }));

describe('nextPlace', () => {
  it('goes on with the next open clip, then with one that was left out', () => {
    expect(nextPlace(items('xxo'), 0)).toBe(2);
    expect(nextPlace(items('oxx'), 2)).toBe(0);
  });

  it('goes through an answered test clip by clip, to its end', () => {
    expect(nextPlace(items('xxx'), 0)).toBe(1);
    expect(nextPlace(items('xxx'), 2)).toBeNull();
  });
});
