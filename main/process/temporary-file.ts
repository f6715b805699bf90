// Bytes as a file for as long as somebody reads it: decoders take files, and what a page drops is bytes.
import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Runs `read` on a file that holds `bytes`, readable by this user alone and gone afterwards, whatever happens. */
export async function withTemporaryFile<Read>(
  bytes: Uint8Array,
  read: (file: string) => Promise<Read>,
): Promise<Read> {
  const file = path.join(tmpdir(), `pathos-${randomUUID()}`);
  try {
    // 'wx': never through a link that somebody else has put there.
    await writeFile(file, bytes, { mode: 0o600, flag: 'wx' });
    return await read(file);
  } finally {
    await rm(file, { force: true });
  }
}
