// A set with two labels of one name, two of one key, or a key that means something else is not saved.
import { describe, expect, it } from 'vitest';
import { problemsOf } from './labelSetForm.ts';

const rows = (...list: [string, string][]) => list.map(([label, key]) => ({ label, key }));

describe('problemsOf', () => {
  it('finds none in a sound set', () => {
    expect(problemsOf('Mine', rows(['anger', 'q'], ['fear', '2'], ['awe', '']))).toEqual([]);
  });

  it.each([
    ['', rows(['anger', '']), /needs a name/],
    ['Mine', rows(['anger', ''], ['', '']), /Every label/],
    ['Mine', rows(['Anger', ''], ['anger ', '']), /twice/],
    ['Mine', rows(['anger', 'q'], ['fear', 'Q']), /key Q/],
    ['Mine', rows(['anger', 'j']), /J is “Next clip”/],
    ['Mine', rows(['anger', '0']), /0 is “Label Unsure”/],
  ])('%s %j', (name, list, problem) => expect(problemsOf(name, list)[0]).toMatch(problem));
});
