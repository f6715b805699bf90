// FLAC decoding (RFC 9639). Lossless: every frame's checksum must hold, and the samples are the encoder's to the bit.
//
// Own code rather than libFLAC as WebAssembly: that resynchronises behind damage and leaves a shorter recording,
// where the studio must refuse.
import { AudioError } from './audioError.ts';
import { type AudioFormat, type AudioHeader, type Block, type Blocks } from './format.ts';
import { skipId3 } from './id3.ts';
import { text, viewOf, type ByteSource, type Parser } from './source.ts';

interface FlacLayout extends AudioHeader {
  readonly bitsPerSample: number;
  readonly audioOffset: number;
}

export const FLAC: AudioFormat<FlacLayout> = { parse: parseFlac, decode: decodeFlac };

const STREAM_INFO_BYTES = 34;
const MAX_METADATA_BLOCKS = 10_000;
/** Where the end of the file is searched for the last frame, if the header does not say how many samples there are. */
const TAIL_BYTES = 1 << 20;
const WINDOW_BYTES = 1 << 18;
/** A frame of 8 channels, 65,535 samples and 32 bits, uncompressed, is 2 MB. */
const MAX_WINDOW_BYTES = 1 << 22;
/** In an encoded frame: a full byte of sync code, six of its bits in the next, and one that is reserved. */
const SYNC = 0xfff8;
const SYNC_MASK = 0xfffe;

function* parseFlac(fileBytes: number, path: string): Parser<FlacLayout> {
  let offset = (yield* skipId3(path)) + 4;
  let info: Omit<FlacLayout, 'audioOffset' | 'durationSeconds'> | undefined;
  for (let count = 0; ; count++) {
    const head = yield { offset, length: 4 };
    if (head.length < 4) throw cutShort(path, 'it ends within its metadata');
    const type = head[0]! & 0x7f;
    const size = (head[1]! << 16) | (head[2]! << 8) | head[3]!;
    if (count === 0) {
      if (type !== 0 || size < STREAM_INFO_BYTES) {
        throw new AudioError('bad-header', path, 'is FLAC whose first block is not its stream information');
      }
      const bytes = yield { offset: offset + 4, length: STREAM_INFO_BYTES };
      if (bytes.length < STREAM_INFO_BYTES) throw cutShort(path, 'it ends within its metadata');
      info = parseStreamInfo(bytes, path);
    }
    offset += 4 + size;
    if (offset > fileBytes)
      throw cutShort(path, `its metadata claims ${offset} bytes, the file has ${fileBytes}`);
    if (head[0]! & 0x80) break;
    if (count > MAX_METADATA_BLOCKS) throw new AudioError('bad-header', path, 'has metadata without an end');
  }
  if (offset === fileBytes) throw cutShort(path, 'it ends after its header, without samples');
  const layout = { ...info!, audioOffset: offset, durationSeconds: 0 };
  const frames = layout.frames || (yield* countFrames(layout, fileBytes, path));
  return { ...layout, frames, durationSeconds: frames / layout.sampleRateHz };
}

function parseStreamInfo(
  bytes: Uint8Array,
  path: string,
): Omit<FlacLayout, 'audioOffset' | 'durationSeconds'> {
  const view = viewOf(bytes);
  const packed = view.getUint32(10);
  const sampleRateHz = packed >>> 12;
  const channels = ((packed >>> 9) & 7) + 1;
  const bitsPerSample = ((packed >>> 4) & 31) + 1;
  const frames = (packed & 15) * 2 ** 32 + view.getUint32(14);
  if (sampleRateHz === 0) throw new AudioError('bad-header', path, 'says its sample rate is 0 Hz');
  if (bitsPerSample < 4) {
    throw new AudioError('bad-header', path, `says its samples have ${bitsPerSample} bits`);
  }
  return { encoding: `${bitsPerSample}-bit FLAC`, sampleRateHz, channels, bitsPerSample, frames };
}

/** The number of samples by the last frame that lies whole at the end of the file. */
function* countFrames(layout: FlacLayout, fileBytes: number, path: string): Parser<number> {
  const length = Math.min(TAIL_BYTES, fileBytes - layout.audioOffset);
  const start = fileBytes - length;
  const tail = yield { offset: start, length };
  // The first frame has the blocks' length, where that is fixed; every later one counts in it.
  const first = readFrameHeader(yield { offset: layout.audioOffset, length: MAX_HEADER_BYTES }, 0, layout);
  for (let at = tail.length - MIN_FRAME_BYTES; first && at >= 0; at--) {
    const header = readFrameHeader(tail, at, layout);
    if (!header || crc16(tail, at, tail.length) !== 0) continue;
    const before = header.isVariable ? header.number : header.number * first.blockFrames;
    return before + header.blockFrames;
  }
  throw new AudioError('truncated', path, 'does not say how long it is, and does not end with a whole frame');
}

