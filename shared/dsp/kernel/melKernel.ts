// Mel bands in decibels and their cepstra by the SIMD kernel, of signals of any length.
import type { MelBand } from '../mel.ts';
import { liftToFloor } from '../melSpectrogram.ts';
import type { Stretch, Target } from '../track.ts';
import {
  BLOCK_FRAMES,
  BLOCK_GROUPS,
  FLOAT_BYTES,
  FrameKernel,
  kernelModule,
  kernelPath,
  LANES,
  type FrameSettings,
} from './kernel.ts';

/** Decibels of the largest float32, less a margin: what is above overflowed or was no number. */
const MAX_DB = 385;

export interface MelKernelSettings extends FrameSettings {
  bands: readonly MelBand[];
  /** coefficients x mels, row-major; orthonormal (dctMatrix). */
  dct: Float64Array;
  coefficients: number;
  amin: number;
  topDb: number;
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
  /** Where the decibels go at once; null: they are kept until they are written. */
  #target: Target | null = null;
  #keeps = false;

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

  /**
   * @param target where the decibels are wanted, if they are and no cepstra are: they need no memory of their own
   * @param twice all frames will be added a second time, for their cepstra (addCepstra): no decibels are kept
   */
  begin(frames: number, target: Target | null = null, twice = false): void {
    this.#frames = frames;
    this.#peakDb = -Infinity;
    this.#target = target;
    const floats = this.#isLong && !target && !twice ? Math.ceil(frames / LANES) * this.#groupFloats : 0;
    this.#keeps = floats > 0;
    if (this.#long.length < floats || this.#long.length > Math.max(MOST_KEPT, floats)) {
      this.#long = new Float32Array(floats);
    }
  }

  /** Takes frames, in order; `first` is a multiple of four. */
  add(stretch: Stretch): void {
    this.#hear(stretch, (decibels, first, frames) => {
      for (let frame = 0; frame < frames; frame++) {
        const peaks = (Math.floor(frame / LANES) + 1) * this.#groupFloats - LANES;
        this.#peakDb = Math.max(this.#peakDb, decibels[peaks + (frame % LANES)]!);
      }
      if (this.#target) this.#write(decibels, first, frames, this.#target);
      else if (this.#keeps) this.#long.set(decibels, (first / LANES) * this.#groupFloats);
    });
  }

  /** Takes the frames again, once all of them were added, and writes their cepstra. */
  addCepstra(stretch: Stretch, target: Target): void {
    this.#hear(stretch, (_, first, frames) => this.#transform(first, frames, target));
  }

  /** Decibels of a stretch, a block at a time, in the kernel's memory. */
  #hear(
    { samples, place, first, count }: Stretch,
    visit: (decibels: Float32Array, first: number, frames: number) => void,
  ): void {
    const { bands, amin } = this.#mel;
    const { bands: table, weights, mel } = this.#addresses;
    // Those of a short signal stay there, those of a longer one make room for the next block's.
    const stays = !this.#isLong && !this.#target;
    for (let done = 0; done < count; done += BLOCK_FRAMES) {
      const frames = Math.min(BLOCK_FRAMES, count - done);
      const groups = Math.ceil(frames / LANES);
      const group = (first + done) / LANES;
      const to = mel + (stays ? group * this.#groupFloats * FLOAT_BYTES : 0);
      const at = this.load(samples, place + done, groups);
      this.exports.melDecibels(at, this.hopBytes, groups, table, weights, bands.length, amin, to);
      const decibels = new Float32Array(this.exports.memory.buffer, to, groups * this.#groupFloats);
      visit(decibels, first + done, frames);
    }
  }

  /** After the last frame: false for samples that are no finite numbers, or powers beyond float32. */
  get isSayable(): boolean {
    return this.#peakDb < MAX_DB;
  }

  /** Writes the decibels, no lower than `topDb` under the signal's peak. To be called before writeCepstra. */
  writeDecibels(target: Target): void {
    if (!this.#target) {
      this.#eachBlock((decibels, first, count) => this.#write(decibels, first, count, target));
    }
    liftToFloor(target, { frames: this.#frames, columns: this.#mel.bands.length, floorDb: this.#floorDb });
  }

  /** Writes the cepstra. It uses up the decibels. */
  writeCepstra(target: Target): void {
    this.#eachBlock((_, first, count) => this.#transform(first, count, target));
  }

  /** Cepstra of the decibels at the beginning of the kernel's memory. */
  #transform(first: number, count: number, { values, stride, column }: Target): void {
    const { bands, coefficients, topDb } = this.#mel;
    const { mel, dct, out } = this.#addresses;
    const mels = bands.length;
    // The middle of the range is taken out of the sums and put back at the end: float32 rounds small sums less.
    const offsetDb = this.#peakDb - topDb / 2;
    const offset = offsetDb * Math.sqrt(mels);
    const groups = Math.ceil(count / LANES);
    this.exports.cepstra(mel, groups, mels, this.#floorDb, offsetDb, dct, coefficients, out);
    const cepstra = new Float32Array(this.exports.memory.buffer, out, count * coefficients);
    for (let frame = 0; frame < count; frame++) {
      const at = (first + frame) * stride + column;
      for (let k = 0; k < coefficients; k++) values[at + k] = cepstra[frame * coefficients + k]!;
      values[at]! += offset;
    }
  }

  /** Brings decibels from the kernel's order, four frames side by side, into rows of frames. */
  #write(decibels: Float32Array, first: number, count: number, { values, stride, column }: Target): void {
    const mels = this.#mel.bands.length;
    for (let frame = 0; frame < count; frame++) {
      const from = Math.floor(frame / LANES) * this.#groupFloats + (frame % LANES);
      const to = (first + frame) * stride + column;
      for (let m = 0; m < mels; m++) values[to + m] = decibels[from + m * LANES]!;
    }
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
