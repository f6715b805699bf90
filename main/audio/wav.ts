// WAV (RIFF/WAVE) reading and writing: strict about what it accepts, plain about what is wrong.
//
// Own code because a corpus needs every contradiction in a header found and named: a truncated recording
// must not become a shorter one in silence.
//
// Where real files are untidy but unambiguous the parser is lenient: unknown chunks, a missing pad byte,
// RIFF sizes off by a header's 8 bytes, bytes after the RIFF end. Streaming writers that declare *both*
// lengths unknown (RIFF and data size 0xFFFFFFFF, as `ffmpeg -f wav -` does) are read to the end of the
// file, since such a header promises nothing; a single unknown or zero length is a header never finished: an error.
import { pcm16ToFloat32 } from '../../shared/dsp/kernel/kernel.ts';
import { AudioError } from './audioError.ts';

export type WavEncoding = 'pcm' | 'float';

/** What a WAV header says, checked against the file's size. */
export interface WavHeader {
  sampleRateHz: number;
  channels: number;
  /** Bits of one sample as stored: 8, 16, 24, 32 or 64. */
  bitsPerSample: number;
  encoding: WavEncoding;
  /** Samples per channel; at least 1. */
  frames: number;
  durationSeconds: number;
}

/** Decoded audio: one array a channel, full scale = +-1. Float files may exceed it. */
export interface DecodedAudio {
  sampleRateHz: number;
  /** Equal lengths, at least one channel and one sample. */
  channels: Float32Array[];
}

