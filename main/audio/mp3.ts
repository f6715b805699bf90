// MPEG audio (MP3, and layers I and II): frames found and counted here, decoded by minimp3 as WebAssembly.
import { AudioError } from './audioError.ts';
import type { AudioFormat, AudioHeader, Block, Blocks } from './format.ts';
import { skipId3 } from './id3.ts';
import { instantiate, type NativeBase } from './native/instance.ts';
import { WASM_BASE64 } from './native/mpeg.wasm.ts';
import { text, viewOf, type ByteSource, type Parser } from './source.ts';

export interface Mp3Layout extends AudioHeader {
  /** The first frame with sound in it. */
  readonly audioOffset: number;
  /** Frames with sound in them. */
  readonly frameCount: number;
  /** Samples at the start that are the codec's, not the recording's. */
  readonly toSkip: number;
  readonly stream: FrameHeader;
}

export const MP3: AudioFormat<Mp3Layout> = { parse: parseMp3, decode: decodeMp3 };

interface FrameHeader {
  layer: 1 | 2 | 3;
  sampleRateHz: number;
  channels: 1 | 2;
  /** Samples a channel. */
  frames: number;
  /** Of the whole frame. */
  bytes: number;
  /** Between the header and the data of layer III, with the checksum. */
  sideBytes: number;
}

const HEADER_BYTES = 4;
/** 384 kbit/s at 8 kHz and beyond: no frame is longer. */
const MAX_FRAME_BYTES = 8192;
const WINDOW_BYTES = 1 << 18;
/** What a decoder adds to the delay that the encoder writes down (LAME's tag, and every decoder since). */
const DECODER_DELAY = 529;
/** Frames that may refer to data before the first: nothing can be decoded from them, their time passes in silence. */
const RESERVOIR_FRAMES = 16;
/** Nothing but padding may lie between the tags and the first frame. */
const MAX_PADDING_BYTES = 1 << 16;

/** Whether the bytes start with a frame header. ADTS (AAC) has layer 0 there. */
export function isMpegAudio(head: Uint8Array): boolean {
  return frameHeaderAt(head, 0) !== undefined;
}

function* parseMp3(fileBytes: number, path: string): Parser<Mp3Layout> {
  const offset = yield* skipPadding(yield* skipId3(path), fileBytes, path);
  const head = yield { offset, length: MAX_FRAME_BYTES };
  const first = frameHeaderAt(head, 0);
  if (!first) throw new AudioError('not-audio', path, 'has no MPEG audio frame where one should begin');
  if (head.length < first.bytes)
    throw new AudioError('truncated', path, 'is cut short: it ends within its first frame');
  const tag = readTag(head.subarray(0, first.bytes), first);
  const audioOffset = offset + (tag ? first.bytes : 0);
  if (tag?.bytes !== undefined && offset + tag.bytes > fileBytes) {
    const what = `it claims ${tag.bytes} bytes, the file has ${fileBytes - offset}`;
    throw new AudioError('truncated', path, `is cut short or its header lies: ${what}`);
  }
  const frameCount = tag?.frameCount ?? (yield* countFrames(audioOffset, first, fileBytes, path));
  const toSkip = tag?.delay === undefined ? 0 : tag.delay + DECODER_DELAY;
  const trimmed = tag?.delay === undefined ? 0 : tag.delay + tag.padding!;
  const frames = frameCount * first.frames - trimmed;
  if (frames < 1) throw new AudioError('empty', path, 'holds no samples');
  const { sampleRateHz, channels, layer } = first;
  const encoding = layer === 3 ? 'MP3' : `MPEG layer ${'I'.repeat(layer)}`;
  return {
    ...{ encoding, sampleRateHz, channels, frames, durationSeconds: frames / sampleRateHz },
    ...{ audioOffset, frameCount, toSkip, stream: first },
  };
}

/** Some writers leave zeros behind their tags. */
function* skipPadding(offset: number, fileBytes: number, path: string): Parser<number> {
  const bytes = yield { offset, length: Math.min(MAX_PADDING_BYTES, Math.max(0, fileBytes - offset)) };
  const at = bytes.findIndex((byte) => byte !== 0);
  if (at < 0)
    throw new AudioError('truncated', path, 'is cut short: it ends after its tags, without samples');
  return offset + at;
}

interface InfoTag {
  frameCount: number | undefined;
  /** Of the stream with the tag's own frame. */
  bytes: number | undefined;
  /** Samples that the encoder put before and behind the recording. */
  delay: number | undefined;
  padding: number | undefined;
}

