// A window of a track as one piece of bytes: beside other fields a file crosses as a form, which takes a page long to read.
import { trackWindowSchema, type TrackWindow } from './schemas/tracks.ts';

const LENGTH_BYTES = 4;
/** Records start at a multiple of this. */
const ALIGNMENT = 8;

/** @param data whole records, little-endian: fewer than asked for where they are not computed yet */
export function packWindow(window: TrackWindow, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(JSON.stringify(trackWindowSchema.parse(window)));
  const start = Math.ceil((LENGTH_BYTES + head.length) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(start + data.length);
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, LENGTH_BYTES);
  bytes.set(data, start);
  return bytes;
}

/** @throws SyntaxError, RangeError for bytes that packWindow did not make */
export function unpackWindow(bytes: ArrayBuffer): TrackWindow & { data: ArrayBuffer } {
  const length = new DataView(bytes).getUint32(0, true);
  const head = new TextDecoder().decode(new Uint8Array(bytes, LENGTH_BYTES, length));
  const start = Math.ceil((LENGTH_BYTES + length) / ALIGNMENT) * ALIGNMENT;
  return { ...(JSON.parse(head) as TrackWindow), data: bytes.slice(start) };
}
