// The outline keeps every extreme, on the right side of zero.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outline } from './peaks.ts';

describe('outline', () => {
  it('keeps the two sides apart', () => {
    const { upper, lower, peak } = outline([Float32Array.of(0.5, -0.25, 0, -1)], 2);
    expect([...upper]).toEqual([0.5, 0]);
    expect([...lower]).toEqual([0.25, 1]);
    expect(peak).toBe(1);
  });

  it('has one point a sample where there are fewer samples than points', () => {
    expect(outline([Float32Array.of(0.5, 0.25)], 100).upper).toHaveLength(2);
  });

  it('is a line without samples', () => {
    expect(outline([], 10)).toEqual({ upper: new Float32Array(1), lower: new Float32Array(1), peak: 0 });
  });

  it('loses no extreme, whatever the number of points', () => {
    const samples = fc.float32Array({ min: -1, max: 1, noNaN: true, minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 400 }), (values, buckets) => {
        const { upper, lower, peak } = outline([values], buckets);
        expect(Math.max(...upper)).toBe(Math.max(0, ...values));
        expect(Math.max(...lower)).toBe(Math.max(0, ...values.map((value) => -value)));
        expect(peak).toBe(Math.max(...values.map(Math.abs)));
      }),
    );
  });
});
