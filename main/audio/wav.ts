// WAV (RIFF/WAVE, RF64 and BW64) reading and writing: strict about what it accepts, plain about what is wrong.
//
// Own code because a corpus needs every contradiction in a header found and named: a truncated recording
// must not become a shorter one in silence.
//
// Where real files are untidy but unambiguous the parser is lenient: unknown chunks, a missing pad byte,
// RIFF sizes off by a header's 8 bytes, bytes after the RIFF end. Streaming writers that declare *both*
// lengths unknown (RIFF and data size 0xFFFFFFFF, as `ffmpeg -f wav -` does) are read to the end of the file,
// since such a header promises nothing; a single unknown or zero length is a header never finished: an error.
import { AudioError } from './audioError.ts';
import { MAX_CHANNELS, type AudioFormat, type AudioHeader, type Block } from './format.ts';
import { pcmBlocks, pcmWindow, type PcmLayout, type SampleKind } from './pcm.ts';
import { takeFloats } from './spare.ts';
import { bytesSource, parse, quote, text, viewOf, type Parser } from './source.ts';

/** Decoded audio: one array a channel, full scale = +-1. Float files may exceed it. */
export interface DecodedAudio {
  sampleRateHz: number;
  /** Equal lengths, at least one channel and one sample. */
  channels: Float32Array[];
}

export type WavLayout = AudioHeader & PcmLayout;

interface Format {
  kind: SampleKind;
  channels: number;
  sampleRateHz: number;
  bitsPerSample: number;
  blockAlign: number;
}

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
/** A ds64 chunk up to the sizes of the RIFF chunk and the data (EBU Tech 3306). */
const LONG_SIZES_BYTES = 16;
const UNKNOWN_LENGTH = 0xffffffff;
/** Writers disagree on whether the RIFF size counts its own 8-byte header and a last pad byte. */
const RIFF_SIZE_SLACK_BYTES = 8;
/** More chunks before the samples than any real file has; a bound on the walk through garbage. */
const MAX_CHUNKS = 10_000;
/** An `fmt ` chunk is 16, 18 or 40 bytes; longer ones are read this far. */
const MAX_FORMAT_BYTES = 64;

const TAG_PCM = 0x0001;
const TAG_FLOAT = 0x0003;
const TAG_A_LAW = 0x0006;
const TAG_MU_LAW = 0x0007;
const TAG_EXTENSIBLE = 0xfffe;
/** The last 14 bytes of KSDATAFORMAT_SUBTYPE_*: a sub-format GUID is a format tag followed by these. */
const SUBFORMAT_TAIL = [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71];

/** Names of format tags (mmreg.h) that are met in the wild and not read here. */
const CODEC_NAMES: ReadonlyMap<number, string> = new Map([
  [0x0002, 'Microsoft ADPCM'],
  [0x0011, 'IMA ADPCM'],
  [0x0016, 'G.723 ADPCM'],
  [0x0031, 'GSM 6.10'],
  [0x0040, 'G.721 ADPCM'],
  [0x0050, 'MPEG'],
  [0x0055, 'MP3'],
  [0x00ff, 'AAC'],
  [0x0161, 'Windows Media Audio'],
  [0x2000, 'Dolby AC-3'],
  [0xf1ac, 'FLAC'],
]);

/**
 * Integers are scaled as libsndfile does for float reads: 8-bit (x - 128) / 128, 16-bit x / 2^15,
 * 24-bit x / 2^23, 32-bit x / 2^31. Floats are kept as they are, 64-bit ones rounded to 32. A-law and mu-law are
 * G.711's values over 2^15.
 */
export const WAV: AudioFormat<WavLayout> = { parse: parseWav, decode: pcmBlocks, decodeWindow: pcmWindow };

/** Decodes a whole WAV file in memory. @throws AudioError naming `path` */
export function decodeWav(bytes: Uint8Array, path: string): DecodedAudio {
  const source = bytesSource(bytes);
  const layout = parse(parseWav(bytes.byteLength, path), source);
  const channels = Array.from({ length: layout.channels }, () => new Float32Array(layout.frames));
  let at = 0;
  for (const block of pcmBlocks(source, layout, path)) {
    channels.forEach((channel, index) => channel.set(block[index]!, at));
    at += block[0]!.length;
  }
  return { sampleRateHz: layout.sampleRateHz, channels };
}

