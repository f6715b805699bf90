// Tests of the seeded random numbers.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, shuffle, xoshiro128 } from './random.ts';

describe('xoshiro128**', () => {
  it('gives the numbers of the reference implementation', () => {
    const next = xoshiro128([1, 2, 3, 4]);
    expect(Array.from({ length: 8 }, next)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849,
    ]);
  });
});

describe('createRandom', () => {
  it('repeats itself for a seed and a name, and for nothing else', () => {
    const draw = (seed: number, stream: string): number[] => {
      const random = createRandom(seed, stream);
      return Array.from({ length: 16 }, () => random.uint32());
    };
    fc.assert(
      fc.property(fc.integer({ min: 0 }), fc.string(), (seed, stream) => {
        expect(draw(seed, stream)).toEqual(draw(seed, stream));
        expect(draw(seed, stream)).not.toEqual(draw(seed + 1, stream));
        expect(draw(seed, stream)).not.toEqual(draw(seed, `${stream}x`));
      }),
    );
  });

  it('has the moments of its distributions', () => {
    const random = createRandom(1, 'moments');
    const moments = (draw: () => number): [number, number] => {
      const values = Array.from({ length: 100_000 }, draw);
      const mean = values.reduce((a, b) => a + b) / values.length;
      return [mean, values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length];
    };
    const [uniformMean, uniformVariance] = moments(() => random.uniform());
    expect(uniformMean).toBeCloseTo(0.5, 2);
    expect(uniformVariance).toBeCloseTo(1 / 12, 2);
    const [normalMean, normalVariance] = moments(() => random.normal());
    expect(Math.abs(normalMean)).toBeLessThan(0.015);
    expect(Math.abs(normalVariance - 1)).toBeLessThan(0.02);
  });

  it('keeps integers inside their bound and reaches every one of them', () => {
    const random = createRandom(2, 'integers');
    const seen = new Set(Array.from({ length: 500 }, () => random.integer(7)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});

describe('shuffle', () => {
  it('returns a permutation, the same for the same seed', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer({ min: 0 }), (items, seed) => {
        const once = shuffle([...items], createRandom(seed, 's'));
        expect(once.toSorted((a, b) => a - b)).toEqual(items.toSorted((a, b) => a - b));
        expect(shuffle([...items], createRandom(seed, 's'))).toEqual(once);
      }),
    );
  });

  it('gives all orders of three alike', () => {
    const random = createRandom(3, 'orders');
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = shuffle([0, 1, 2], random).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
