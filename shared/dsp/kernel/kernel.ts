// Loads the WebAssembly kernel and lays out its memory: power spectra and MFCC, four frames at a time.
import type { MelBand } from '../mel.ts';
import { liftToFloor } from '../melSpectrogram.ts';
import type { Stretch, Target } from '../track.ts';
import { KERNEL_BASE64 } from './wasm.ts';

/** How features are computed: by the SIMD kernel, or by the plain TypeScript that it is tested against. */
export type FeaturePath = 'simd' | 'typescript';

interface KernelExports {
  memory: WebAssembly.Memory;
  configure(
    points: number,
    window: number,
    twiddles: number,
    blocks: number,
    split: number,
    work: number,
    power: number,
  ): void;
  melDecibels(
    from: number,
    hopBytes: number,
    groups: number,
    table: number,
    weights: number,
    mels: number,
    amin: number,
    to: number,
  ): void;
  cepstra(
    from: number,
    groups: number,
    mels: number,
    floor: number,
    offset: number,
    matrix: number,
    count: number,
    to: number,
  ): void;
  powerRows(from: number, hopBytes: number, to: number): void;
}

/** Frames that one step of the kernel computes side by side. */
const LANES = 4;
/** Groups of four frames handed over at once: six seconds at librosa's hop. Bounds the kernel's memory. */
const BLOCK_GROUPS = 64;
const BLOCK_FRAMES = BLOCK_GROUPS * LANES;
const MIN_FFT = 32;
/** Keeps the samples of a block below 70 MB. */
const MAX_HOP = 65_536;
/** The smallest normal float32: the kernel's logarithm knows no smaller ones. */
const MIN_AMIN = 2 ** -126;
/** Decibels of the largest float32, less a margin: what is above overflowed or was no number. */
const MAX_DB = 385;
const FLOAT_BYTES = 4;
const FIRST_BYTE = 1024;
const PAGE_BYTES = 65_536;

/** Null: not tried yet; undefined: this WebAssembly has no SIMD, or there is none. */
let compiled: WebAssembly.Module | undefined | null = null;

function kernelModule(): WebAssembly.Module | undefined {
  if (compiled === null) {
    const bytes = Uint8Array.from(atob(KERNEL_BASE64), (letter) => letter.charCodeAt(0));
    const readable = typeof WebAssembly === 'object' && WebAssembly.validate(bytes);
    compiled = readable ? new WebAssembly.Module(bytes) : undefined;
  }
  return compiled;
}

/** Which path mel features of these settings take on this machine. */
export function kernelPath({
  nFft,
  hopLength,
  amin,
}: {
  nFft: number;
  hopLength: number;
  amin: number;
}): FeaturePath {
  const able = nFft >= MIN_FFT && hopLength <= MAX_HOP && amin >= MIN_AMIN;
  return able && kernelModule() !== undefined ? 'simd' : 'typescript';
}

function instantiate(module: WebAssembly.Module): KernelExports {
  return new WebAssembly.Instance(module).exports as unknown as KernelExports;
}

export interface FrameSettings {
  /** A power of two. */
  nFft: number;
  /** Samples between frame centres. */
  hopLength: number;
  /** nFft values. */
  window: Float64Array;
}

export interface MelKernelSettings extends FrameSettings {
  bands: readonly MelBand[];
  /** coefficients x mels, row-major; orthonormal (dctMatrix). */
  dct: Float64Array;
  coefficients: number;
  amin: number;
  topDb: number;
}

/** Memory handed out from the bottom up; tables are written once it is all known. */
class Layout {
  #end = FIRST_BYTE;
  readonly #tables: [address: number, values: Float32Array | Uint32Array][] = [];

  space(bytes: number): number {
    const address = this.#end;
    this.#end = Math.ceil((address + bytes) / 64) * 64;
    return address;
  }

  table(values: Float32Array | Uint32Array): number {
    const address = this.space(values.byteLength);
    this.#tables.push([address, values]);
    return address;
  }

