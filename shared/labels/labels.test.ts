// Emotion names and order, and laws that the ledger's algebra keeps.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareLabels, EMOTIONS, normaliseLabel, orderLabels } from './emotions.ts';
import { currentLabels, decisionStates, reversible, type Decision } from './ledger.ts';

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

describe('the ledger', () => {
  const imported = new Map<number, string | null>([
    [1, 'anger'],
    [2, null],
  ]);
  const step = fc.record({
    kind: fc.constantFrom('label', 'label', 'undo', 'redo'),
    rater: fc.constantFrom('ann', 'bob'),
    clipIds: fc.subarray([1, 2], { minLength: 1 }),
    label: fc.constantFrom('fear', 'calm', null),
  });
  /** Only decisions that are possible: an undo or redo of nothing is left out. */
  const sequence = fc.array(step).map((steps) => {
    const decisions: Decision[] = [];
    for (const { kind, rater, clipIds, label } of steps) {
      const id = decisions.length + 1;
      if (kind === 'label') decisions.push({ id, kind, rater, clipIds, label });
      else {
        const target = reversible(decisions, rater)[kind as 'undo' | 'redo'];
        if (target !== null) decisions.push({ id, kind: kind as 'undo' | 'redo', rater, target });
      }
    }
    return decisions;
  });

  it('is where it was after an undo and its redo, and after a decision and its undo', () => {
    fc.assert(
      fc.property(sequence, fc.constantFrom('ann', 'bob'), (decisions, rater) => {
        const id = decisions.length + 1;
        const { undo } = reversible(decisions, rater);
        if (undo !== null) {
          const there: Decision[] = [
            ...decisions,
            { id, kind: 'undo', rater, target: undo },
            { id: id + 1, kind: 'redo', rater, target: undo },
          ];
          expect(currentLabels(imported, there)).toEqual(currentLabels(imported, decisions));
          expect(reversible(there, rater)).toEqual(reversible(decisions, rater));
        }
        const back: Decision[] = [
          ...decisions,
          { id, kind: 'label', rater, clipIds: [1, 2], label: 'calm' },
          { id: id + 1, kind: 'undo', rater, target: id },
        ];
        expect(currentLabels(imported, back)).toEqual(currentLabels(imported, decisions));
      }),
    );
  });

  it('ends at what the corpus came with when everybody has undone everything', () => {
    fc.assert(
      fc.property(sequence, (decisions) => {
        const all = [...decisions];
        for (const rater of ['ann', 'bob']) {
          for (
            let target = reversible(all, rater).undo;
            target !== null;
            target = reversible(all, rater).undo
          ) {
            all.push({ id: all.length + 1, kind: 'undo', rater, target });
          }
        }
        for (const [clipId, current] of currentLabels(imported, all)) {
          expect(current).toEqual({ label: imported.get(clipId), rater: null });
        }
        expect([...decisionStates(all).values()]).not.toContain('active');
      }),
    );
  });
});
