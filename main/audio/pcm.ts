// Uncompressed samples of every kind that WAV and AIFF hold, to floats.
import { AudioError } from './audioError.ts';
import { BLOCK_FRAMES, type Block, type Blocks } from './format.ts';
import { instantiate, type NativeBase } from './native/instance.ts';
import { WASM_BASE64 } from './native/pcm.wasm.ts';
import { takeFloats } from './spare.ts';
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
    const length = frames * frameBytes;
    const bytes = source.read(layout.dataOffset + frame * frameBytes, length, roomFor(length));
    if (bytes.length < length) {
      throw new AudioError('truncated', path, 'became shorter while it was read');
    }
    const block = convert(bytes, layout, frames);
    if (layout.kind === 'float') for (const samples of block) assertFinite(samples, frame, path);
    yield block;
  }
}

/** Bytes of a block between file and floats: fresh ones of an hour would wait for the collector by the 100 MB. */
let room = new Uint8Array(0);

function roomFor(length: number): Uint8Array {
  if (room.length < length) room = new Uint8Array(length);
  return room;
}

/** The samples of a file from `first` on. @throws as pcmBlocks */
export function pcmWindow(
  source: ByteSource,
  layout: PcmLayout,
  path: string,
  first: number,
  frames: number,
): Blocks {
  const dataOffset = layout.dataOffset + (first * layout.channels * layout.bitsPerSample) / 8;
  return pcmBlocks(source, { ...layout, dataOffset, frames }, path);
}

/** Interleaved samples to one array a channel. */
function convert(bytes: Uint8Array, layout: PcmLayout, frames: number): Block {
  const { channels, kind, bitsPerSample, bigEndian } = layout;
  const is16 = kind === 'signed' && bitsPerSample === 16 && !bigEndian;
  if (is16 && channels <= 2 && frames <= BLOCK_FRAMES) return convert16(bytes, channels, frames);
  const block = Array.from({ length: channels }, () => new Float32Array(frames));
  const view = viewOf(bytes);
  const read = sampleReader(kind, bitsPerSample, !bigEndian);
  const sampleBytes = bitsPerSample / 8;
  block.forEach((samples, channel) => {
    let at = channel * sampleBytes;
    for (let i = 0; i < frames; i++, at += channels * sampleBytes) samples[i] = read(view, at);
  });
  return block;
}

interface Native extends NativeBase {
  convertMono16(input: number, output: number, frames: number): void;
  convertStereo16(input: number, left: number, right: number, frames: number): void;
}

/** Room for a block of two channels; made with the first file. */
let native: { module: Native; input: number; outputs: [number, number] } | undefined;

/** Nearly every file of a corpus comes through here: a tenth of the time that a loop in JavaScript takes. */
function convert16(bytes: Uint8Array, channels: number, frames: number): Block {
  native ??= startNative();
  const { module, input, outputs } = native;
  const { buffer } = module.memory;
  new Uint8Array(buffer, input).set(bytes);
  if (channels === 1) module.convertMono16(input, outputs[0], frames);
  else module.convertStereo16(input, outputs[0], outputs[1], frames);
  return outputs.slice(0, channels).map((output) => {
    const samples = takeFloats(frames);
    samples.set(new Float32Array(buffer, output, frames));
    return samples;
  });
}

function startNative(): NonNullable<typeof native> {
  const module = instantiate<Native>(WASM_BASE64);
  const input = module.allocate(BLOCK_FRAMES * 2 * Int16Array.BYTES_PER_ELEMENT);
  const output = (): number => module.allocate(BLOCK_FRAMES * Float32Array.BYTES_PER_ELEMENT);
  return { module, input, outputs: [output(), output()] };
}

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
