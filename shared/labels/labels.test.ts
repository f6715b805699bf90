// Emotion names and their order.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareLabels, EMOTIONS, normaliseLabel, orderLabels } from './emotions.ts';

describe('labels', () => {
  it.each([
    ['Fearful', 'fear'],
    ['HAPPY', 'happiness'],
    [' surprised ', 'surprise'],
    ['angry', 'anger'],
    ['sad', 'sadness'],
    ['Ärger', 'anger'],
    ['u\u0308berraschung', 'surprise'],
    [' Wistful', 'Wistful'],
    ['constructor', 'constructor'],
  ])('writes %s as %s', (word, label) => expect(normaliseLabel(word)).toBe(label));

  it('are stable under a second normalisation', () => {
    for (const emotion of EMOTIONS) expect(normaliseLabel(emotion)).toBe(emotion);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (word) => {
        expect(normaliseLabel(normaliseLabel(word))).toBe(normaliseLabel(word));
      }),
    );
  });

  it('stand in one order: known emotions, then the alphabet', () => {
    expect(orderLabels(['zeal', 'calm', 'Awe', 'anger', 'zeal', 'boredom'])).toEqual([
      ...['anger', 'boredom', 'calm', 'Awe', 'zeal'],
    ]);
    const label = fc.oneof(fc.constantFrom(...EMOTIONS), fc.string());
    fc.assert(
      fc.property(label, label, label, (a, b, c) => {
        expect(Math.sign(compareLabels(a, b)) + Math.sign(compareLabels(b, a))).toBe(0);
        expect(compareLabels(a, b) === 0).toBe(a === b);
        if (compareLabels(a, b) < 0 && compareLabels(b, c) < 0) expect(compareLabels(a, c)).toBeLessThan(0);
      }),
    );
  });
});
