// The one door for audio files: what a file is, is judged by its content, never by its name.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AudioError } from './audioError.ts';
import type { AudioHeader, Block } from './format.ts';
import { parseAudio } from './formats.ts';
import { resampleBlocks, resampledLength } from './resample.ts';
import { giveFloats, takeFloats } from './spare.ts';
import { openFileSource, parse, parseAsync, type AsyncByteSource, type FileSource } from './source.ts';
import { encodeWavBlocks, toMono, type DecodedAudio } from './wav.ts';

/** What is wrong with a path, by the operating system's code. */
const FILE_FAULTS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'does not exist'],
  ['EISDIR', 'is a folder, not a file'],
  ['EACCES', 'may not be read: permission denied'],
  ['EPERM', 'may not be read: permission denied'],
  ['EIO', 'cannot be read: the disk reports a fault'],
]);

/** Most samples that are held at once, of all channels together: a GB of floats. */
const MAX_SAMPLES = 1 << 28;
/** Most samples of a recording that is handed over for playback as one file: ten minutes of stereo at 48 kHz fit. */
const MAX_PLAYED_SAMPLES = 1 << 26;
/** Longest stretch of decoding between two turns of the event loop. */
const TURN_MILLISECONDS = 20;

/**
 * A file being decoded. Iterating gives its samples once, in blocks, and closes it; the event loop gets its turns. A
 * block's memory may be used again when the next one is asked for.
 */
export interface AudioFile extends AsyncIterable<Block> {
  readonly header: AudioHeader;
  /** For who does not iterate to the end. */
  close(): void;
}

/**
 * Opens an audio file of any readable format; of its samples there is never more in memory than a block.
 *
 * @throws AudioError naming the file, now or while iterating
 */
export async function openAudio(path: string): Promise<AudioFile> {
  const { header, blocks, close } = await open(path);
  return {
    header,
    close,
    async *[Symbol.asyncIterator]() {
      for await (const block of inTurns(blocks)) {
        yield block;
        block.forEach(giveFloats);
      }
    },
  };
}

/**
 * Decodes an audio file of any readable format.
 *
 * @throws AudioError naming the file; too-long for more than 2^28 samples, of all channels together
 */
export async function decodeAudioFile(path: string): Promise<DecodedAudio> {
  const { header, blocks, close } = await open(path);
  try {
    assertLength(header, header.frames * header.channels, MAX_SAMPLES, path);
    const collected: Block[] = [];
    for await (const block of inTurns(blocks)) collected.push(block);
    const channels = Array.from({ length: header.channels }, (_, channel) =>
      join(collected.map((block) => block[channel]!)),
    );
    return { sampleRateHz: header.sampleRateHz, channels };
  } finally {
    close();
  }
}

/**
 * Reads what an audio file says about itself, without decoding it: a few small reads for most files.
 *
 * @throws AudioError naming the file
 */
export async function readAudioHeader(path: string): Promise<AudioHeader> {
  const source = openSource(path);
  try {
    return parse(parseAudio(source.byteLength, path), source).header;
  } catch (error) {
    throw audioErrorOf(error, path);
  } finally {
    source.close();
  }
}

/** The same, of bytes that the caller reads. @throws AudioError naming `path`, and what `source` throws */
export async function readHeader(source: AsyncByteSource, path: string): Promise<AudioHeader> {
  return (await parseAsync(parseAudio(source.byteLength, path), source)).header;
}

/** A file that can be read anywhere. */
export interface AudioReader {
  readonly header: AudioHeader;
  /** `frames` samples from `first` on, fewer at the end. @throws AudioError */
  read(first: number, frames: number): Block;
  close(): void;
}

/**
 * Opens a file to read stretches of it without what lies before; null where its format must be decoded from the start.
 *
 * @throws AudioError naming the file
 */
export function openReader(path: string): AudioReader | null {
  const source = openSource(path);
  try {
    const { header, decodeWindow } = parse(parseAudio(source.byteLength, path), source);
    if (!decodeWindow) {
      source.close();
      return null;
    }
    return {
      header,
      close: () => source.close(),
      read(first, frames) {
        const count = Math.max(0, Math.min(frames, header.frames - first));
        try {
          const blocks = [...decodeWindow(source, first, count)];
          return Array.from({ length: header.channels }, (_, channel) =>
            blocks.length === 0 ? new Float32Array(0) : join(blocks.map((block) => block[channel]!)),
          );
        } catch (error) {
          throw audioErrorOf(error, path);
        }
      },
    };
  } catch (error) {
    source.close();
    throw audioErrorOf(error, path);
  }
}

/** A file mixed down and resampled, on its way. */
export interface MonoStream extends AsyncIterable<Float32Array> {
  readonly header: AudioHeader;
  /** Samples that will come. */
  readonly frames: number;
  /**
   * All of them in one array, in place of iterating; the event loop gets its turns. Who is done with it may give it
   * back (giveFloats). @throws AudioError too-long
   */
  whole(): Promise<Float32Array>;
  close(): void;
}

/**
 * Opens a file to be mixed down (mean of the channels) and resampled while it is read, in bounded memory. A block is
 * overwritten when the next one is asked for.
 *
 * @returns blocks of mono samples at `sampleRateHz`, full scale +-1
 * @throws AudioError naming the file, now or while iterating
 */
export async function openMono(path: string, sampleRateHz: number): Promise<MonoStream> {
  const { header, blocks, close } = await open(path);
  const mono = monoBlocks(blocks, header.sampleRateHz, sampleRateHz, path);
  const frames = resampledLength(header.frames, header.sampleRateHz, sampleRateHz);
  return {
    header,
    frames,
    async whole() {
      try {
        assertLength(header, frames, MAX_SAMPLES, path);
        return await collect(mono, frames, header.sampleRateHz === sampleRateHz);
      } finally {
        close();
      }
    },
    close,
    async *[Symbol.asyncIterator]() {
      yield* inTurns(mono);
    },
  };
}

