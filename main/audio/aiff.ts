// AIFF and uncompressed AIFF-C reading (Apple, Audio Interchange File Format 1.3, 1989; AIFF-C draft, 1991).
import { AudioError } from './audioError.ts';
import { MAX_CHANNELS, type AudioFormat, type AudioHeader } from './format.ts';
import { pcmBlocks, pcmWindow, type PcmLayout, type SampleKind } from './pcm.ts';
import { quote, text, viewOf, type Parser } from './source.ts';

export type AiffLayout = AudioHeader & PcmLayout;

export const AIFF: AudioFormat<AiffLayout> = {
  parse: parseAiff,
  decode: pcmBlocks,
  decodeWindow: pcmWindow,
};

const FORM_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
/** In front of the samples of an SSND chunk: offset and block size. */
const SOUND_HEADER_BYTES = 8;
const MAX_CHUNKS = 10_000;

export function isAiff(head: Uint8Array): boolean {
  return text(head, 0, 4) === 'FORM' && ['AIFF', 'AIFC'].includes(text(head, 8, 4));
}

interface Common {
  channels: number;
  frames: number;
  sampleRateHz: number;
  kind: SampleKind;
  bitsPerSample: number;
  bigEndian: boolean;
}

interface Sound {
  dataOffset: number;
  dataBytes: number;
}

function* parseAiff(fileBytes: number, path: string): Parser<AiffLayout> {
  const head = yield { offset: 0, length: FORM_HEADER_BYTES };
  const isCompressed = text(head, 8, 4) === 'AIFC';
  let common: Common | undefined;
  let sound: Sound | undefined;
  let offset = FORM_HEADER_BYTES;
  for (let count = 0; count < MAX_CHUNKS && offset + CHUNK_HEADER_BYTES <= fileBytes; count++) {
    const chunk = yield { offset, length: CHUNK_HEADER_BYTES };
    if (chunk.length < CHUNK_HEADER_BYTES) break;
    const id = text(chunk, 0, 4);
    const size = viewOf(chunk).getUint32(4);
    const body = offset + CHUNK_HEADER_BYTES;
    if (body + size > fileBytes) {
      const where = `its ${quote(id)} chunk claims ${size} bytes, the file has ${fileBytes - body} left`;
      throw new AudioError('truncated', path, `is cut short or damaged: ${where}`);
    }
    if (id === 'COMM' && !common) {
      common = parseCommon(yield { offset: body, length: Math.min(size, 22) }, isCompressed, path);
    }
    if (id === 'SSND' && !sound && size >= SOUND_HEADER_BYTES) {
      const skipped = viewOf(yield { offset: body, length: SOUND_HEADER_BYTES }).getUint32(0);
      const dataBytes = size - SOUND_HEADER_BYTES - skipped;
      sound = { dataOffset: body + SOUND_HEADER_BYTES + skipped, dataBytes };
    }
    if (common && sound) return layOut(common, sound, path);
    offset = body + size + (size % 2);
  }
  if (common?.frames === 0) throw new AudioError('empty', path, 'holds no samples');
  throw new AudioError('missing-chunk', path, `has no ${common ? 'SSND' : 'COMM'} chunk`);
}

function layOut(common: Common, { dataOffset, dataBytes }: Sound, path: string): AiffLayout {
  const { channels, frames, sampleRateHz, kind, bitsPerSample } = common;
  if (frames === 0) throw new AudioError('empty', path, 'holds no samples');
  const needed = (frames * channels * bitsPerSample) / 8;
  if (needed > dataBytes) {
    const what = `it claims ${needed} bytes of samples, there are ${Math.max(0, dataBytes)}`;
    throw new AudioError('truncated', path, `is cut short or its header lies: ${what}`);
  }
  const name = kind === 'signed' || kind === 'unsigned' ? 'PCM' : kind;
  const encoding = `${bitsPerSample}-bit ${name} (AIFF)`;
  return { ...common, encoding, durationSeconds: frames / sampleRateHz, dataOffset };
}

function parseCommon(bytes: Uint8Array, isCompressed: boolean, path: string): Common {
  const bad = (reason: string): AudioError => new AudioError('bad-header', path, reason);
  const least = isCompressed ? 22 : 18;
  if (bytes.length < least) {
    throw bad(`has a COMM chunk of ${bytes.length} bytes; it needs at least ${least}`);
  }
  const view = viewOf(bytes);
  const channels = view.getInt16(0);
  const sampleRateHz = extended(view, 8);
  if (channels < 1 || channels > MAX_CHANNELS) throw bad(`says it has ${channels} channels`);
  if (!Number.isInteger(sampleRateHz) || sampleRateHz < 1 || sampleRateHz > 0xffffffff) {
    throw bad(`says its sample rate is ${sampleRateHz} Hz`);
  }
  const coding = codingOf(isCompressed ? text(bytes, 18, 4) : 'NONE', view.getInt16(6), path);
  return { channels, frames: view.getUint32(2), sampleRateHz, ...coding };
}

type Coding = Pick<Common, 'kind' | 'bitsPerSample' | 'bigEndian'>;

function codingOf(compression: string, bits: number, path: string): Coding {
  const integers = (bigEndian: boolean): Coding => {
    if (bits < 1 || bits > 32) throw new AudioError('bad-header', path, `says its samples have ${bits} bits`);
    // Samples fill whole bytes, left-justified.
    return { kind: 'signed', bitsPerSample: Math.ceil(bits / 8) * 8, bigEndian };
  };
  switch (compression) {
    case 'NONE':
    case 'twos':
    case 'in24':
    case 'in32':
      return integers(true);
    case 'sowt':
      return integers(false);
    case 'raw ':
      return { kind: 'unsigned', bitsPerSample: 8, bigEndian: true };
    case 'fl32':
    case 'FL32':
      return { kind: 'float', bitsPerSample: 32, bigEndian: true };
    case 'fl64':
    case 'FL64':
      return { kind: 'float', bitsPerSample: 64, bigEndian: true };
    case 'alaw':
    case 'ALAW':
      return { kind: 'A-law', bitsPerSample: 8, bigEndian: true };
    case 'ulaw':
    case 'ULAW':
      return { kind: 'mu-law', bitsPerSample: 8, bigEndian: true };
    default:
      throw new AudioError('unsupported', path, `is AIFF-C of a kind not read here (${quote(compression)})`);
  }
}

/** An 80-bit extended float (IEEE 754's double extended: sign, 15-bit exponent, 64-bit mantissa). */
function extended(view: DataView, offset: number): number {
  const head = view.getUint16(offset);
  const mantissa = view.getUint32(offset + 2) * 2 ** 32 + view.getUint32(offset + 6);
  return (head & 0x8000 ? -1 : 1) * mantissa * 2 ** ((head & 0x7fff) - 16383 - 63);
}
