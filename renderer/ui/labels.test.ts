// One colour and one shape a label: known emotions theirs, others a pair of their own.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelName, styleLabels, styleOf, TONES } from './labels.ts';

describe('styleLabels', () => {
  it('keeps a look that was chosen, and gives its colour to no other label', () => {
    const styles = styleLabels(
      ['awe', 'fear', 'pride'],
      [
        { label: 'awe', colour: 'fear', shape: 'calm' },
        { label: 'fear', colour: null, shape: null },
      ],
    );
    expect(styles.get('awe')).toMatchObject({ tone: 'fear', shape: 'calm' });
    expect(styles.get('fear')?.tone).not.toBe('fear');
    expect(new Set([...styles.values()].map(({ tone }) => tone)).size).toBe(3);
  });

  it('gives known emotions and their synonyms their own tone', () => {
    const styles = styleLabels(['happy', 'Fear', 'surprised']);
    expect(styles.get('happy')).toEqual({ tone: 'happiness', shape: 'happiness', name: 'Happy' });
    expect(styles.get('Fear')?.tone).toBe('fear');
    expect(styles.get('surprised')?.tone).toBe('surprise');
  });

  it('gives other labels the tones that no emotion of the set uses', () => {
    const styles = styleLabels(['awe', 'anger', 'relief']);
    expect(styles.get('anger')?.tone).toBe('anger');
    expect(styles.get('awe')?.tone).toBe('disgust');
    expect(styles.get('relief')?.tone).toBe('fear');
  });

  it('keeps every style when a label is added at the end', () => {
    const before = styleLabels(['awe', 'anger']);
    const after = styleLabels(['awe', 'anger', 'pride']);
    for (const [label, style] of before) expect(after.get(label)).toEqual(style);
  });

  it('never gives two labels the same pair, up to eighty-one', () => {
    const labels = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), {
      minLength: 1,
      maxLength: 81,
    });
    fc.assert(
      fc.property(labels, (set) => {
        const pairs = [...styleLabels(set).values()].map(({ tone, shape }) => `${tone} ${shape}`);
        expect(pairs).toHaveLength(set.length);
        expect(new Set(pairs).size).toBe(set.length);
      }),
    );
  });
});

describe('names', () => {
  it('writes labels with a capital and none as unsure', () => {
    expect(labelName('anger')).toBe('Anger');
    expect(labelName(null)).toBe('Unsure');
    expect(styleOf('nothing known')).toMatchObject({ tone: 'unsure', name: 'Nothing known' });
    expect(TONES).toHaveLength(9);
  });
});
