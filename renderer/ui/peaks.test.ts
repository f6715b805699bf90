import { describe, expect, it } from 'vitest';
import { outlineOf, outlinePath } from './peaks.ts';

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

describe('outlinePath', () => {
  it('keeps the loudest of each column, above and below', () => {
    const peaks = {
      ...{ upper: Float32Array.of(0.1, 0.5, 0, 0.25), lower: Float32Array.of(0.25, 0, 0.5, 0.1) },
      ...{ peak: 0.5, complete: true },
    };
    expect(outlinePath(peaks, 2)).toBe('M0.5 0.000L1.5 0.500L1.5 2.000L0.5 1.500Z');
  });

  it('is a line for silence, and nothing for no sound', () => {
    const none = { upper: new Float32Array(0), lower: new Float32Array(0), peak: 0, complete: true };
    expect(outlinePath(none, 4)).toBe('');
    const silence = { ...none, upper: new Float32Array(1), lower: new Float32Array(1) };
    expect(outlinePath(silence, 2)).toBe('M0.5 1.000L1.5 1.000L1.5 1.000L0.5 1.000Z');
  });
});
