// Ticks are round, apart enough, and inside the axis.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rulerTicks } from './ruler.ts';

const texts = (...given: Parameters<typeof rulerTicks>): string[] =>
  rulerTicks(...given).map(({ text }) => text);

describe('rulerTicks', () => {
  it('writes quarters of a second on a two-second clip', () => {
    expect(texts(2, 700)).toEqual(['0 s', '0.25', '0.50', '0.75', '1.00', '1.25', '1.50', '1.75']);
  });

  it('starts where the view starts, on round times', () => {
    expect(texts(10.1, 500, 100, 10)).toEqual(['10.02', '10.04', '10.06', '10.08']);
    expect(texts(0.0126, 640, 64, 0.012)).toEqual(['0.0121', '0.0122', '0.0123', '0.0124', '0.0125']);
  });

  it('tells minutes from the first one on', () => {
    expect(texts(600, 500)).toEqual(['0 s', '2:00', '4:00', '6:00', '8:00']);
    expect(texts(61, 400, 64, 60)).toEqual(['1:00.25', '1:00.50', '1:00.75']);
  });

  it('has none before the width or the duration is known', () => {
    expect(rulerTicks(0, 700)).toEqual([]);
    expect(rulerTicks(2, 0)).toEqual([]);
  });

  it('keeps ticks apart and inside', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 3000, noNaN: true }),
        fc.double({ min: 0, max: 600, noNaN: true }),
        fc.integer({ min: 100, max: 4000 }),
        (span, start, width) => {
          const places = rulerTicks(start + span, width, 64, start).map(
            ({ seconds }) => ((seconds - start) / span) * width,
          );
          for (let i = 0; i < places.length; i += 1) {
            if (i > 0) expect(places[i]! - places[i - 1]!).toBeGreaterThan(63.9);
            expect(places[i]!).toBeGreaterThanOrEqual(-0.01);
            expect(places[i]!).toBeLessThan(width);
          }
        },
      ),
    );
  });
});