/** The Xing, Info or VBRI tag that takes the first frame's place (Xing 1999; LAME's extension, 2001). */
function readTag(frame: Uint8Array, { layer, sideBytes }: FrameHeader): InfoTag | undefined {
  if (layer !== 3) return undefined;
  const view = viewOf(frame);
  if (text(frame, 36, 4) === 'VBRI' && frame.length >= 54) {
    return {
      frameCount: view.getUint32(50),
      bytes: view.getUint32(46),
      delay: undefined,
      padding: undefined,
    };
  }
  let at = HEADER_BYTES + sideBytes;
  if (!['Xing', 'Info'].includes(text(frame, at, 4)) || frame.length < at + 8) return undefined;
  const flags = view.getUint32(at + 4);
  at += 8;
  const take = (isThere: boolean, bytes: number): number | undefined => {
    if (!isThere || at + bytes > frame.length) return undefined;
    at += bytes;
    return at - bytes;
  };
  const framesAt = take((flags & 1) !== 0, 4);
  const bytesAt = take((flags & 2) !== 0, 4);
  take((flags & 4) !== 0, 100);
  take((flags & 8) !== 0, 4);
  const encoder = text(frame, at, 4);
  const hasDelay = ['LAME', 'Lavf', 'Lavc', 'GOGO'].includes(encoder) && at + 24 <= frame.length;
  const delays = hasDelay ? view.getUint32(at + 20) & 0xffffff : undefined;
  return {
    // Zero where the writer could not go back to its header.
    frameCount: framesAt === undefined ? undefined : view.getUint32(framesAt) || undefined,
    bytes: bytesAt === undefined ? undefined : view.getUint32(bytesAt),
    delay: delays === undefined ? undefined : delays >> 12,
    padding: delays === undefined ? undefined : delays & 0xfff,
  };
}

/** Walks all frame headers: without a tag nothing else says how long the stream is. */
function* countFrames(offset: number, first: FrameHeader, fileBytes: number, path: string): Parser<number> {
  let count = 0;
  while (offset < fileBytes) {
    const window = yield { offset, length: WINDOW_BYTES };
    const isLast = offset + window.length >= fileBytes;
    let at = 0;
    for (;;) {
      const next = nextFrame(window, at, isLast, first);
      if (next === 'end') return count;
      if (next === 'more') break;
      if (next === 'wrong') throw damagedAt(offset + at, path);
      if (next === 'cut') throw cutShort(offset + at, path);
      at += next;
      count++;
    }
    if (at === 0) break;
    offset += at;
  }
  return count;
}

/**
 * Bytes of the frame at `at`; `end` where the stream ends as it may, `cut` where it ends within a frame,
 * `wrong` where something else lies, `more` where the window does not show which.
 */
function nextFrame(
  window: Uint8Array,
  at: number,
  isLast: boolean,
  stream: FrameHeader,
): number | 'end' | 'cut' | 'wrong' | 'more' {
  const left = window.length - at;
  if (left === 0) return isLast ? 'end' : 'more';
  if (left < MAX_FRAME_BYTES && !isLast) return 'more';
  const header = left < HEADER_BYTES ? undefined : frameHeaderAt(window, at);
  if (!header || !isSameStream(header, stream)) return isTrailer(window, at) ? 'end' : 'wrong';
  return header.bytes > left ? 'cut' : header.bytes;
}

/** What taggers put behind the last frame: their tags, and zeros. */
function isTrailer(window: Uint8Array, at: number): boolean {
  const start = text(window, at, Math.min(16, window.length - at));
  if (/^(TAG|APETAGEX|LYRICSBEGIN|ID3|3DI)/.test(start)) return true;
  return window.subarray(at).every((byte) => byte === 0);
}

function isSameStream(a: FrameHeader, b: FrameHeader): boolean {
  return a.layer === b.layer && a.sampleRateHz === b.sampleRateHz && a.channels === b.channels;
}

interface Native extends NativeBase {
  decodeMpegFrame(frame: number, bytes: number, samples: number): number;
}

