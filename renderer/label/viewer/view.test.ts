// The stretch of time on show: what zooming, scrolling and following do to it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kept, pixelOf, revealing, secondsAt, zoomed, type Axis, type View } from './view.ts';

const axis: fc.Arbitrary<Axis> = fc.record({
  lengthSeconds: fc.double({ min: 0.01, max: 4000, noNaN: true }),
  leastSeconds: fc.double({ min: 1e-4, max: 0.01, noNaN: true }),
});
const anyView: fc.Arbitrary<View> = fc.record({
  startSeconds: fc.double({ min: -100, max: 5000, noNaN: true }),
  spanSeconds: fc.double({ min: 0, max: 5000, noNaN: true }),
  widthPx: fc.integer({ min: 1, max: 4000 }),
});

describe('the timeline', () => {
  it('stays inside the axis, whatever is asked', () => {
    fc.assert(
      fc.property(axis, anyView, fc.double({ min: 0.01, max: 100, noNaN: true }), (bounds, view, factor) => {
        for (const made of [
          kept(view, bounds),
          zoomed(kept(view, bounds), bounds, factor, view.startSeconds),
          revealing(kept(view, bounds), bounds, view.startSeconds),
        ]) {
          expect(made.startSeconds).toBeGreaterThanOrEqual(0);
          expect(made.startSeconds + made.spanSeconds).toBeLessThanOrEqual(bounds.lengthSeconds + 1e-9);
          expect(made.spanSeconds).toBeGreaterThanOrEqual(bounds.leastSeconds - 1e-12);
        }
      }),
    );
  });

  it('maps times to pixels and back', () => {
    fc.assert(
      fc.property(axis, anyView, fc.double({ min: 0, max: 1, noNaN: true }), (bounds, view, share) => {
        const shown = kept(view, bounds);
        const seconds = shown.startSeconds + share * shown.spanSeconds;
        expect(secondsAt(shown, pixelOf(shown, seconds))).toBeCloseTo(seconds, 8);
      }),
    );
  });

  it('zooms around the time under the pointer', () => {
    const bounds = { lengthSeconds: 600, leastSeconds: 0.001 };
    const view = { startSeconds: 100, spanSeconds: 50, widthPx: 1000 };
    const closer = zoomed(view, bounds, 2, 120);
    expect(closer.spanSeconds).toBe(25);
    expect(pixelOf(closer, 120)).toBeCloseTo(pixelOf(view, 120), 9);
  });

  it('moves no more than it must to show a stretch', () => {
    const bounds = { lengthSeconds: 600, leastSeconds: 0.001 };
    const view = { startSeconds: 100, spanSeconds: 50, widthPx: 1000 };
    expect(revealing(view, bounds, 110, 140)).toBe(view);
    expect(revealing(view, bounds, 160, 170).startSeconds).toBe(125);
    expect(revealing(view, bounds, 20, 30).startSeconds).toBe(15);
    expect(revealing(view, bounds, 200, 300).startSeconds).toBe(195);
  });
});
