// Frames through JSON and back: bytes as bytes, everything else as it was.
import { expect, it } from 'vitest';
import type { HostToEngine } from './messages.ts';
import { fromText, toText } from './text-frames.ts';

const through = (message: HostToEngine): HostToEngine =>
  fromText(JSON.parse(JSON.stringify(toText(message))) as HostToEngine);

it.each<HostToEngine>([
  { type: 'open', connection: 1 },
  { type: 'data', connection: 2, data: '{"base64":"text that looks like bytes"}' },
  { type: 'data', connection: 3, data: Uint8Array.from({ length: 300 }, (_, i) => i) },
  // A part of a larger buffer.
  { type: 'data', connection: 4, data: new Uint8Array([1, 2, 3, 4, 5]).subarray(1, 4) },
  { type: 'shutdown' },
])('brings $type back as it was', (message) => {
  expect(through(message)).toEqual(message);
  expect(fromText(message)).toEqual(message);
});

it('brings a buffer back as its bytes', () => {
  const data = Uint8Array.of(7, 8, 9);
  expect(through({ type: 'data', connection: 5, data: data.buffer })).toEqual({
    type: 'data',
    connection: 5,
    data,
  });
});