function* decodeFlac(source: ByteSource, layout: FlacLayout, path: string): Blocks {
  let offset = layout.audioOffset;
  let window = source.read(offset, WINDOW_BYTES);
  let at = 0;
  let done = 0;
  let number = 0;
  const decoder = new FrameDecoder(layout);
  while (done < layout.frames) {
    const isLast = offset + window.length >= source.byteLength;
    const frame = decoder.decode(window, at);
    if (frame === 'more' && !isLast && (at > 0 || window.length < MAX_WINDOW_BYTES)) {
      offset += at;
      window = source.read(offset, at > 0 ? WINDOW_BYTES : 2 * window.length);
      at = 0;
      continue;
    }
    const where = `${(done / layout.sampleRateHz).toFixed(2)} s`;
    if (frame === 'more') {
      if (isLast) throw cutShort(path, `it ends at ${where} of ${layout.durationSeconds.toFixed(2)} s`);
      throw new AudioError('damaged', path, `is damaged: a frame at ${where} does not end`);
    }
    if (frame === 'wrong' || frame.number !== (frame.isVariable ? done : number)) {
      throw new AudioError('damaged', path, `is damaged at ${where}: the FLAC frame there is not whole`);
    }
    at += frame.bytes;
    number++;
    done += frame.block[0]!.length;
    // Tags may follow the last frame; another frame may not.
    const goesOn = done === layout.frames && readFrameHeader(window, at, layout) !== undefined;
    if (done > layout.frames || goesOn) {
      const what = `it claims ${layout.frames} samples and holds more`;
      throw new AudioError('bad-header', path, `has a header that lies: ${what}`);
    }
    yield frame.block;
  }
}

interface FrameHeader {
  isVariable: boolean;
  blockFrames: number;
  /** How the channels are coded: their number less one, or one of the three kinds of stereo. */
  channelCode: number;
  /** Of the frame; of its first sample, where blocks vary. */
  number: number;
  bytes: number;
}

const MAX_HEADER_BYTES = 16;
/** Header, one subframe of a constant and the checksum. */
const MIN_FRAME_BYTES = 9;
const LEFT_SIDE = 8;
const SIDE_RIGHT = 9;
const MID_SIDE = 10;

/** The header at `at`, if there is one that fits the stream. */
function readFrameHeader(bytes: Uint8Array, at: number, layout: FlacLayout): FrameHeader | undefined {
  const sync = (bytes[at]! << 8) | bytes[at + 1]!;
  if ((sync & SYNC_MASK) !== SYNC) return undefined;
  const [sizeCode, rateCode] = [bytes[at + 2]! >> 4, bytes[at + 2]! & 15];
  const [channelCode, bitsCode] = [bytes[at + 3]! >> 4, (bytes[at + 3]! >> 1) & 7];
  if (sizeCode === 0 || rateCode === 15 || channelCode > MID_SIDE || bytes[at + 3]! & 1) return undefined;
  let end = at + 4;
  const first = bytes[end++]!;
  // As UTF-8, in up to seven bytes.
  const more = first < 0x80 ? 0 : Math.clz32(~(first << 24)) - 1;
  if (first >= 0x80 && (more < 1 || more > 6)) return undefined;
  let number = more === 0 ? first : first & (0x3f >> more);
  for (let i = 0; i < more; i++) number = number * 64 + (bytes[end++]! & 0x3f);
  let blockFrames = BLOCK_SIZES[sizeCode]!;
  if (sizeCode === 6) blockFrames = bytes[end++]! + 1;
  if (sizeCode === 7) blockFrames = ((bytes[end++]! << 8) | bytes[end++]!) + 1;
  let rateHz = RATES_HZ[rateCode] ?? layout.sampleRateHz;
  if (rateCode === 12) rateHz = bytes[end++]! * 1000;
  if (rateCode >= 13) rateHz = ((bytes[end++]! << 8) | bytes[end++]!) * (rateCode === 14 ? 10 : 1);
  const channels = channelCode < LEFT_SIDE ? channelCode + 1 : 2;
  const bits = BITS[bitsCode] ?? layout.bitsPerSample;
  if (crc8(bytes, at, end) !== bytes[end]) return undefined;
  if (rateHz !== layout.sampleRateHz || channels !== layout.channels || bits !== layout.bitsPerSample) {
    return undefined;
  }
  return { isVariable: (sync & 1) === 1, blockFrames, channelCode, number, bytes: end + 1 - at };
}

