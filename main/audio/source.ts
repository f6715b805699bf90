// A file as byte ranges, and parsers that ask for the ranges they want: one parser serves memory, disk and indexer.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/**
 * Bytes of a file. `read` returns exactly `length` bytes, fewer only at the end of the file. What it returns is good
 * until the source is closed; where the caller lends memory for them, until that is used again.
 */
export interface ByteSource {
  readonly byteLength: number;
  read(offset: number, length: number, into?: Uint8Array): Uint8Array;
}

/** The same, where reading takes its time. */
export interface AsyncByteSource {
  readonly byteLength: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A byte range that a parser wants next; it is resumed with those bytes (fewer at the end of the file). */
export interface Range {
  readonly offset: number;
  readonly length: number;
}
export type Parser<T> = Generator<Range, T, Uint8Array>;

export function parse<T>(parser: Parser<T>, source: ByteSource): T {
  let step = parser.next();
  while (!step.done) step = parser.next(source.read(step.value.offset, step.value.length));
  return step.value;
}

export async function parseAsync<T>(parser: Parser<T>, source: AsyncByteSource): Promise<T> {
  let step = parser.next();
  while (!step.done) step = parser.next(await source.read(step.value.offset, step.value.length));
  return step.value;
}

export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    byteLength: bytes.byteLength,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
}

/** A file of at most this many bytes is read at once. */
const WHOLE_BYTES = 1 << 20;

export interface FileSource extends ByteSource {
  /** Any number of times. */
  close(): void;
}

/**
 * Opens a file. It is read synchronously: what reads it decodes it, which takes many times longer than the reading,
 * and four turns of the event loop a clip take longer than both.
 *
 * @throws the file system's error
 */
export function openFileSource(path: string): FileSource {
  const file = openSync(path, 'r');
  try {
    const stats = fstatSync(file);
    if (stats.isDirectory()) throw Object.assign(new Error(`${path} is a folder`), { code: 'EISDIR' });
    const { size } = stats;
    if (size <= WHOLE_BYTES) {
      const memory = spare.pop() ?? new Uint8Array(WHOLE_BYTES);
      const filled = fill(file, memory.subarray(0, size), 0);
      closeSync(file);
      let isOpen = true;
      return {
        ...bytesSource(memory.subarray(0, filled)),
        close() {
          if (isOpen) spare.push(memory);
          isOpen = false;
        },
      };
    }
    let isOpen = true;
    return {
      byteLength: size,
      read(offset, length, into) {
        const count = Math.max(0, Math.min(length, size - offset));
        const bytes = into?.subarray(0, count) ?? new Uint8Array(count);
        return bytes.subarray(0, fill(file, bytes, offset));
      },
      close() {
        if (isOpen) closeSync(file);
        isOpen = false;
      },
    };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** Memory of files that are closed: taken anew for every clip it would cost as much as the reading. */
const spare: Uint8Array<ArrayBuffer>[] = [];

/** Returns the bytes read: fewer than there is room for only at the end of the file. */
function fill(file: number, bytes: Uint8Array, offset: number): number {
  let filled = 0;
  while (filled < bytes.length) {
    const got = readSync(file, bytes, filled, bytes.length - filled, offset + filled);
    if (got === 0) break;
    filled += got;
  }
  return filled;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes as Latin-1. */
export function text(bytes: Uint8Array, offset: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + length));
}

/** A chunk id for a person: control and non-ASCII bytes shown as dots. */
export function quote(id: string): string {
  return `"${id.replace(/[^\x20-\x7e]/g, '.')}"`;
}
