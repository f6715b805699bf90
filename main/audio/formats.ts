// Which format a file has, judged by its first bytes, never by its name.
import { AIFF, isAiff } from './aiff.ts';
import { AudioError } from './audioError.ts';
import { FLAC, isFlac } from './flac.ts';
import type { AudioFormat, AudioHeader, Blocks } from './format.ts';
import { skipId3 } from './id3.ts';
import { isMpegAudio, MP3 } from './mp3.ts';
import { isOgg, parseOggEnds, unknownStream } from './ogg.ts';
import { decodeOpus, isOpus, opusLayout } from './opus.ts';
import { quote, text, type ByteSource, type Parser } from './source.ts';
import { decodeVorbis, isVorbis, vorbisLayout } from './vorbis.ts';
import { isWav, WAV } from './wav.ts';

/** A file whose header was read, ready to be decoded. */
export interface ParsedAudio {
  readonly header: AudioHeader;
  decode(source: ByteSource): Blocks | Promise<Blocks>;
  /** `frames` samples from `first` on; absent where the format must be decoded from its start. */
  decodeWindow?(source: ByteSource, first: number, frames: number): Blocks;
}

const SNIFFED_BYTES = 64;

/** First bytes of what people take for audio and the studio does not read. */
const OTHER_FORMATS: readonly (readonly [offset: number, magic: string, name: string])[] = [
  [4, 'ftyp', 'MP4 (M4A, AAC or ALAC)'],
  [0, 'ADIF', 'AAC'],
  [0, '.snd', 'Sun AU'],
  [0, 'caff', 'Core Audio'],
  [0, 'riff', 'Sony Wave64'],
  [0, 'wvpk', 'WavPack'],
  [0, 'MAC ', "Monkey's Audio"],
  [0, '#!AMR', 'AMR'],
  [0, 'NIST_1A', 'NIST SPHERE'],
  [0, '\x1aE\xdf\xa3', 'Matroska or WebM'],
  [0, '\x30\x26\xb2\x75', 'Windows Media'],
  [0, 'PK\x03\x04', 'ZIP'],
];

/** Finds the format and reads its header. @throws AudioError naming `path` */
export function* parseAudio(fileBytes: number, path: string): Parser<ParsedAudio> {
  if (fileBytes === 0) throw new AudioError('empty', path, 'is empty (0 bytes)');
  let head = yield { offset: 0, length: SNIFFED_BYTES };
  if (isWav(head) || ['RIFF', 'RIFX', 'RF64', 'BW64'].includes(text(head, 0, 4))) {
    return yield* parsed(WAV, fileBytes, path);
  }
  if (isAiff(head)) return yield* parsed(AIFF, fileBytes, path);
  if (isOgg(head)) return yield* parseOgg(fileBytes, path);
  const isTagged = text(head, 0, 3) === 'ID3';
  if (isTagged) head = yield { offset: yield* skipId3(path), length: SNIFFED_BYTES };
  if (isFlac(head)) return yield* parsed(FLAC, fileBytes, path);
  if (isTagged || isMpegAudio(head)) return yield* parsed(MP3, fileBytes, path);
  throw notAudio(head, path);
}

function* parsed<Layout extends AudioHeader>(
  format: AudioFormat<Layout>,
  fileBytes: number,
  path: string,
): Parser<ParsedAudio> {
  const layout = yield* format.parse(fileBytes, path);
  const { decodeWindow } = format;
  return {
    header: headerOf(layout),
    decode: (source) => format.decode(source, layout, path),
    ...(decodeWindow && {
      decodeWindow: (source, first, frames) => decodeWindow(source, layout, path, first, frames),
    }),
  };
}

function* parseOgg(fileBytes: number, path: string): Parser<ParsedAudio> {
  const ends = yield* parseOggEnds(fileBytes, path);
  if (isVorbis(ends)) {
    const layout = vorbisLayout(ends, path);
    return { header: headerOf(layout), decode: (source) => decodeVorbis(source, layout, path) };
  }
  if (isOpus(ends)) {
    const layout = opusLayout(ends, path);
    return { header: headerOf(layout), decode: (source) => decodeOpus(source, layout, path) };
  }
  throw unknownStream(ends.head, path);
}

function headerOf({ encoding, sampleRateHz, channels, frames, durationSeconds }: AudioHeader): AudioHeader {
  return { encoding, sampleRateHz, channels, frames, durationSeconds };
}

const READABLE = 'the studio reads WAV, FLAC, MP3, Ogg Vorbis, Opus and AIFF';

function notAudio(head: Uint8Array, path: string): AudioError {
  if (head.every((byte) => byte === 0)) {
    return new AudioError('not-audio', path, 'is not audio: it starts with zero bytes');
  }
  const isAdts = head[0] === 0xff && (head[1]! & 0xf6) === 0xf0;
  const other = OTHER_FORMATS.find(([offset, magic]) => text(head, offset, magic.length) === magic);
  const name = other?.[2] ?? (isAdts ? 'AAC' : undefined);
  if (name) return new AudioError('unsupported', path, `is ${name} by its content; ${READABLE}`);
  const start = quote(text(head, 0, Math.min(4, head.length)));
  return new AudioError('not-audio', path, `is not audio the studio reads: it starts with ${start}`);
}
