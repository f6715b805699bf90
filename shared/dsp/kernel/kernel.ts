// Loads the WebAssembly kernel and lays out its memory; power spectra, four frames at a time. Mel bands: melKernel.ts.
import { passTables, splitTable } from './tables.ts';
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
export const LANES = 4;
/** Groups of four frames handed over at once: six seconds at librosa's hop. Bounds the kernel's memory. */
export const BLOCK_GROUPS = 64;
export const BLOCK_FRAMES = BLOCK_GROUPS * LANES;
const MIN_FFT = 32;
/** Keeps the samples of a block below 70 MB. */
const MAX_HOP = 65_536;
/** The smallest normal float32: the kernel's logarithm knows no smaller ones. */
const MIN_AMIN = 2 ** -126;
export const FLOAT_BYTES = 4;
const FIRST_BYTE = 1024;
const PAGE_BYTES = 65_536;

/** Null: not tried yet; undefined: this WebAssembly has no SIMD, or there is none. */
let compiled: WebAssembly.Module | undefined | null = null;

export function kernelModule(): WebAssembly.Module | undefined {
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
export class FrameKernel {
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

/** @returns undefined where this machine or these settings need the TypeScript path */
export function createPowerKernel(settings: FrameSettings): PowerKernel | undefined {
  const module = kernelModule();
  return module && settings.nFft >= MIN_FFT ? new PowerKernel(module, settings) : undefined;
}
