// Tests of the recall strips' arithmetic.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extremes, lifts } from './strips.ts';
import type { StripRow } from './RecallStrip.svelte';

describe('lifts', () => {
  it('leaves marks alone that do not hide each other', () => {
    expect(lifts([0.1, 0.9, 0.5])).toEqual([0, 0, 0]);
  });

  it('stacks ties around the line, apart and near it', () => {
    expect(lifts([1, 0.2, 1])).toEqual([-4, 0, 4]);
    const ties = fc.array(fc.constant(0.5), { minLength: 2, maxLength: 9 });
    fc.assert(
      fc.property(ties, (values) => {
        const placed = lifts(values).sort((a, b) => a - b);
        expect(Math.abs(placed[0]! + placed.at(-1)!)).toBeLessThan(1e-9);
        expect(placed.at(-1)!).toBeLessThanOrEqual(10);
        for (let i = 1; i < placed.length; i += 1) expect(placed[i]! - placed[i - 1]!).toBeGreaterThan(1);
      }),
    );
  });
});

describe('extremes', () => {
  const row = (name: string, figure: number | null): StripRow => ({
    key: name,
    name,
    clips: 3,
    marks: [],
    bar: null,
    figure,
  });

  it('names the hardest and the easiest of those that were scored', () => {
    expect(extremes([row('Anger', 0.74), row('Calm', null), row('Disgust', 0.49)])).toBe(
      'Disgust is hardest, 0.49; Anger easiest, 0.74.',
    );
    expect(extremes([row('Anger', 0.5)])).toBe('Anger: 0.50.');
    expect(extremes([row('Calm', null)])).toBe('');
  });
});
