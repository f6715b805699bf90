// Every corpus can be labelled: one without labels is offered the emotions there are, and keeps them.
import { describe, expect, it } from 'vitest';
import { EMOTIONS } from '../../shared/labels/emotions.ts';
import { keyedLabels, keyLabels } from './labelKeys.ts';

describe('keyLabels', () => {
  it('is the label set of a corpus that has one', () => {
    expect(keyLabels(['anger', 'fear', 'awe'], false)).toEqual(['anger', 'fear', 'awe']);
  });

  it('is the emotions where there are no labels', () => {
    expect(keyLabels([], false)).toEqual(EMOTIONS);
    expect(keyLabels([], true)).toEqual(EMOTIONS);
  });

  it('keeps its order when the first labels are set on a corpus that came without', () => {
    expect(keyLabels(['sadness'], true)).toEqual(EMOTIONS);
    expect(keyLabels(['fear', 'awe'], true)).toEqual([...EMOTIONS, 'awe']);
  });
});

describe('keyedLabels', () => {
  it('numbers the labels of a set that names no key, nine of them', () => {
    const items = Array.from({ length: 11 }, (_, i) => ({ label: `l${i}`, key: null }));
    expect(keyedLabels(items).map(({ key }) => key)).toEqual([...'123456789', null, null]);
  });

  it('takes the keys of a set that names some', () => {
    const items = [
      { label: 'anger', key: 'w' },
      { label: 'fear', key: null },
    ];
    expect(keyedLabels(items).map(({ key }) => key)).toEqual(['W', null]);
  });
});
