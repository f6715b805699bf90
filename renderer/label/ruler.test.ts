// Ticks are round, apart enough, and inside the axis.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axisSeconds, rulerTicks } from './ruler.ts';

describe('axisSeconds', () => {
  const hop = 512 / 22_050;
  it('is as long as the frames, which go beyond the sound', () => {
    expect(axisSeconds(2, hop, 87, 40)).toBeCloseTo(87 * hop, 12);
    expect(axisSeconds(2, hop, null, 40)).toBeCloseTo(87 * hop, 12);
  });

  it('holds the whole of the network’s input for a short clip', () => {
    expect(axisSeconds(0.5, hop, 22, 40)).toBeCloseTo(40 * hop, 12);
  });

  it('never ends before the sound', () => {
    expect(axisSeconds(2, hop, 80, 40)).toBe(2);
    expect(axisSeconds(2, 0, null, 0)).toBe(2);
  });
});

describe('rulerTicks', () => {
  it('writes quarters of a second on a two-second clip', () => {
    expect(rulerTicks(2, 700).map(({ text }) => text)).toEqual([
      '0 s',
      '0.25',
      '0.50',
      '0.75',
      '1.00',
      '1.25',
      '1.50',
      '1.75',
    ]);
  });

  it('has none before the width or the duration is known', () => {
    expect(rulerTicks(0, 700)).toEqual([]);
    expect(rulerTicks(2, 0)).toEqual([]);
  });

  it('keeps ticks apart and inside', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 6000, noNaN: true }),
        fc.integer({ min: 100, max: 4000 }),
        (duration, width) => {
          const places = rulerTicks(duration, width).map(({ seconds }) => (seconds / duration) * width);
          expect(places[0]).toBe(0);
          for (let i = 1; i < places.length; i += 1) {
            expect(places[i]! - places[i - 1]!).toBeGreaterThan(63.99);
            expect(places[i]!).toBeLessThan(width);
          }
        },
      ),
    );
  });
});
