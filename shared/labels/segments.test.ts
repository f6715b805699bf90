// Laws of spans: they stay inside the clip, lanes never overlap and are as few as can be, a window finds what a scan finds.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canSplit,
  compareSpans,
  drawn,
  lanesOf,
  moved,
  resized,
  SHORTEST_SECONDS,
  SpanIndex,
  type Span,
} from './segments.ts';

const DURATION = 60;
const time = fc.integer({ min: 0, max: DURATION * 100 }).map((n) => n / 100);
const span = fc
  .tuple(time, time)
  .map(([a, b]) => drawn(a, b, DURATION))
  .filter((s): s is Span => s !== null);
const spans = fc.array(span, { maxLength: 60 });
const overlap = (a: Span, b: Span) => a.startSeconds < b.endSeconds && b.startSeconds < a.endSeconds;

describe('a span', () => {
  it('keeps its length where it is moved and stops at the ends of the clip', () => {
    fc.assert(
      fc.property(span, fc.double({ min: -90, max: 90, noNaN: true }), (s, by) => {
        const there = moved(s, by, DURATION);
        expect(there.endSeconds - there.startSeconds).toBeCloseTo(s.endSeconds - s.startSeconds, 9);
        expect(there.startSeconds).toBeGreaterThanOrEqual(0);
        expect(there.endSeconds).toBeLessThanOrEqual(DURATION);
      }),
    );
  });

  it('never turns round or leaves the clip where an edge is dragged', () => {
    fc.assert(
      fc.property(
        span,
        fc.constantFrom('start' as const, 'end' as const),
        fc.double({ min: -9, max: 99, noNaN: true }),
        (s, edge, to) => {
          const { startSeconds, endSeconds } = resized(s, edge, to, DURATION);
          expect(endSeconds - startSeconds).toBeGreaterThanOrEqual(SHORTEST_SECONDS - 1e-9);
          expect(startSeconds).toBeGreaterThanOrEqual(0);
          expect(endSeconds).toBeLessThanOrEqual(DURATION);
          const still = edge === 'start' ? 'endSeconds' : 'startSeconds';
          expect(resized(s, edge, to, DURATION)[still]).toBe(s[still]);
        },
      ),
    );
  });

  it('is not drawn, and not cut, shorter than can be heard', () => {
    expect(drawn(1, 1.001, DURATION)).toBeNull();
    expect(drawn(70, 80, DURATION)).toBeNull();
    expect(drawn(2, 1, DURATION)).toEqual({ startSeconds: 1, endSeconds: 2 });
    expect(canSplit({ startSeconds: 1, endSeconds: 2 }, 1.001)).toBe(false);
    expect(canSplit({ startSeconds: 1, endSeconds: 2 }, 1.5)).toBe(true);
  });
});

describe('lanes', () => {
  it('hold no two spans that overlap, and are as many as the deepest overlap', () => {
    fc.assert(
      fc.property(spans, (list) => {
        const sorted = [...list].sort(compareSpans);
        const { lanes, count } = lanesOf(sorted);
        sorted.forEach((a, i) => {
          for (let j = 0; j < i; j += 1)
            if (lanes[i] === lanes[j]) expect(overlap(a, sorted[j]!)).toBe(false);
        });
        const depth = (at: Span) =>
          sorted.filter((s) => s.startSeconds <= at.startSeconds && at.startSeconds < s.endSeconds).length;
        expect(count).toBe(Math.max(0, ...sorted.map(depth)));
      }),
    );
  });
});

describe('SpanIndex', () => {
  it('finds in a window what looking at every span finds', () => {
    fc.assert(
      fc.property(spans, time, time, (list, a, b) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        const index = new SpanIndex(list);
        const found = index.between(start, end).map((i) => index.items[i]);
        expect(found).toEqual(index.items.filter((s) => s.startSeconds <= end && s.endSeconds >= start));
      }),
    );
  });
});
