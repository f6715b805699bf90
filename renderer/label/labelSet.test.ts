// Every corpus can be labelled: one without labels is offered the emotions there are, and keeps them.
import { describe, expect, it } from 'vitest';
import { EMOTIONS } from '../../shared/labels/emotions.ts';
import { keyLabels } from './labelSet.ts';

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
