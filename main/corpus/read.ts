// Reads an audio file once: the hash of its content and what its header says, or why it is no good.
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { AudioError } from '../audio/audioError.ts';
import { readHeader } from '../audio/decode.ts';
import type { AsyncByteSource } from '../audio/source.ts';
import type { AudioFacts } from '../store/indexing.ts';
import { opinionBeside } from './opinion.ts';
import { codeOf } from './scan.ts';

const CHUNK_BYTES = 1 << 20;

const NO_AUDIO = { durationSeconds: 0, sampleRateHz: 0, channels: 0, encoding: '' };

/** Says in words why the system would not give a file. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'may not be read by this user'],
  ['EPERM', 'may not be read by this user'],
  ['ENOENT', 'was gone when it was to be read'],
  ['EIO', 'cannot be read: the disk reports an error'],
  ['ELOOP', 'is a link that leads in a circle'],
]);

/** Reads files one after another into the same memory; several readers work side by side. */
export interface AudioReader {
  /**
   * @param file absolute @param path named where the header is at fault
   * @throws only what `signal` was aborted with; whatever is wrong with the file is its `audioDefect`
   */
  read(file: string, path: string, signal?: AbortSignal): Promise<AudioFacts>;
}

export function audioReader(): AudioReader {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  return {
    async read(file, path, signal) {
      try {
        const handle = await open(file);
        try {
          const heard = await readOpened(handle, path, buffer, signal);
          return { ...heard, opinion: await opinionBeside(file) };
        } finally {
          await handle.close();
        }
      } catch (error) {
        signal?.throwIfAborted();
        return defective(systemReason(error));
      }
    },
  };
}

/** For a file that could not be read at all. */
export function defective(reason: string): AudioFacts {
  return {
    ...NO_AUDIO,
    audioDefect: reason,
    sizeBytes: null,
    modifiedMs: null,
    contentHash: null,
    opinion: null,
  };
}

/** The system's complaint about a file, as a clause. */
export function systemReason(error: unknown): string {
  const code = codeOf(error);
  return REASONS.get(code) ?? `cannot be read (${code})`;
}

async function readOpened(
  handle: FileHandle,
  path: string,
  buffer: Buffer,
  signal: AbortSignal | undefined,
): Promise<Omit<AudioFacts, 'opinion'>> {
  const { size, mtimeMs } = await handle.stat();
  const hash = createHash('sha256');
  const head = buffer.subarray(0, await fill(handle, buffer, 0));
  hash.update(head);
  // While the head is still in the buffer: the chunks behind it take its place.
  const header = await headerOf(handle, head, size, path);
  let readBytes = head.length;
  while (readBytes < size) {
    signal?.throwIfAborted();
    const length = await fill(handle, buffer, readBytes);
    if (length === 0) break;
    hash.update(buffer.subarray(0, length));
    readBytes += length;
  }
  // Written to meanwhile: kept without its time, so that the next opening reads it again.
  if (readBytes !== size) return defective('changed while it was read');
  return { ...header, sizeBytes: size, modifiedMs: mtimeMs, contentHash: hash.digest('hex') };
}

/** Fills the buffer from `position` on; returns fewer bytes than it holds only at the end of the file. */
async function fill(handle: FileHandle, buffer: Buffer, position: number): Promise<number> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

type HeaderFacts = Pick<
  AudioFacts,
  'durationSeconds' | 'sampleRateHz' | 'channels' | 'encoding' | 'audioDefect'
>;

async function headerOf(
  handle: FileHandle,
  head: Buffer,
  byteLength: number,
  path: string,
): Promise<HeaderFacts> {
  const source: AsyncByteSource = {
    byteLength,
    async read(offset, length) {
      if (offset + length <= head.length || head.length >= byteLength) {
        return head.subarray(offset, offset + length);
      }
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, await fill(handle, bytes, offset));
    },
  };
  try {
    const header = await readHeader(source, path);
    const { durationSeconds, sampleRateHz, channels, encoding } = header;
    return { durationSeconds, sampleRateHz, channels, encoding, audioDefect: null };
  } catch (error) {
    if (!(error instanceof AudioError)) throw error;
    return { ...NO_AUDIO, audioDefect: error.reason };
  }
}
