// Samples through their text and back, bit by bit.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeSamples, encodeSamples } from './samples.ts';

it('gives back the very samples, whatever blocks they came in', () => {
  fc.assert(
    fc.property(fc.array(fc.float32Array({ maxLength: 5000 }), { maxLength: 4 }), (blocks) => {
      const all = Float32Array.from(blocks.flatMap((block) => [...block]));
      expect(decodeSamples(encodeSamples(blocks))).toEqual(all);
    }),
    { numRuns: 20 },
  );
});

it('refuses what is no text of samples', () => {
  expect(() => decodeSamples('not base64!')).toThrow(RangeError);
  expect(() => decodeSamples(btoa('abc'))).toThrow(RangeError);
});
