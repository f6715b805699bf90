// Stretches of files that may still be growing.
import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** `length` bytes from `offset` on, fewer at the end of the file. @throws the file system's error */
export function readBytes(path: string, offset: number, length: number): Uint8Array<ArrayBuffer> {
  const file = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const got = readSync(file, bytes, filled, length - filled, offset + filled);
      if (got === 0) break;
      filled += got;
    }
    return filled === length ? bytes : bytes.slice(0, filled);
  } finally {
    closeSync(file);
  }
}

/** How long a file is by now; 0 where there is none. */
export function fileBytes(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
