// Tests of the MFCC picture's arithmetic.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitInWords, frameTicks, scaleByCoefficient } from './mfcc.ts';

describe('scaleByCoefficient', () => {
  it('gives every coefficient its own range', () => {
    const values = [
      [-600, 3, 7],
      [-200, 1, 7],
      [-400, 2, 7],
    ];
    expect(scaleByCoefficient(values)).toEqual([
      [0, 1, 0.5],
      [1, 0, 0.5],
      [0.5, 0.5, 0.5],
    ]);
  });

  it('keeps the order of values and stays in [0, 1]', () => {
    const finite = fc.double({ noNaN: true, min: -1e6, max: 1e6 });
    fc.assert(
      fc.property(fc.array(fc.tuple(finite, finite), { minLength: 1, maxLength: 60 }), (values) => {
        const scaled = scaleByCoefficient(values);
        for (const [k, frame] of scaled.entries()) {
          for (const share of frame) expect(share >= 0 && share <= 1).toBe(true);
          if (k > 0 && values[k]![0]! > values[k - 1]![0]!)
            expect(frame[0]! >= scaled[k - 1]![0]!).toBe(true);
        }
      }),
    );
  });

  it('takes a clip without frames', () => {
    expect(scaleByCoefficient([])).toEqual([]);
  });
});

describe('fitInWords', () => {
  it('names what was cut, padded or neither', () => {
    expect(fitInWords(82, 40)).toBe('cut: 42 of 82 frames not seen');
    expect(fitInWords(24, 40)).toBe('24 frames + 16 zeros');
    expect(fitInWords(40, 40)).toBe('');
  });
});

describe('frameTicks', () => {
  it('starts at 0 and keeps its distance', () => {
    expect(frameTicks(82, 700)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4000 }), fc.integer({ min: 60, max: 2000 }), (frames, width) => {
        const ticks = frameTicks(frames, width);
        expect(ticks[0]).toBe(0);
        if (ticks.length > 1) expect((ticks[1]! * width) / frames).toBeGreaterThanOrEqual(48 - 1e-9);
        expect(ticks.at(-1)!).toBeLessThan(frames);
      }),
    );
  });
});