function* decodeMp3(source: ByteSource, layout: Mp3Layout, path: string): Blocks {
  const decoder = new Decoder(layout.channels);
  let offset = layout.audioOffset;
  let window = source.read(offset, WINDOW_BYTES);
  let at = 0;
  let toSkip = layout.toSkip;
  let left = layout.frames;
  for (let index = 0; index < layout.frameCount && left > 0;) {
    const isLast = offset + window.length >= source.byteLength;
    const next = nextFrame(window, at, isLast, layout.stream);
    if (next === 'more') {
      offset += at;
      window = source.read(offset, WINDOW_BYTES);
      at = 0;
      continue;
    }
    if (next === 'wrong') throw damagedAt(offset + at, path);
    if (next === 'cut' || next === 'end') throw cutShort(offset + at, path);
    const block = decoder.decode(window.subarray(at, at + next), layout.stream.frames);
    if (!block && index >= RESERVOIR_FRAMES) throw damagedAt(offset + at, path);
    const samples = block ?? silence(layout);
    const from = Math.min(toSkip, samples[0]!.length);
    const to = Math.min(samples[0]!.length, from + left);
    toSkip -= from;
    left -= to - from;
    if (to > from) yield samples.map((channel) => channel.subarray(from, to));
    at += next;
    index++;
  }
  // What the skipped delay pushed out at the end was silence that the encoder had put there.
  if (left > 0) yield Array.from({ length: layout.channels }, () => new Float32Array(left));
}

function silence({ channels, stream }: Mp3Layout): Block {
  return Array.from({ length: channels }, () => new Float32Array(stream.frames));
}

class Decoder {
  readonly #native = instantiate<Native>(WASM_BASE64);
  readonly #frame = this.#native.allocate(MAX_FRAME_BYTES);
  readonly #samples = this.#native.allocate(2 * 1152 * Float32Array.BYTES_PER_ELEMENT);
  readonly #channels: number;

  constructor(channels: number) {
    this.#channels = channels;
  }

  /** Nothing where the frame refers to data that are not there, or means nothing. */
  decode(frame: Uint8Array, frames: number): Block | undefined {
    new Uint8Array(this.#native.memory.buffer, this.#frame, MAX_FRAME_BYTES).set(frame);
    const got = this.#native.decodeMpegFrame(this.#frame, frame.length, this.#samples);
    if (got !== frames) return undefined;
    const count = this.#channels;
    const values = new Float32Array(this.#native.memory.buffer, this.#samples, frames * count);
    if (count === 1) return [values.slice()];
    const block = Array.from({ length: count }, () => new Float32Array(frames));
    block.forEach((samples, channel) => {
      for (let i = 0, from = channel; i < frames; i++, from += count) samples[i] = values[from]!;
    });
    return block;
  }
}

const BITRATES_KBPS: Readonly<Record<string, readonly number[]>> = {
  '1 1': [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  '1 2': [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  '1 3': [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  '2 1': [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  '2 2': [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  '2 3': [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
const RATES_HZ = [44_100, 48_000, 32_000];

/** The header at `at` (ISO/IEC 11172-3, 2.4.2.3; MPEG 2.5 as it is used). Free format has no length and is none. */
function frameHeaderAt(bytes: Uint8Array, at: number): FrameHeader | undefined {
  const [first, second, third, fourth] = [bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!];
  if (first !== 0xff || (second & 0xe0) !== 0xe0 || fourth === undefined) return undefined;
  const version = (second >> 3) & 3;
  const layerCode = (second >> 1) & 3;
  const rateCode = (third >> 2) & 3;
  if (version === 1 || layerCode === 0 || rateCode === 3) return undefined;
  const layer = (4 - layerCode) as FrameHeader['layer'];
  const isFirstVersion = version === 3;
  const bitrate = BITRATES_KBPS[`${isFirstVersion ? 1 : 2} ${layer}`]![third >> 4];
  if (!bitrate || (fourth & 3) === 2) return undefined;
  const sampleRateHz = RATES_HZ[rateCode]! / (isFirstVersion ? 1 : version === 2 ? 2 : 4);
  const channels = fourth >> 6 === 3 ? 1 : 2;
  const padding = (third >> 1) & 1;
  const frames = layer === 1 ? 384 : layer === 3 && !isFirstVersion ? 576 : 1152;
  const slot = layer === 1 ? 4 : 1;
  const slots = Math.floor(((frames / 8 / slot) * (bitrate * 1000)) / sampleRateHz) + padding;
  const side = isFirstVersion ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17;
  return { layer, sampleRateHz, channels, frames, bytes: slots * slot, sideBytes: side };
}

function damagedAt(offset: number, path: string): AudioError {
  return new AudioError('damaged', path, `is damaged at byte ${offset}: no MPEG audio frame is there`);
}

function cutShort(offset: number, path: string): AudioError {
  return new AudioError(
    'truncated',
    path,
    `is cut short: it ends within or before the frame at byte ${offset}`,
  );
}