  /** Grows the memory to its size, for good, and writes the tables. */
  apply(memory: WebAssembly.Memory): void {
    const missing = this.#end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    for (const [address, { buffer, byteOffset, byteLength }] of this.#tables) {
      new Uint8Array(memory.buffer, address, byteLength).set(new Uint8Array(buffer, byteOffset, byteLength));
    }
  }
}

/** The kernel set up for one FFT length and hop, with a memory of its own: one per thread. */
class FrameKernel {
  protected readonly layout = new Layout();
  protected readonly exports: KernelExports;
  protected readonly settings: FrameSettings;
  protected readonly hopBytes: number;
  readonly #signal: number;
  #samples = new Float32Array(0);

  constructor(module: WebAssembly.Module, settings: FrameSettings) {
    const { nFft, hopLength, window } = settings;
    this.settings = settings;
    this.hopBytes = hopLength * 4;
    this.exports = instantiate(module);
    const points = nFft / 2;
    const { blocks, twiddles } = passTables(points);
    this.exports.configure(
      points,
      this.layout.table(Float32Array.from(window, (value) => value / 2)),
      this.layout.table(twiddles),
      this.layout.table(blocks),
      this.layout.table(splitTable(points)),
      this.layout.space(points * 32),
      this.layout.space((points + 1) * 16),
    );
    this.#signal = this.layout.space(4 * this.#blockSamples());
  }

  /** Writes the tables; after it no more memory is laid out. */
  protected ready(): void {
    const { memory } = this.exports;
    this.layout.apply(memory);
    this.#samples = new Float32Array(memory.buffer, this.#signal, this.#blockSamples());
  }

  #blockSamples(): number {
    return (BLOCK_FRAMES - 1) * this.settings.hopLength + this.settings.nFft;
  }

  /** Copies what the frames from `first` on hear, zeros beyond both ends; returns its address. */
  protected load(signal: Float32Array, first: number, groups: number): number {
    const { nFft, hopLength } = this.settings;
    const start = first * hopLength - nFft / 2;
    const length = (groups * LANES - 1) * hopLength + nFft;
    const from = Math.min(length, Math.max(0, -start));
    const to = Math.max(from, Math.min(length, signal.length - start));
    this.#samples.fill(0, 0, from);
    if (to > from) this.#samples.set(signal.subarray(start + from, start + to), from);
    this.#samples.fill(0, to, length);
    return this.#signal;
  }
}

/** Power spectra of single stretches of a signal: what several features share. */
export class PowerKernel extends FrameKernel {
  readonly #rows: number;

  constructor(module: WebAssembly.Module, settings: FrameSettings) {
    super(module, settings);
    this.#rows = this.layout.space((settings.nFft / 2 + 1) * 16);
    this.ready();
  }

