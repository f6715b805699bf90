// Tests of what labels of several corpora are called together.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agreedLabels, matchedLabel, type MappingSet } from './mapping.ts';

function setOf(labels: string[], mapping: Record<string, string | null> = {}): MappingSet {
  return {
    items: labels.map((label) => ({ label })),
    mapping: Object.entries(mapping).map(([from, to]) => ({ from, to })),
  };
}

describe('agreedLabels', () => {
  it('calls a label as the set that maps it does, whatever its spelling, and others by their own names', () => {
    const nameOf = agreedLabels([setOf(['angry', 'sad'], { Wut: 'angry' })], ['anger', 'angry', 'boredom']);
    expect(['anger', 'angry', 'boredom', 'sad'].map(nameOf)).toEqual(['angry', 'angry', 'boredom', 'sad']);
  });

  it('follows what one set says through another', () => {
    const sets = [setOf(['b'], { a: 'b' }), setOf(['c'], { b: 'c' })];
    expect(['a', 'b', 'c'].map(agreedLabels(sets, ['a', 'b', 'c']))).toEqual(['c', 'c', 'c']);
  });

  it('takes the first word of two sets that name each other’s labels', () => {
    const sets = [setOf(['anger'], { angry: 'anger' }), setOf(['angry'], { anger: 'angry' })];
    expect(['anger', 'angry'].map(agreedLabels(sets, ['anger', 'angry']))).toEqual(['anger', 'anger']);
  });

  it('leaves a set’s own label, and one that is mapped to nothing, as they are', () => {
    const nameOf = agreedLabels(
      [setOf(['calm', 'neutral'], { neutral: 'calm', boredom: null })],
      ['neutral', 'boredom'],
    );
    expect(['neutral', 'boredom'].map(nameOf)).toEqual(['neutral', 'boredom']);
  });

  it('gives every label one name that stands for itself, whatever the sets say', () => {
    const label = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const mapping = fc.dictionary(label, fc.option(label));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.uniqueArray(label), mapping)), (said) => {
        const nameOf = agreedLabels(
          said.map(([labels, pairs]) => setOf(labels, pairs)),
          ['a', 'b', 'c', 'd', 'e'],
        );
        for (const one of ['a', 'b', 'c', 'd', 'e']) expect(nameOf(nameOf(one))).toBe(nameOf(one));
      }),
    );
  });
});

describe('matchedLabel', () => {
  const labels = ['angry', 'happy', 'neutral'];
  it.each([
    ['says which', setOf(labels, { Wut: 'angry' }), [], 'anger', 'angry'],
    ['has one of the name', setOf(labels), [], 'neutral', 'neutral'],
    ['says that it has none', setOf(labels, { neutral: null }), [], 'neutral', null],
    [
      'says one that the run has no clip of',
      setOf([...labels, 'sad'], { trauer: 'sad' }),
      [],
      'sadness',
      null,
    ],
    ['does not know it', setOf(labels), [], 'boredom', null],
    [
      'is mapped by the other corpus’s set',
      setOf(labels),
      [setOf(['joy'], { happy: 'joy' })],
      'joy',
      'happy',
    ],
  ])('where the run’s set %s', (_, own, others, label, to) => {
    expect(matchedLabel(label, labels, own, others)).toBe(to);
  });
});
