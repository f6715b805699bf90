// Bytes as a file for as long as somebody reads it: decoders take files, and what a page drops is bytes.
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Those that are there now: a process that leaves in the middle takes them with it. */
const present = new Set<string>();
process.once('exit', () => {
  for (const file of present) rmSync(file, { force: true });
});

/** Runs `read` on a file that holds `bytes`, readable by this user alone and gone afterwards, whatever happens. */
export async function withTemporaryFile<Read>(
  bytes: Uint8Array,
  read: (file: string) => Promise<Read>,
): Promise<Read> {
  const file = path.join(tmpdir(), `pathos-${randomUUID()}`);
  present.add(file);
  try {
    // 'wx': never through a link that somebody else has put there.
    closeSync(openSync(file, 'wx', 0o600));
    // 'r+': it never comes back once a process that leaves has taken it away.
    await writeFile(file, bytes, { flag: 'r+' });
    return await read(file);
  } finally {
    await rm(file, { force: true });
    present.delete(file);
  }
}