/** Whether the bytes start as a WAV file does. */
export function isWav(head: Uint8Array): boolean {
  return WAV_MAGIC.includes(text(head, 0, 4)) && text(head, 8, 4) === 'WAVE';
}

const WAV_MAGIC = ['RIFF', 'RF64', 'BW64'];

/** Mean over the channels (librosa.to_mono). A single channel is returned as it is, not copied. */
export function toMono(channels: readonly Float32Array[]): Float32Array {
  const [first] = channels;
  if (first === undefined) throw new RangeError('toMono needs at least one channel');
  if (channels.length === 1) return first;
  const mono = takeFloats(first.length);
  for (let i = 0; i < mono.length; i++) {
    let sum = 0;
    for (const channel of channels) sum += channel[i]!;
    mono[i] = sum / channels.length;
  }
  return mono;
}

/** A 32-bit float WAV file. @param channels equal lengths; full scale = +-1, kept beyond it */
export function encodeWavFloat32(channels: readonly Float32Array[], sampleRateHz: number): Uint8Array {
  return encodeWav(channels, sampleRateHz, FLOAT32);
}

/** A 16-bit PCM WAV file. @param channels equal lengths; full scale = +-1, clipped beyond it */
export function encodeWavPcm16(channels: readonly Float32Array[], sampleRateHz: number): Uint8Array {
  return encodeWav(channels, sampleRateHz, PCM16);
}

/** The same of a signal that comes in blocks, as many samples as `header` says. */
export async function encodeWavBlocks(
  blocks: AsyncIterable<Block>,
  header: AudioHeader,
): Promise<Uint8Array> {
  const file = startWav(header.channels, header.frames, header.sampleRateHz, PCM16);
  let frame = 0;
  for await (const block of blocks) {
    putSamples(file, frame, block, PCM16);
    frame += block[0]!.length;
  }
  return file;
}

/** Most bytes of samples that a WAV header can tell. */
const MOST_WAV_BYTES = UNKNOWN_LENGTH - 1024;

/**
 * The first bytes of a 16-bit WAV file whose samples are written behind it piece by piece, as pcm16 makes them.
 *
 * @throws RangeError for more samples than such a file can hold
 */
export function wavHeader({ channels, frames, sampleRateHz }: AudioHeader): Uint8Array {
  if (frames * channels * PCM16.sampleBytes > MOST_WAV_BYTES) throw new RangeError('too long for a WAV file');
  const bytes = new Uint8Array(WRITTEN_HEADER_BYTES);
  putHeader(bytes, channels, frames, sampleRateHz, PCM16);
  return bytes;
}

/** Interleaved 16-bit samples, clipped beyond full scale. */
export function pcm16(block: Block): Int16Array {
  const frames = block[0]?.length ?? 0;
  const samples = new Int16Array(frames * block.length);
  block.forEach((channel, index) => {
    for (let i = 0, at = index; i < frames; i++, at += block.length) {
      const value = Math.round(channel[i]! * 32768);
      samples[at] = value > 32767 ? 32767 : value < -32768 ? -32768 : value;
    }
  });
  return samples;
}

