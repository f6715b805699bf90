// Spare memory: used again by whoever needs as much or less, never by two at once.
import { expect, test } from 'vitest';
import { giveFloats, takeFloats } from './spare.ts';

test('memory that is given back serves the next that it is large enough for, once', () => {
  const first = takeFloats(1000);
  giveFloats(first);
  giveFloats(first.subarray(10));
  expect(takeFloats(1001).buffer).not.toBe(first.buffer);
  const again = takeFloats(10);
  expect(again.buffer).toBe(first.buffer);
  expect(again).toHaveLength(10);
  expect(takeFloats(10).buffer).not.toBe(first.buffer);
});

test('memory of others, and too much of it, is not kept', () => {
  const foreign = new Float32Array(5000);
  giveFloats(foreign);
  const large = takeFloats((1 << 20) + 1);
  giveFloats(large);
  const many = Array.from({ length: 100 }, () => takeFloats(5000));
  many.forEach(giveFloats);
  const given = new Set<ArrayBufferLike>(many.map(({ buffer }) => buffer));
  const taken = Array.from({ length: 100 }, () => takeFloats(5000).buffer);
  expect(taken.filter((buffer) => given.has(buffer))).toHaveLength(4);
  expect(taken).not.toContain(foreign.buffer);
  expect(taken).not.toContain(large.buffer);
});
