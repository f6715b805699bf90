// The outline of a sound, column by column.
import { describe, expect, it } from 'vitest';
import { outlineOf } from './peaks.ts';

describe('outlineOf', () => {
  it('keeps both sides of zero and the largest of all', () => {
    const peaks = outlineOf(new Int16Array([-32767, 0, 100, 16384]), 2);
    expect(peaks.lower).toEqual(new Float32Array([1, 0]));
    expect(peaks.upper[1]).toBeCloseTo(0.5, 4);
    expect(peaks.peak).toBe(1);
    expect(peaks.complete).toBe(true);
  });

  it('is flat where nothing is known yet, and says so', () => {
    const peaks = outlineOf(new Int16Array([-10, 10]), 3);
    expect([...peaks.upper].slice(1)).toEqual([0, 0]);
    expect(peaks.complete).toBe(false);
  });
});