/** Walks the chunks up to the samples. */
function* parseWav(fileBytes: number, path: string): Parser<WavLayout> {
  const riff = yield* parseRiffHeader(fileBytes, path);
  let { riffBytes } = riff;
  let longDataBytes: number | undefined;
  let format: Format | undefined;
  let offset = RIFF_HEADER_BYTES;
  for (let count = 0; count < MAX_CHUNKS && offset + CHUNK_HEADER_BYTES <= fileBytes; count++) {
    const head = yield { offset, length: CHUNK_HEADER_BYTES };
    if (head.length < CHUNK_HEADER_BYTES) break;
    const id = text(head, 0, 4);
    const size = viewOf(head).getUint32(4, true);
    const body = offset + CHUNK_HEADER_BYTES;
    if (id === 'data') {
      if (!format) throw new AudioError('missing-chunk', path, 'has no fmt chunk before its samples');
      const dataBytes = size === UNKNOWN_LENGTH && longDataBytes !== undefined ? longDataBytes : size;
      return layOut(format, { offset: body, size: dataBytes, riffBytes, fileBytes }, path);
    }
    if (body + size > fileBytes) {
      const where = `its ${quote(id)} chunk claims ${size} bytes, the file has ${fileBytes - body} left`;
      throw new AudioError('truncated', path, `is cut short or damaged: ${where}`);
    }
    if (id === 'ds64' && riff.isLong && size >= LONG_SIZES_BYTES) {
      const sizes = viewOf(yield { offset: body, length: LONG_SIZES_BYTES });
      if (riffBytes === UNKNOWN_LENGTH) riffBytes = Number(sizes.getBigUint64(0, true));
      longDataBytes = Number(sizes.getBigUint64(8, true));
    }
    if (id === 'fmt ' && !format) {
      format = parseFormat(yield { offset: body, length: Math.min(size, MAX_FORMAT_BYTES) }, path);
    }
    offset = body + size + (size % 2);
  }
  const missing = format ? 'no data chunk: it holds no samples' : 'neither a fmt nor a data chunk';
  throw new AudioError('missing-chunk', path, `has ${missing}`);
}

/** The RIFF size field, and whether longer sizes follow in a chunk of their own. */
function* parseRiffHeader(fileBytes: number, path: string): Parser<{ riffBytes: number; isLong: boolean }> {
  const head = yield { offset: 0, length: RIFF_HEADER_BYTES };
  const magic = text(head, 0, 4);
  if (magic === 'RIFX') {
    throw new AudioError('unsupported', path, `is a WAV variant the studio does not read (${magic})`);
  }
  if (!WAV_MAGIC.includes(magic)) {
    throw new AudioError('not-audio', path, `is not a WAV file: it starts with ${quote(magic)}`);
  }
  if (head.length < RIFF_HEADER_BYTES) {
    throw new AudioError('truncated', path, `is cut short: ${fileBytes} bytes, less than a WAV header`);
  }
  if (!isWav(head)) {
    throw new AudioError('not-audio', path, `is a RIFF file of type ${quote(text(head, 8, 4))}, not WAVE`);
  }
  return { riffBytes: viewOf(head).getUint32(4, true), isLong: magic !== 'RIFF' };
}

function parseFormat(bytes: Uint8Array, path: string): Format {
  if (bytes.length < 16) {
    throw new AudioError(
      'bad-header',
      path,
      `has a fmt chunk of ${bytes.length} bytes; it needs at least 16`,
    );
  }
  const view = viewOf(bytes);
  const bitsPerSample = view.getUint16(14, true);
  const format = {
    channels: view.getUint16(2, true),
    sampleRateHz: view.getUint32(4, true),
    blockAlign: view.getUint16(12, true),
    bitsPerSample,
    kind: kindOfTag(tagOf(view, path), bitsPerSample, path),
  };
  checkFormat(format, view.getUint32(8, true), path);
  return format;
}

function tagOf(fmt: DataView, path: string): number {
  const tag = fmt.getUint16(0, true);
  if (tag !== TAG_EXTENSIBLE) return tag;
  if (fmt.byteLength < 40 || fmt.getUint16(16, true) < 22) {
    throw new AudioError('bad-header', path, 'says WAVE_FORMAT_EXTENSIBLE but lacks its extension');
  }
  if (SUBFORMAT_TAIL.some((byte, i) => fmt.getUint8(26 + i) !== byte)) {
    throw new AudioError('unsupported', path, 'is encoded in a private format (unknown sub-format GUID)');
  }
  const validBits = fmt.getUint16(18, true);
  if (validBits > fmt.getUint16(14, true)) {
    const stored = fmt.getUint16(14, true);
    throw new AudioError('bad-header', path, `says ${validBits} valid bits in samples of ${stored} bits`);
  }
  return fmt.getUint16(24, true);
}