/** A file seen as byte ranges. `read` returns exactly `length` bytes, fewer only at the end of the file. */
export interface ByteSource {
  byteLength: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Gives room for one channel's samples; what is in it is of no account. */
export type AllocateSamples = (samples: number) => Float32Array;
const newSamples: AllocateSamples = (samples) => new Float32Array(samples);

interface WavLayout extends WavHeader {
  dataOffset: number;
  /** Whole sample frames only. */
  dataBytes: number;
}

interface Format {
  encoding: WavEncoding;
  channels: number;
  sampleRateHz: number;
  bitsPerSample: number;
  blockAlign: number;
}

/** A byte range the parser wants next; it is resumed with those bytes (fewer at the end of the file). */
interface Range {
  offset: number;
  length: number;
}
type Parser<T> = Generator<Range, T, Uint8Array>;

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const UNKNOWN_LENGTH = 0xffffffff;
/** Writers disagree on whether the RIFF size counts its own 8-byte header and a last pad byte. */
const RIFF_SIZE_SLACK_BYTES = 8;
/** More chunks before the samples than any real file has; a bound on the walk through garbage. */
const MAX_CHUNKS = 10_000;
/** An `fmt ` chunk is 16, 18 or 40 bytes; longer ones are read this far. */
const MAX_FORMAT_BYTES = 64;

const TAG_PCM = 0x0001;
const TAG_FLOAT = 0x0003;
const TAG_EXTENSIBLE = 0xfffe;
/** The last 14 bytes of KSDATAFORMAT_SUBTYPE_*: a sub-format GUID is a format tag followed by these. */
const SUBFORMAT_TAIL = [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71];

/** Names of format tags (mmreg.h) that are met in the wild and not read here. */
const CODEC_NAMES: ReadonlyMap<number, string> = new Map([
  [0x0002, 'Microsoft ADPCM'],
  [0x0006, 'A-law'],
  [0x0007, 'mu-law'],
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

/** First bytes of files that are often misnamed .wav. */
const OTHER_FORMATS: readonly (readonly [offset: number, magic: string, name: string])[] = [
  [0, 'fLaC', 'FLAC'],
  [0, 'OggS', 'Ogg'],
  [0, 'ID3', 'MP3'],
  [0, 'FORM', 'AIFF'],
  [0, '.snd', 'Sun AU'],
  [4, 'ftyp', 'MP4'],
  [0, 'caff', 'Core Audio'],
  [0, '\x1aE\xdf\xa3', 'Matroska or WebM'],
  [0, 'PK\x03\x04', 'ZIP'],
];

/**
 * Reads a WAV header without touching the samples: a few small reads of `source`.
 *
 * @param path named in errors
 * @throws AudioError
 */
export async function readWavHeader(source: ByteSource | Uint8Array, path: string): Promise<WavHeader> {
  if (source instanceof Uint8Array) return headerOf(parseBytes(source, path));
  const parser = parseWav(source.byteLength, path);
  let step = parser.next();
  while (!step.done) step = parser.next(await source.read(step.value.offset, step.value.length));
  return headerOf(step.value);
}

/**
 * Decodes a whole WAV file.
 *
 * Integers are scaled as libsndfile does for float reads: 8-bit (x - 128) / 128, 16-bit x / 2^15,
 * 24-bit x / 2^23, 32-bit x / 2^31. Floats are kept as they are, 64-bit ones rounded to 32.
 *
 * @param allocate where the channels' samples go
 * @throws AudioError
 */
export function decodeWav(
  bytes: Uint8Array,
  path: string,
  allocate: AllocateSamples = newSamples,
): DecodedAudio {
  const layout = parseBytes(bytes, path);
  const { channels: channelCount, frames } = layout;
  const view = new DataView(bytes.buffer, bytes.byteOffset + layout.dataOffset, layout.dataBytes);
  const { sampleBytes, read } = sampleReader(layout);
  const channels: Float32Array[] = [];
  if (channelCount === 1 && layout.encoding === 'pcm' && layout.bitsPerSample === 16) {
    // By far the most common kind, five times as fast where there is SIMD; the same numbers.
    const data = bytes.subarray(layout.dataOffset, layout.dataOffset + layout.dataBytes);
    const samples = pcm16ToFloat32(data, allocate);
    if (samples) return { sampleRateHz: layout.sampleRateHz, channels: [samples] };
  }
  for (let channel = 0; channel < channelCount; channel++) {
    const samples = allocate(frames);
    const stride = sampleBytes * channelCount;
    let offset = channel * sampleBytes;
    for (let i = 0; i < frames; i++, offset += stride) samples[i] = read(view, offset);
    if (layout.encoding === 'float') assertFinite(samples, path);
    channels.push(samples);
  }
  return { sampleRateHz: layout.sampleRateHz, channels };
}

/** Whether the bytes start as a RIFF/WAVE file does. */
export function isWav(head: Uint8Array): boolean {
  return text(head, 0, 4) === 'RIFF' && text(head, 8, 4) === 'WAVE';
}

/** Mean over the channels (librosa.to_mono). A single channel is returned as it is, not copied. */
export function toMono(channels: readonly Float32Array[]): Float32Array {
  const [first] = channels;
  if (first === undefined) throw new RangeError('toMono needs at least one channel');
  if (channels.length === 1) return first;
  const mono = new Float32Array(first.length);
  for (let i = 0; i < mono.length; i++) {
    let sum = 0;
    for (const channel of channels) sum += channel[i]!;
    mono[i] = sum / channels.length;
  }
  return mono;
}

/** A 32-bit float WAV file. @param channels equal lengths; full scale = +-1, kept beyond it */
export function encodeWavFloat32(channels: readonly Float32Array[], sampleRateHz: number): Uint8Array {
  return encodeWav(channels, sampleRateHz, {
    tag: TAG_FLOAT,
    sampleBytes: 4,
    write: (view, offset, value) => view.setFloat32(offset, value, true),
  });
}

/** A 16-bit PCM WAV file. @param channels equal lengths; full scale = +-1, clipped beyond it */
export function encodeWavPcm16(channels: readonly Float32Array[], sampleRateHz: number): Uint8Array {
  return encodeWav(channels, sampleRateHz, {
    tag: TAG_PCM,
    sampleBytes: 2,
    write: (view, offset, value) =>
      view.setInt16(offset, Math.max(-32768, Math.min(32767, Math.round(value * 32768))), true),
  });
}

function headerOf(layout: WavLayout): WavHeader {
  const { sampleRateHz, channels, bitsPerSample, encoding, frames, durationSeconds } = layout;
  return { sampleRateHz, channels, bitsPerSample, encoding, frames, durationSeconds };
}

function parseBytes(bytes: Uint8Array, path: string): WavLayout {
  const parser = parseWav(bytes.byteLength, path);
  let step = parser.next();
  while (!step.done) {
    const { offset, length } = step.value;
    step = parser.next(bytes.subarray(offset, offset + length));
  }
  return step.value;
}

/** Walks the chunks up to the samples. Asks for bytes by yielding ranges, so one parser serves memory and disk. */
function* parseWav(fileBytes: number, path: string): Parser<WavLayout> {
  const riffBytes = yield* parseRiffHeader(fileBytes, path);
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
      return layOut(format, { offset: body, size, riffBytes, fileBytes }, path);
    }
    if (body + size > fileBytes) {
      const where = `its ${quote(id)} chunk claims ${size} bytes, the file has ${fileBytes - body} left`;
      throw new AudioError('truncated', path, `is cut short or damaged: ${where}`);
    }
    if (id === 'fmt ' && !format) {
      format = parseFormat(yield { offset: body, length: Math.min(size, MAX_FORMAT_BYTES) }, path);
    }
    offset = body + size + (size % 2);
  }
  const missing = format ? 'no data chunk: it holds no samples' : 'neither a fmt nor a data chunk';
  throw new AudioError('missing-chunk', path, `has ${missing}`);
}

/** Returns the RIFF size field. */
function* parseRiffHeader(fileBytes: number, path: string): Parser<number> {
  if (fileBytes === 0) throw new AudioError('empty', path, 'is empty (0 bytes)');
  const head = yield { offset: 0, length: RIFF_HEADER_BYTES };
  if (head.every((byte) => byte === 0)) {
    throw new AudioError('not-audio', path, 'is not a WAV file: it starts with zero bytes');
  }
  const magic = text(head, 0, 4);
  if (magic === 'RIFX' || magic === 'RF64' || magic === 'BW64') {
    throw new AudioError('unsupported', path, `is a WAV variant the studio does not read (${magic})`);
  }
  if (magic !== 'RIFF') throw new AudioError('not-audio', path, notWavReason(head));
  if (head.length < RIFF_HEADER_BYTES) {
    throw new AudioError('truncated', path, `is cut short: ${fileBytes} bytes, less than a WAV header`);
  }
  if (!isWav(head)) {
    throw new AudioError('not-audio', path, `is a RIFF file of type ${quote(text(head, 8, 4))}, not WAVE`);
  }
  return viewOf(head).getUint32(4, true);
}

function notWavReason(head: Uint8Array): string {
  const other = OTHER_FORMATS.find(([offset, magic]) => text(head, offset, magic.length) === magic);
  const mpegSync = head[0] === 0xff && (head[1]! & 0xe0) === 0xe0;
  const name = other?.[2] ?? (mpegSync ? 'MP3' : undefined);
  if (name) return `is not a WAV file: by its content it is ${name}`;
  return `is not a WAV file: it starts with ${quote(text(head, 0, 4))} instead of "RIFF"`;
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
  const format = {
    channels: view.getUint16(2, true),
    sampleRateHz: view.getUint32(4, true),
    blockAlign: view.getUint16(12, true),
    bitsPerSample: view.getUint16(14, true),
    encoding: encodingOf(view, path),
  };
  checkFormat(format, view.getUint32(8, true), path);
  return format;
}

function encodingOf(fmt: DataView, path: string): WavEncoding {
  const tag = fmt.getUint16(0, true);
  if (tag !== TAG_EXTENSIBLE) return encodingOfTag(tag, path);
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
  return encodingOfTag(fmt.getUint16(24, true), path);
}

function encodingOfTag(tag: number, path: string): WavEncoding {
  if (tag === TAG_PCM) return 'pcm';
  if (tag === TAG_FLOAT) return 'float';
  const name = CODEC_NAMES.get(tag) ?? `format tag 0x${tag.toString(16).padStart(4, '0')}`;
  throw new AudioError('unsupported', path, `is encoded as ${name}; the studio reads PCM and float WAV`);
}

function checkFormat(format: Format, bytesPerSecond: number, path: string): void {
  const { encoding, channels, sampleRateHz, bitsPerSample, blockAlign } = format;
  const bad = (reason: string): AudioError => new AudioError('bad-header', path, reason);
  if (channels === 0) throw bad('says it has 0 channels');
  if (sampleRateHz === 0) throw bad('says its sample rate is 0 Hz');
  if (bitsPerSample === 0) throw bad('says its samples have 0 bits');
  const readable = encoding === 'pcm' ? [8, 16, 24, 32] : [32, 64];
  if (!readable.includes(bitsPerSample)) {
    const kind = encoding === 'pcm' ? 'PCM' : 'float';
    const list = `${readable.slice(0, -1).join(', ')} or ${readable.at(-1)}`;
    throw new AudioError(
      'unsupported',
      path,
      `has ${bitsPerSample}-bit ${kind} samples; readable are ${list} bits`,
    );
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
  const { blockAlign, encoding, channels, sampleRateHz, bitsPerSample } = format;
  if (dataBytes % blockAlign !== 0) {
    const rest = `${dataBytes} bytes are not a multiple of ${blockAlign}`;
    throw new AudioError('truncated', path, `ends in the middle of a sample: ${rest}`);
  }
  const frames = dataBytes / blockAlign;
  return {
    ...{ encoding, channels, sampleRateHz, bitsPerSample, frames },
    durationSeconds: frames / sampleRateHz,
    dataOffset: chunk.offset,
    dataBytes,
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

interface SampleReader {
  sampleBytes: number;
  read(view: DataView, offset: number): number;
}

/** Scales as libsndfile does; every factor is a power of two, so nothing but the float32 store rounds. */
const SAMPLE_READERS: ReadonlyMap<string, SampleReader> = new Map([
  ['pcm8', { sampleBytes: 1, read: (view, at) => (view.getUint8(at) - 128) / 0x80 }],
  ['pcm16', { sampleBytes: 2, read: (view, at) => view.getInt16(at, true) / 0x8000 }],
  [
    'pcm24',
    {
      sampleBytes: 3,
      read: (view, at) => (view.getUint16(at, true) | (view.getInt8(at + 2) << 16)) / 0x800000,
    },
  ],
  ['pcm32', { sampleBytes: 4, read: (view, at) => view.getInt32(at, true) / 0x80000000 }],
  ['float32', { sampleBytes: 4, read: (view, at) => view.getFloat32(at, true) }],
  ['float64', { sampleBytes: 8, read: (view, at) => view.getFloat64(at, true) }],
] satisfies [string, SampleReader][]);

function sampleReader(layout: WavLayout): SampleReader {
  const reader = SAMPLE_READERS.get(`${layout.encoding}${layout.bitsPerSample}`);
  if (!reader) throw new RangeError(`no reader for ${layout.encoding}${layout.bitsPerSample}`);
  return reader;
}

function assertFinite(samples: Float32Array, path: string): void {
  const at = samples.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  throw new AudioError('non-finite', path, `holds a sample that is not a finite number (sample ${at})`);
}

interface SampleWriter {
  tag: number;
  sampleBytes: number;
  write(view: DataView, offset: number, value: number): void;
}

function encodeWav(
  channels: readonly Float32Array[],
  sampleRateHz: number,
  writer: SampleWriter,
): Uint8Array {
  const frames = channels[0]?.length ?? 0;
  if (channels.some((channel) => channel.length !== frames)) {
    throw new RangeError('channels differ in length');
  }
  const blockAlign = channels.length * writer.sampleBytes;
  const dataBytes = frames * blockAlign;
  const dataOffset = 44;
  const bytes = new Uint8Array(dataOffset + dataBytes + (dataBytes % 2));
  const view = viewOf(bytes);
  putText(bytes, 0, 'RIFF');
  view.setUint32(4, bytes.length - CHUNK_HEADER_BYTES, true);
  putText(bytes, 8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, writer.tag, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, sampleRateHz * blockAlign, true);
  view.setUint16(32, blockAlign, true);
  view.setUint16(34, writer.sampleBytes * 8, true);
  putText(bytes, 36, 'data');
  view.setUint32(40, dataBytes, true);
  channels.forEach((channel, index) => {
    let offset = dataOffset + index * writer.sampleBytes;
    for (let i = 0; i < frames; i++, offset += blockAlign) writer.write(view, offset, channel[i]!);
  });
  return bytes;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes as Latin-1. */
function text(bytes: Uint8Array, offset: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + length));
}

function putText(bytes: Uint8Array, offset: number, value: string): void {
  for (let i = 0; i < value.length; i++) bytes[offset + i] = value.charCodeAt(i);
}

/** A chunk id for a person: control and non-ASCII bytes shown as dots. */
function quote(id: string): string {
  return `"${id.replace(/[^\x20-\x7e]/g, '.')}"`;
}
