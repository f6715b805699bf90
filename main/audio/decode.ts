// The one door for audio files: what a file is, is judged by its content, never by its name.
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { AudioError } from './audioError.ts';
import { resample } from './resample.ts';
import { decodeWav, readWavHeader, toMono } from './wav.ts';
import type { ByteSource, DecodedAudio, WavHeader } from './wav.ts';

/** One read of this many bytes holds the header of nearly every file. */
const HEAD_BYTES = 4096;

/** What is wrong with a path, by the operating system's code. */
const FILE_FAULTS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'does not exist'],
  ['EISDIR', 'is a folder, not a file'],
  ['EACCES', 'may not be read: permission denied'],
  ['EPERM', 'may not be read: permission denied'],
  ['EIO', 'cannot be read: the disk reports a fault'],
  ['ERR_FS_FILE_TOO_LARGE', 'is too large to decode (over 2 GB)'],
  ['ERR_OUT_OF_RANGE', 'is too large to decode'],
]);

/**
 * Decodes an audio file of any readable format.
 *
 * @throws AudioError naming the file
 */
export async function decodeAudioFile(path: string): Promise<DecodedAudio> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  return decodeWav(bytes, path);
}

/**
 * Reads what an audio file says about itself, without decoding it: one small read for most files.
 *
 * @throws AudioError naming the file
 */
export async function readAudioHeader(path: string): Promise<WavHeader> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    return await readWavHeader(await fileSource(file, path), path);
  } catch (error) {
    throw error instanceof AudioError ? error : unreadable(path, error);
  } finally {
    await file?.close();
  }
}

/**
 * Decodes a file, mixes it down (mean of the channels) and resamples it.
 *
 * @returns mono samples at `sampleRateHz`, full scale +-1
 * @throws AudioError naming the file
 */
export async function loadMono(path: string, sampleRateHz: number): Promise<Float32Array> {
  return monoAt(await decodeAudioFile(path), path, sampleRateHz);
}

/**
 * As loadMono, for a thread that has nothing else to do: reads without giving way, into memory that it keeps. Twice
 * as fast for short files, and threads side by side don't wait for each other's pages.
 *
 * @returns samples that hold until the next call
 * @throws AudioError naming the file
 */
export async function loadMonoBlocking(path: string, sampleRateHz: number): Promise<Float32Array> {
  let channels = 0;
  const bytes = readInto(keptBytes, path);
  const audio = decodeWav(bytes, path, (samples) => {
    const kept = (keptSamples[channels++] ??= { values: new Float32Array(0) });
    if (kept.values.length < samples) {
      const values = new Float32Array(samples);
      if (samples > MAX_KEPT) return values;
      kept.values = values;
    }
    return kept.values.subarray(0, samples);
  });
  return monoAt(audio, path, sampleRateHz);
}

/** Longer files than this, in bytes or samples of a channel, get memory of their own. */
const MAX_KEPT = 8 * 2 ** 20;
const keptBytes = { values: new Uint8Array(0) };
const keptSamples: { values: Float32Array }[] = [];

/** A file's content, in kept memory where it is not too long. @throws AudioError naming the file */
function readInto(kept: { values: Uint8Array }, path: string): Uint8Array {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const { size } = fstatSync(file);
    if (size > MAX_KEPT) return readFileSync(file);
    // One byte more: a file that grows meanwhile shows itself.
    if (kept.values.length <= size) kept.values = new Uint8Array(size + 1);
    const length = readSync(file, kept.values);
    return length === size ? kept.values.subarray(0, size) : readFileSync(path);
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

async function monoAt(
  { channels, sampleRateHz: fileRateHz }: DecodedAudio,
  path: string,
  sampleRateHz: number,
): Promise<Float32Array> {
  try {
    return await resample(toMono(channels), fileRateHz, sampleRateHz);
  } catch (error) {
    if (error instanceof RangeError) throw new AudioError('bad-rate', path, error.message, { cause: error });
    throw error;
  }
}

async function fileSource(file: FileHandle, path: string): Promise<ByteSource> {
  const stats = await file.stat();
  if (stats.isDirectory()) throw new AudioError('unreadable', path, FILE_FAULTS.get('EISDIR')!);
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  };
  const head = await read(0, Math.min(HEAD_BYTES, stats.size));
  return {
    byteLength: stats.size,
    read: async (offset, length) =>
      offset + length <= head.length ? head.subarray(offset, offset + length) : read(offset, length),
  };
}

function unreadable(path: string, error: unknown): AudioError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = FILE_FAULTS.get(code) ?? `cannot be read (${code || String(error)})`;
  return new AudioError('unreadable', path, reason, { cause: error });
}