function kindOfTag(tag: number, bits: number, path: string): SampleKind {
  if (tag === TAG_PCM) return bits === 8 ? 'unsigned' : 'signed';
  if (tag === TAG_FLOAT) return 'float';
  if (tag === TAG_A_LAW) return 'A-law';
  if (tag === TAG_MU_LAW) return 'mu-law';
  const name = CODEC_NAMES.get(tag) ?? `format tag 0x${tag.toString(16).padStart(4, '0')}`;
  const readable = 'the studio reads PCM, float, A-law and mu-law WAV';
  throw new AudioError('unsupported', path, `is encoded as ${name}; ${readable}`);
}

const READABLE_BITS: Readonly<Record<SampleKind, readonly number[]>> = {
  unsigned: [8],
  signed: [8, 16, 24, 32],
  float: [32, 64],
  'A-law': [8],
  'mu-law': [8],
};

/** The kind of sample in words. */
function kindName(kind: SampleKind): string {
  return kind === 'signed' || kind === 'unsigned' ? 'PCM' : kind;
}

function checkFormat(format: Format, bytesPerSecond: number, path: string): void {
  const { kind, channels, sampleRateHz, bitsPerSample, blockAlign } = format;
  const bad = (reason: string): AudioError => new AudioError('bad-header', path, reason);
  if (channels === 0) throw bad('says it has 0 channels');
  if (sampleRateHz === 0) throw bad('says its sample rate is 0 Hz');
  if (bitsPerSample === 0) throw bad('says its samples have 0 bits');
  if (channels > MAX_CHANNELS) throw bad(`says it has ${channels} channels`);
  const readable = READABLE_BITS[kind];
  if (!readable.includes(bitsPerSample)) {
    const bits = [readable.slice(0, -1).join(', '), readable.at(-1)].filter(Boolean).join(' or ');
    const what = `has ${bitsPerSample}-bit ${kindName(kind)} samples`;
    throw new AudioError('unsupported', path, `${what}; readable are ${bits} bits`);
  }
  const frameBytes = (channels * bitsPerSample) / 8;
  if (blockAlign !== frameBytes) {
    const expected = `${channels} x ${bitsPerSample} bits make ${frameBytes}`;
    throw bad(`has a block align of ${blockAlign} bytes where ${expected}`);
  }
  if (bytesPerSecond !== sampleRateHz * frameBytes) {
    const expected = `${sampleRateHz} Hz x ${frameBytes} bytes make ${sampleRateHz * frameBytes}`;
    throw bad(`says ${bytesPerSecond} bytes a second where ${expected}`);
  }
}

interface DataChunk {
  offset: number;
  size: number;
  riffBytes: number;
  fileBytes: number;
}

function layOut(format: Format, chunk: DataChunk, path: string): WavLayout {
  const dataBytes = checkDataSize(chunk, path);
  const { blockAlign, kind, channels, sampleRateHz, bitsPerSample } = format;
  if (dataBytes % blockAlign !== 0) {
    const rest = `${dataBytes} bytes are not a multiple of ${blockAlign}`;
    throw new AudioError('truncated', path, `ends in the middle of a sample: ${rest}`);
  }
  const frames = dataBytes / blockAlign;
  return {
    encoding: `${bitsPerSample}-bit ${kindName(kind)}`,
    ...{ kind, bitsPerSample, channels, sampleRateHz, frames },
    durationSeconds: frames / sampleRateHz,
    dataOffset: chunk.offset,
    bigEndian: false,
  };
}