const BLOCK_SIZES = [0, 192, 576, 1152, 2304, 4608, 0, 0, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768];
const RATES_HZ: readonly (number | undefined)[] = [
  ...[undefined, 88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000],
];
const BITS: readonly (number | undefined)[] = [undefined, 8, 12, undefined, 16, 20, 24, 32];

interface Frame {
  block: Block;
  bytes: number;
  number: number;
  isVariable: boolean;
}

type Samples = Int32Array | Float64Array;

/** Thrown within the decoder where a frame is not a frame. */
class NotAFrame extends Error {}

class FrameDecoder {
  readonly #layout: FlacLayout;
  #bytes: Uint8Array = new Uint8Array(0);
  /** Position in bits. */
  #at = 0;
  #samples: Samples[] = [];

  constructor(layout: FlacLayout) {
    this.#layout = layout;
  }

  /** The frame at byte `at`; `more` if it does not end within `bytes`, `wrong` if there is none. */
  decode(bytes: Uint8Array, at: number): Frame | 'more' | 'wrong' {
    if (bytes.length - at < MAX_HEADER_BYTES && bytes.length - at < MIN_FRAME_BYTES) return 'more';
    const header = readFrameHeader(bytes, at, this.#layout);
    if (!header) return bytes.length - at < MAX_HEADER_BYTES ? 'more' : 'wrong';
    this.#bytes = bytes;
    this.#at = (at + header.bytes) * 8;
    try {
      this.#readSubframes(header);
    } catch (error) {
      if (error instanceof NotAFrame) return this.#at > bytes.length * 8 ? 'more' : 'wrong';
      throw error;
    }
    const end = Math.ceil(this.#at / 8) + 2;
    if (end > bytes.length) return 'more';
    if (crc16(bytes, at, end) !== 0) return 'wrong';
    const { isVariable, number } = header;
    return { block: this.#floats(header), bytes: end - at, number, isVariable };
  }

  #readSubframes({ blockFrames, channelCode }: FrameHeader): void {
    const { channels, bitsPerSample } = this.#layout;
    if (this.#samples[0]?.length !== blockFrames) {
      // The difference of two 32-bit channels has 33 bits.
      const Store = bitsPerSample > 31 ? Float64Array : Int32Array;
      this.#samples = Array.from({ length: channels }, () => new Store(blockFrames));
    }
    this.#samples.forEach((samples, channel) => {
      const isSide = channelCode === SIDE_RIGHT ? channel === 0 : channelCode >= LEFT_SIDE && channel === 1;
      this.#readSubframe(samples, bitsPerSample + (isSide ? 1 : 0));
    });
    const [first, second] = this.#samples as [Samples, Samples];
    if (channelCode === LEFT_SIDE) {
      for (let i = 0; i < blockFrames; i++) second[i] = first[i]! - second[i]!;
    } else if (channelCode === SIDE_RIGHT) {
      for (let i = 0; i < blockFrames; i++) first[i] = first[i]! + second[i]!;
    } else if (channelCode === MID_SIDE) {
      for (let i = 0; i < blockFrames; i++) {
        const side = second[i]!;
        const twice = 2 * first[i]! + (side & 1);
        first[i] = (twice + side) / 2;
        second[i] = (twice - side) / 2;
      }
    }
  }

  #readSubframe(samples: Samples, bits: number): void {
    if (this.#bits(1) !== 0) throw new NotAFrame();
    const type = this.#bits(6);
    const wasted = this.#bits(1) === 0 ? 0 : this.#unary() + 1;
    const depth = bits - wasted;
    if (depth < 1) throw new NotAFrame();
    if (type === 0) samples.fill(this.#signed(depth));
    else if (type === 1) for (let i = 0; i < samples.length; i++) samples[i] = this.#signed(depth);
    else if (type >= 8 && type <= 12) this.#readPredicted(samples, depth, type - 8, false);
    else if (type >= 32) this.#readPredicted(samples, depth, type - 31, true);
    else throw new NotAFrame();
    if (wasted > 0) for (let i = 0; i < samples.length; i++) samples[i] = samples[i]! * 2 ** wasted;
    this.#assertInside();
  }

  #readPredicted(samples: Samples, depth: number, order: number, isLinear: boolean): void {
    if (order > samples.length) throw new NotAFrame();
    for (let i = 0; i < order; i++) samples[i] = this.#signed(depth);
    let weights = FIXED_WEIGHTS[order]!;
    let scale = 1;
    if (isLinear) {
      const precision = this.#bits(4) + 1;
      const shift = this.#signed(5);
      if (precision === 16 || shift < 0) throw new NotAFrame();
      scale = 2 ** -shift;
      weights = Float64Array.from({ length: order }, () => this.#signed(precision));
    }
    this.#readResidual(samples, order);
    // Doubles hold every sum: 32 products of 15 and 33 bits take 53.
    for (let i = order; i < samples.length; i++) {
      let sum = 0;
      for (let j = 0; j < order; j++) sum += weights[j]! * samples[i - 1 - j]!;
      samples[i] = samples[i]! + Math.floor(sum * scale);
    }
  }

  /** Rice-coded differences from the prediction, in their places behind the first `order` samples. */
  #readResidual(samples: Samples, order: number): void {
    const method = this.#bits(2);
    if (method > 1) throw new NotAFrame();
    const [width, escape] = method === 0 ? [4, 15] : [5, 31];
    const partitions = 1 << this.#bits(4);
    const length = samples.length / partitions;
    if (!Number.isInteger(length) || length < order) throw new NotAFrame();
    for (let partition = 0, i = order; partition < partitions; partition++) {
      const end = (partition + 1) * length;
      const parameter = this.#bits(width);
      if (parameter === escape) {
        const bits = this.#bits(5);
        for (; i < end; i++) samples[i] = bits === 0 ? 0 : this.#signed(bits);
      } else {
        this.#readRice(samples, i, end, parameter);
        i = end;
      }
      this.#assertInside();
    }
  }

