// The ring against a plain array: whatever lengths come, what is kept is the end of the stream.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Ring } from './ring.ts';

it('keeps the end of the stream, whatever lengths it comes in', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 20 }), (lengths) => {
      const ring = new Ring(16);
      const all: number[] = [];
      for (const length of lengths) {
        const samples = Float32Array.from({ length }, (_, i) => all.length + i);
        all.push(...samples);
        ring.append(samples);
      }
      expect(ring.end).toBe(all.length);
      expect(ring.start).toBe(Math.max(0, all.length - 16));
      expect([...ring.slice(ring.start, ring.end)]).toEqual(all.slice(ring.start));
    }),
  );
});

it('refuses what it does not keep', () => {
  const ring = new Ring(4);
  ring.append(new Float32Array(6));
  expect(() => ring.slice(1, 5)).toThrow(RangeError);
  expect(() => ring.slice(3, 7)).toThrow(RangeError);
});