/** The number of sample bytes, once the header's claims agree with the file. */
function checkDataSize({ offset, size, riffBytes, fileBytes }: DataChunk, path: string): number {
  const left = fileBytes - offset;
  const streamed = size === UNKNOWN_LENGTH && riffBytes === UNKNOWN_LENGTH;
  if (left === 0 && (size > 0 || streamed)) {
    throw new AudioError('truncated', path, 'is cut short: it ends after its header, without samples');
  }
  if (streamed) return left;
  if (size === 0 && left > 1) {
    const what = `its data chunk claims 0 bytes, ${left} follow`;
    throw new AudioError('bad-header', path, `has a header that was never finished: ${what}`);
  }
  if (size === 0) throw new AudioError('empty', path, 'holds no samples');
  if (size > left) {
    const what = `its data chunk claims ${size} bytes, the file has ${left}`;
    throw new AudioError('truncated', path, `is cut short or its header lies: ${what}`);
  }
  const riffEnd = riffBytes + CHUNK_HEADER_BYTES;
  if (riffEnd > fileBytes + RIFF_SIZE_SLACK_BYTES) {
    const what = `it claims ${riffEnd} bytes, the file has ${fileBytes}`;
    throw new AudioError('truncated', path, `is cut short or its header lies: ${what}`);
  }
  if (riffEnd + RIFF_SIZE_SLACK_BYTES < offset + size) {
    const what = `it claims ${riffEnd} bytes, its samples end at ${offset + size}`;
    throw new AudioError('bad-header', path, `has a header that contradicts itself: ${what}`);
  }
  return size;
}

interface SampleWriter {
  tag: number;
  sampleBytes: number;
  write(view: DataView, offset: number, value: number): void;
}

const FLOAT32: SampleWriter = {
  tag: TAG_FLOAT,
  sampleBytes: 4,
  write: (view, offset, value) => view.setFloat32(offset, value, true),
};
const PCM16: SampleWriter = {
  tag: TAG_PCM,
  sampleBytes: 2,
  write: (view, offset, value) =>
    view.setInt16(offset, Math.max(-32768, Math.min(32767, Math.round(value * 32768))), true),
};
/** RIFF, a format of 16 bytes, and the head of the data. */
const WRITTEN_HEADER_BYTES = 44;

function encodeWav(
  channels: readonly Float32Array[],
  sampleRateHz: number,
  writer: SampleWriter,
): Uint8Array {
  const frames = channels[0]?.length ?? 0;
  if (channels.some((channel) => channel.length !== frames)) {
    throw new RangeError('channels differ in length');
  }
  const file = startWav(channels.length, frames, sampleRateHz, writer);
  putSamples(file, 0, channels, writer);
  return file;
}

/** A file whose samples are still silent. */
function startWav(channels: number, frames: number, sampleRateHz: number, writer: SampleWriter): Uint8Array {
  const blockAlign = channels * writer.sampleBytes;
  const dataBytes = frames * blockAlign;
  const bytes = new Uint8Array(WRITTEN_HEADER_BYTES + dataBytes + (dataBytes % 2));
  putHeader(bytes, channels, frames, sampleRateHz, writer);
  return bytes;
}

function putHeader(
  bytes: Uint8Array,
  channels: number,
  frames: number,
  sampleRateHz: number,
  writer: SampleWriter,
): void {
  const blockAlign = channels * writer.sampleBytes;
  const dataBytes = frames * blockAlign;
  const view = viewOf(bytes);
  putText(bytes, 0, 'RIFF');
  view.setUint32(4, WRITTEN_HEADER_BYTES + dataBytes + (dataBytes % 2) - CHUNK_HEADER_BYTES, true);
  putText(bytes, 8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, writer.tag, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, sampleRateHz * blockAlign, true);
  view.setUint16(32, blockAlign, true);
  view.setUint16(34, writer.sampleBytes * 8, true);
  putText(bytes, 36, 'data');
  view.setUint32(40, dataBytes, true);
}

function putSamples(
  file: Uint8Array,
  firstFrame: number,
  channels: readonly Float32Array[],
  { sampleBytes, write }: SampleWriter,
): void {
  const view = viewOf(file);
  const blockAlign = channels.length * sampleBytes;
  channels.forEach((channel, index) => {
    let offset = WRITTEN_HEADER_BYTES + firstFrame * blockAlign + index * sampleBytes;
    for (let i = 0; i < channel.length; i++, offset += blockAlign) write(view, offset, channel[i]!);
  });
}

function putText(bytes: Uint8Array, offset: number, value: string): void {
  for (let i = 0; i < value.length; i++) bytes[offset + i] = value.charCodeAt(i);
}