  #readRice(samples: Samples, from: number, to: number, parameter: number): void {
    const bytes = this.#bytes;
    const limit = bytes.length * 8;
    let at = this.#at;
    for (let i = from; i < to; i++) {
      let quotient = 0;
      let word = peek(bytes, at);
      while (word === 0) {
        quotient += 32;
        at += 32;
        if (at > limit) {
          this.#at = at;
          throw new NotAFrame();
        }
        word = peek(bytes, at);
      }
      const zeros = Math.clz32(word);
      quotient += zeros;
      at += zeros + 1;
      let folded = quotient;
      if (parameter > 0) {
        folded = quotient * (1 << parameter) + (peek(bytes, at) >>> (32 - parameter));
        at += parameter;
      }
      samples[i] = folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
    }
    this.#at = at;
  }

  #floats({ blockFrames }: FrameHeader): Block {
    const scale = 2 ** (1 - this.#layout.bitsPerSample);
    return this.#samples.map((samples) => {
      const floats = new Float32Array(blockFrames);
      for (let i = 0; i < blockFrames; i++) floats[i] = samples[i]! * scale;
      return floats;
    });
  }

  #unary(): number {
    let count = 0;
    while (this.#bits(1) === 0) {
      count++;
      this.#assertInside();
    }
    return count;
  }

  /** @param count at most 32 */
  #bits(count: number): number {
    if (count === 0) return 0;
    const value = peek(this.#bytes, this.#at) >>> (32 - count);
    this.#at += count;
    return value;
  }

  /** @param count at most 33 */
  #signed(count: number): number {
    if (count <= 32) return (this.#bits(count) << (32 - count)) >> (32 - count);
    return -this.#bits(1) * 2 ** 32 + this.#bits(32);
  }

  #assertInside(): void {
    if (this.#at > this.#bytes.length * 8) throw new NotAFrame();
  }
}

/** The predictors of fixed order, weights of the last sample first. */
const FIXED_WEIGHTS = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]].map((weights) =>
  Float64Array.from(weights),
);

/** 32 bits from bit `at` on, unsigned; zeros beyond the end. */
function peek(bytes: Uint8Array, at: number): number {
  const i = at >>> 3;
  const shift = at & 7;
  const word = (bytes[i]! << 24) | (bytes[i + 1]! << 16) | (bytes[i + 2]! << 8) | bytes[i + 3]!;
  return shift === 0 ? word >>> 0 : ((word << shift) | (bytes[i + 4]! >> (8 - shift))) >>> 0;
}

const CRC8 = crcTable(0x07, 8);
const CRC16 = crcTable(0x8005, 16);

function crcTable(polynomial: number, bits: number): Uint16Array {
  const top = 1 << (bits - 1);
  return Uint16Array.from({ length: 256 }, (_, byte) => {
    let crc = byte << (bits - 8);
    for (let i = 0; i < 8; i++) crc = crc & top ? (crc << 1) ^ polynomial : crc << 1;
    return crc & (2 * top - 1);
  });
}

function crc8(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0;
  for (let i = from; i < to; i++) crc = CRC8[crc ^ bytes[i]!]!;
  return crc;
}

/** Zero over a whole frame with its checksum. */
function crc16(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0;
  for (let i = from; i < to; i++) crc = ((crc << 8) & 0xff00) ^ CRC16[(crc >> 8) ^ bytes[i]!]!;
  return crc;
}

function cutShort(path: string, how: string): AudioError {
  return new AudioError('truncated', path, `is cut short: ${how}`);
}

export function isFlac(head: Uint8Array): boolean {
  return text(head, 0, 4) === 'fLaC';
}