  /**
   * |X|^2 of `count` frames from `first` on, centred on sample frame * hopLength, row by row into `power`
   * (count x (nFft / 2 + 1)).
   */
  powerFrames(signal: Float32Array, first: number, count: number, power: Float32Array): void {
    const bins = this.settings.nFft / 2 + 1;
    const { memory, powerRows } = this.exports;
    for (let done = 0; done < count; done += LANES) {
      const at = this.load(signal, first + done, 1);
      powerRows(at, this.hopBytes, this.#rows);
      const rows = Math.min(LANES, count - done);
      power.set(new Float32Array(memory.buffer, this.#rows, rows * bins), done * bins);
    }
  }
}

/** Decibels that are kept from one signal to the next, in floats. */
const MOST_KEPT = 1 << 20;

/** Mel bands in decibels and their cepstra, of one signal after the other: begin, add, then write. */
export class MelKernel extends FrameKernel {
  readonly #mel: MelKernelSettings;
  readonly #addresses: Readonly<Record<'bands' | 'weights' | 'dct' | 'mel' | 'out', number>>;
  readonly #groupFloats: number;
  #frames = 0;
  #peakDb = -Infinity;
  /** Decibels of a signal of more than one block; of the others they stay in the kernel's memory. */
  #long = new Float32Array(0);

  constructor(module: WebAssembly.Module, settings: MelKernelSettings) {
    super(module, settings);
    this.#mel = settings;
    const { bands, coefficients } = settings;
    this.#groupFloats = (bands.length + 1) * LANES;
    this.#addresses = {
      bands: this.layout.table(
        Uint32Array.from(bands.flatMap((band) => [band.firstBin, band.weights.length])),
      ),
      weights: this.layout.table(Float32Array.from(bands.flatMap((band) => [...band.weights]))),
      dct: this.layout.table(foldedRows(settings.dct, coefficients, bands.length)),
      mel: this.layout.space(BLOCK_GROUPS * this.#groupFloats * FLOAT_BYTES),
      out: this.layout.space(BLOCK_FRAMES * coefficients * FLOAT_BYTES),
    };
    this.ready();
  }

  begin(frames: number): void {
    this.#frames = frames;
    this.#peakDb = -Infinity;
    const floats = this.#isLong ? Math.ceil(frames / LANES) * this.#groupFloats : 0;
    if (this.#long.length < floats || this.#long.length > Math.max(MOST_KEPT, floats)) {
      this.#long = new Float32Array(floats);
    }
  }

  /** Takes frames, in order; `first` is a multiple of four. */
  add({ samples, place, first, count }: Stretch): void {
    const { bands, amin } = this.#mel;
    const { bands: table, weights, mel } = this.#addresses;
    for (let done = 0; done < count; done += BLOCK_FRAMES) {
      const frames = Math.min(BLOCK_FRAMES, count - done);
      const groups = Math.ceil(frames / LANES);
      const group = (first + done) / LANES;
      const to = mel + (this.#isLong ? 0 : group * this.#groupFloats * FLOAT_BYTES);
      const at = this.load(samples, place + done, groups);
      this.exports.melDecibels(at, this.hopBytes, groups, table, weights, bands.length, amin, to);
      const decibels = new Float32Array(this.exports.memory.buffer, to, groups * this.#groupFloats);
      for (let frame = 0; frame < frames; frame++) {
        const peaks = (Math.floor(frame / LANES) + 1) * this.#groupFloats - LANES;
        this.#peakDb = Math.max(this.#peakDb, decibels[peaks + (frame % LANES)]!);
      }
      if (this.#isLong) this.#long.set(decibels, group * this.#groupFloats);
    }
  }

  /** After the last frame: false for samples that are no finite numbers, or powers beyond float32. */
  get isSayable(): boolean {
    return this.#peakDb < MAX_DB;
  }

  /** Writes the decibels, no lower than `topDb` under the signal's peak. To be called before writeCepstra. */
  writeDecibels(target: Target): void {
    const { values, stride, column } = target;
    const mels = this.#mel.bands.length;
    this.#eachBlock((decibels, first, count) => {
      for (let frame = 0; frame < count; frame++) {
        const from = Math.floor(frame / LANES) * this.#groupFloats + (frame % LANES);
        const to = (first + frame) * stride + column;
        for (let m = 0; m < mels; m++) values[to + m] = decibels[from + m * LANES]!;
      }
    });
    liftToFloor(target, { frames: this.#frames, columns: mels, floorDb: this.#floorDb });
  }

  /** Writes the cepstra. It uses up the decibels. */
  writeCepstra({ values, stride, column }: Target): void {
    const { bands, coefficients, topDb } = this.#mel;
    const { mel, dct, out } = this.#addresses;
    const mels = bands.length;
    // The middle of the range is taken out of the sums and put back at the end: float32 rounds small sums less.
    const offsetDb = this.#peakDb - topDb / 2;
    const offset = offsetDb * Math.sqrt(mels);
    this.#eachBlock((_, first, count) => {
      const groups = Math.ceil(count / LANES);
      this.exports.cepstra(mel, groups, mels, this.#floorDb, offsetDb, dct, coefficients, out);
      const cepstra = new Float32Array(this.exports.memory.buffer, out, count * coefficients);
      for (let frame = 0; frame < count; frame++) {
        const at = (first + frame) * stride + column;
        for (let k = 0; k < coefficients; k++) values[at + k] = cepstra[frame * coefficients + k]!;
        values[at]! += offset;
      }
    });
  }

  get #isLong(): boolean {
    return this.#frames > BLOCK_FRAMES;
  }

  get #floorDb(): number {
    return this.#peakDb - this.#mel.topDb;
  }

  /** Brings each block's decibels to where the kernel reads them. */
  #eachBlock(visit: (decibels: Float32Array, first: number, count: number) => void): void {
    const decibels = new Float32Array(
      this.exports.memory.buffer,
      this.#addresses.mel,
      BLOCK_GROUPS * this.#groupFloats,
    );
    for (let first = 0; first < this.#frames; first += BLOCK_FRAMES) {
      if (this.#isLong) {
        const start = (first / LANES) * this.#groupFloats;
        decibels.set(this.#long.subarray(start, start + decibels.length));
      }
      visit(decibels, first, Math.min(BLOCK_FRAMES, this.#frames - first));
    }
  }
}

/** @returns undefined where this machine or these settings need the TypeScript path */
export function createPowerKernel(settings: FrameSettings): PowerKernel | undefined {
  const module = kernelModule();
  return module && settings.nFft >= MIN_FFT ? new PowerKernel(module, settings) : undefined;
}

/** @returns undefined where this machine or these settings need the TypeScript path */
export function createMelKernel(settings: MelKernelSettings): MelKernel | undefined {
  const module = kernelModule();
  return module && kernelPath(settings) === 'simd' ? new MelKernel(module, settings) : undefined;
}

/**
 * The left halves of the cosine transform's rows, even ones before odd ones, each part with rows of zeros up to a
 * multiple of four.
 */
function foldedRows(dct: Float64Array, coefficients: number, mels: number): Float32Array {
  const columns = Math.ceil(mels / 2);
  const part = (first: number): number[] => {
    const rows: number[] = [];
    for (let k = first; k < coefficients; k += 2) rows.push(...dct.subarray(k * mels, k * mels + columns));
    const missing = -(rows.length / columns) & 3;
    return [...rows, ...new Array<number>(missing * columns).fill(0)];
  };
  return Float32Array.from([...part(0), ...part(1)]);
}

/** exp(-2 pi i k / period) */
function root(k: number, period: number): [number, number] {
  const angle = (-2 * Math.PI * k) / period;
  return [Math.cos(angle), Math.sin(angle)];
}

/**
 * The factors of every pass but the last in the order of their use, and for the last pass, by lowest frequency,
 * where its blocks of four points lie after the passes before it (decimation in frequency leaves them permuted).
 */
function passTables(points: number): { twiddles: Float32Array; blocks: Uint32Array } {
  const twiddles: number[] = [];
  let frequencies = [0];
  let step = 1;
  for (let size = points; size > 4;) {
    const odd = Math.log2(size) % 2 === 1;
    const radix = odd && size < points ? 2 : 4;
    for (let p = 0; p < size / radix; p++) {
      for (let j = 1; j < radix; j++) twiddles.push(...root(p * j, size));
    }
    frequencies = frequencies.flatMap((base) => Array.from({ length: radix }, (_, j) => base + step * j));
    size /= radix;
    step *= radix;
  }
  const blocks = new Uint32Array(points / 4);
  frequencies.forEach((frequency, block) => (blocks[frequency] = block * 4 * 32));
  return { twiddles: Float32Array.from(twiddles), blocks };
}

/** exp(-2 pi i k / nFft) for k = r + j points / 4, j = 0 .. 3, r = 0 .. points / 8. */
function splitTable(points: number): Float32Array {
  const table: number[] = [];
  for (let r = 0; r <= points / 8; r++) {
    for (let j = 0; j < 4; j++) table.push(...root(r + (j * points) / 4, 2 * points));
  }
  return Float32Array.from(table);
}
