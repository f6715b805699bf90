// Uncompressed samples of every kind that WAV and AIFF hold, to floats.
import { AudioError } from './audioError.ts';
import { BLOCK_FRAMES, type Block, type Blocks } from './format.ts';
import { viewOf, type ByteSource } from './source.ts';

export type SampleKind = 'unsigned' | 'signed' | 'float' | 'A-law' | 'mu-law';

export interface PcmLayout {
  readonly kind: SampleKind;
  readonly bitsPerSample: number;
  readonly bigEndian: boolean;
  readonly channels: number;
  readonly frames: number;
  readonly dataOffset: number;
}

/** The samples of a file. @throws AudioError non-finite, truncated */
export function* pcmBlocks(source: ByteSource, layout: PcmLayout, path: string): Blocks {
  const frameBytes = (layout.channels * layout.bitsPerSample) / 8;
  // Many channels make blocks shorter, not larger.
  const most = Math.max(1, Math.floor(BLOCK_FRAMES / Math.ceil(layout.channels / 2)));
  for (let frame = 0; frame < layout.frames; frame += most) {
    const frames = Math.min(most, layout.frames - frame);
    const bytes = source.read(layout.dataOffset + frame * frameBytes, frames * frameBytes);
    if (bytes.length < frames * frameBytes) {
      throw new AudioError('truncated', path, 'became shorter while it was read');
    }
    const block = convert(bytes, layout, frames);
    if (layout.kind === 'float') for (const samples of block) assertFinite(samples, frame, path);
    yield block;
  }
}

/** Interleaved samples to one array a channel. */
function convert(bytes: Uint8Array, layout: PcmLayout, frames: number): Block {
  const { channels, kind, bitsPerSample, bigEndian } = layout;
  const block = Array.from({ length: channels }, () => new Float32Array(frames));
  if (kind === 'signed' && bitsPerSample === 16 && !bigEndian && HOST_IS_LITTLE_ENDIAN) {
    const aligned = bytes.byteOffset % 2 === 0 ? bytes : new Uint8Array(bytes);
    const values = new Int16Array(aligned.buffer, aligned.byteOffset, frames * channels);
    block.forEach((samples, channel) => {
      for (let i = 0, at = channel; i < frames; i++, at += channels) samples[i] = values[at]! / 0x8000;
    });
    return block;
  }
  const view = viewOf(bytes);
  const read = sampleReader(kind, bitsPerSample, !bigEndian);
  const sampleBytes = bitsPerSample / 8;
  block.forEach((samples, channel) => {
    let at = channel * sampleBytes;
    for (let i = 0; i < frames; i++, at += channels * sampleBytes) samples[i] = read(view, at);
  });
  return block;
}

const HOST_IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

type SampleReader = (view: DataView, at: number) => number;

/** Scales as libsndfile does; every factor is a power of two, so nothing but the float32 store rounds. */
function sampleReader(kind: SampleKind, bits: number, little: boolean): SampleReader {
  switch (`${kind} ${bits}`) {
    case 'unsigned 8':
      return (view, at) => (view.getUint8(at) - 0x80) / 0x80;
    case 'signed 8':
      return (view, at) => view.getInt8(at) / 0x80;
    case 'signed 16':
      return (view, at) => view.getInt16(at, little) / 0x8000;
    case 'signed 24':
      return little
        ? (view, at) => (view.getUint16(at, true) | (view.getInt8(at + 2) << 16)) / 0x800000
        : (view, at) => ((view.getInt8(at) << 16) | view.getUint16(at + 1, false)) / 0x800000;
    case 'signed 32':
      return (view, at) => view.getInt32(at, little) / 0x80000000;
    case 'float 32':
      return (view, at) => view.getFloat32(at, little);
    case 'float 64':
      return (view, at) => view.getFloat64(at, little);
    case 'A-law 8':
      return (view, at) => A_LAW[view.getUint8(at)]!;
    case 'mu-law 8':
      return (view, at) => MU_LAW[view.getUint8(at)]!;
    default:
      throw new RangeError(`no reader for ${bits}-bit ${kind} samples`);
  }
}

/** ITU-T G.711: 13-bit values of A-law codes, over full scale. */
const A_LAW = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = ((bits & 15) << 4) + 8;
  const size = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return (bits & 0x80 ? size : -size) / 0x8000;
});

/** ITU-T G.711: 14-bit values of mu-law codes, over full scale. */
const MU_LAW = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = ~code;
  const size = ((((bits & 15) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84;
  return (bits & 0x80 ? -size : size) / 0x8000;
});

function assertFinite(samples: Float32Array, first: number, path: string): void {
  const at = samples.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  throw new AudioError(
    'non-finite',
    path,
    `holds a sample that is not a finite number (sample ${first + at})`,
  );
}