/**
 * Decodes a file, mixes it down (mean of the channels) and resamples it. Beside the result there is never more than a
 * block of the file in memory.
 *
 * @returns mono samples at `sampleRateHz`, full scale +-1
 * @throws AudioError naming the file; too-long for more than 2^28 samples at that rate
 */
export async function loadMono(path: string, sampleRateHz: number): Promise<Float32Array> {
  return (await openMono(path, sampleRateHz)).whole();
}

/** @param lasting blocks are not overwritten by the next: a single one is the signal */
async function collect(
  blocks: Iterable<Float32Array>,
  frames: number,
  lasting: boolean,
): Promise<Float32Array> {
  let output = new Float32Array(0);
  let filled = 0;
  let turn = performance.now();
  for (const block of blocks) {
    if (block.length === frames && lasting) return block;
    if (filled + block.length > output.length) output = grown(output, filled + block.length, frames);
    output.set(block, filled);
    filled += block.length;
    if (performance.now() - turn > TURN_MILLISECONDS) {
      await nextTurn();
      turn = performance.now();
    }
  }
  return filled === output.length ? output : output.subarray(0, filled);
}

/**
 * The file as a 16-bit WAV, for players that know nothing else.
 *
 * @throws AudioError naming the file; too-long for more than 2^26 samples, of all channels together
 */
export async function playableWav(path: string): Promise<Uint8Array> {
  const { header, blocks, close } = await open(path);
  try {
    assertLength(header, header.frames * header.channels, MAX_PLAYED_SAMPLES, path);
    return await encodeWavBlocks(inTurns(blocks), header);
  } finally {
    close();
  }
}

interface Opened {
  readonly header: AudioHeader;
  /** The samples; the file is closed behind the last one, and where it turns out to be damaged. */
  readonly blocks: Generator<Block, void, undefined>;
  close(): void;
}

async function open(path: string): Promise<Opened> {
  const source = openSource(path);
  try {
    const audio = parse(parseAudio(source.byteLength, path), source);
    const blocks = closing(await audio.decode(source), source, path);
    // A generator that has not begun has nothing to clean up.
    const close = (): void => {
      blocks.return();
      source.close();
    };
    return { header: audio.header, blocks, close };
  } catch (error) {
    source.close();
    throw audioErrorOf(error, path);
  }
}

function* closing(
  blocks: Iterable<Block>,
  source: FileSource,
  path: string,
): Generator<Block, void, undefined> {
  try {
    yield* blocks;
  } catch (error) {
    throw audioErrorOf(error, path);
  } finally {
    source.close();
  }
}

async function* inTurns<T>(values: Iterable<T>): AsyncGenerator<T, void, undefined> {
  let turn = performance.now();
  for (const value of values) {
    yield value;
    if (performance.now() - turn > TURN_MILLISECONDS) {
      await nextTurn();
      turn = performance.now();
    }
  }
}

function* monoBlocks(
  blocks: Iterable<Block>,
  fromRateHz: number,
  toRateHz: number,
  path: string,
): Generator<Float32Array, void, undefined> {
  try {
    yield* resampleBlocks(mixed(blocks, fromRateHz !== toRateHz), fromRateHz, toRateHz);
  } catch (error) {
    if (error instanceof RangeError) throw new AudioError('bad-rate', path, error.message, { cause: error });
    throw error;
  }
}

/** @param lent what comes out is needed no longer once the next is asked for */
function* mixed(blocks: Iterable<Block>, lent: boolean): Generator<Float32Array, void, undefined> {
  for (const block of blocks) {
    const mono = toMono(block);
    if (block.length > 1) block.forEach(giveFloats);
    yield mono;
    if (lent) giveFloats(mono);
  }
}

/** What a header says is believed up to this many samples; beyond, memory grows with what is there. */
const BELIEVED_SAMPLES = 1 << 22;

/** The values in a longer array: as long as the signal will be, or twice as long, at least `least`. */
function grown(values: Float32Array, least: number, expected: number): Float32Array<ArrayBuffer> {
  const length = Math.min(expected, Math.max(2 * values.length, BELIEVED_SAMPLES));
  const longer = takeFloats(Math.max(least, length));
  longer.set(values);
  return longer;
}

/** All blocks in one array; a single one is returned as it is. */
function join(blocks: readonly Float32Array[]): Float32Array {
  if (blocks.length === 1) return blocks[0]!;
  const joined = new Float32Array(blocks.reduce((sum, block) => sum + block.length, 0));
  let at = 0;
  for (const block of blocks) {
    joined.set(block, at);
    at += block.length;
  }
  return joined;
}

function assertLength(header: AudioHeader, samples: number, most: number, path: string): void {
  if (samples <= most) return;
  const minutes = (header.durationSeconds / 60).toFixed(1);
  const limit = ((most / samples) * (header.durationSeconds / 60)).toFixed(1);
  throw new AudioError(
    'too-long',
    path,
    `is too long for this: ${minutes} minutes, of which ${limit} are possible`,
  );
}

function openSource(path: string): FileSource {
  try {
    return openFileSource(path);
  } catch (error) {
    throw audioErrorOf(error, path);
  }
}

function audioErrorOf(error: unknown, path: string): unknown {
  if (error instanceof AudioError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === '') return error;
  const reason = FILE_FAULTS.get(code) ?? `cannot be read (${code})`;
  return new AudioError('unreadable', path, reason, { cause: error });
}
