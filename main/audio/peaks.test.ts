// The outline is what the samples say, however the blocks fall.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PEAK_SCALE, PeakFinder, SAMPLES_PER_PEAK } from './peaks.ts';

test('pairs are the least and largest of their samples over all channels, whatever the blocks', () => {
  const signal = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 400 });
  fc.assert(
    fc.property(
      signal,
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 9 }),
      (values, sizes) => {
        const left = Float32Array.from(values);
        const right = Float32Array.from(values, (value) => -value / 2);
        const pairs: [number, number][] = [];
        const finder = new PeakFinder((low, high) => pairs.push([low, high]));
        for (let at = 0, i = 0; at < left.length; at += sizes[i % sizes.length]!, i++) {
          const end = at + sizes[i % sizes.length]!;
          finder.add([left.subarray(at, end), right.subarray(at, end)]);
        }
        finder.finish();
        expect(pairs).toHaveLength(Math.ceil(left.length / SAMPLES_PER_PEAK));
        pairs.forEach(([low, high], i) => {
          const part = [left, right].flatMap((c) => [
            ...c.subarray(i * SAMPLES_PER_PEAK, (i + 1) * SAMPLES_PER_PEAK),
          ]);
          expect(low).toBeCloseTo(Math.round(Math.min(...part) * PEAK_SCALE));
          expect(high).toBeCloseTo(Math.round(Math.max(...part) * PEAK_SCALE));
        });
      },
    ),
  );
});

test('what goes beyond full scale is drawn at it', () => {
  const pairs: number[][] = [];
  const finder = new PeakFinder((...pair) => pairs.push(pair));
  finder.add([Float32Array.of(1.5, -3)]);
  finder.finish();
  expect(pairs).toEqual([[-PEAK_SCALE, PEAK_SCALE]]);
});
