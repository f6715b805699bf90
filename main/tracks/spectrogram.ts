// A clip's spectrogram while its samples stream by: the recipe's own frames, as bytes of half a decibel.
import type { FeatureSpec } from '../../shared/recipe/recipe.ts';
import { createStft } from '../../shared/dsp/stft.ts';

/** Level of byte 0, in dB below a sine at full scale. */
export const LOWEST_DB = -120;
/** Decibels of one step. */
export const STEP_DB = 0.5;
/** Rows at most; neighbouring bins share one, which shows the stronger. */
const MOST_ROWS = 256;
/** Samples taken in before their frames are computed. */
const CHUNK_FRAMES = 64;

export function spectrogramRows({ nFft }: Pick<FeatureSpec, 'nFft'>): number {
  return Math.min(MOST_ROWS, nFft / 2);
}

/**
 * Frames of a signal that comes in blocks: 1 + floor(samples / hopLength) of them, centred as the recipe's, zeros
 * beyond both ends. Row r holds the strongest of its bins, in dB relative to a sine at full scale (periodic Hann: a
 * sine of amplitude 1 has |X| = nFft / 4).
 */
export class SpectrogramFrames {
  readonly #stft: ReturnType<typeof createStft>;
  readonly #hop: number;
  readonly #nFft: number;
  readonly #take: (row: Uint8Array) => void;
  readonly #power: Float64Array;
  readonly #row: Uint8Array;
  #signal: Float32Array;
  #filled = 0;
  /** Frame that the first sample of the signal is the centre of. */
  #firstFrame = 0;
  #nextFrame = 0;
  readonly #before: number;

  constructor(spec: FeatureSpec, take: (row: Uint8Array) => void) {
    this.#stft = createStft({ ...spec, window: 'double' });
    this.#hop = spec.hopLength;
    this.#nFft = spec.nFft;
    this.#take = take;
    this.#power = new Float64Array(this.#stft.bins);
    this.#row = new Uint8Array(spectrogramRows(spec));
    /** Hops that reach back over half a frame. */
    this.#before = Math.ceil(spec.nFft / 2 / spec.hopLength);
    this.#signal = new Float32Array(2 * spec.nFft + (2 * this.#before + CHUNK_FRAMES + 2) * spec.hopLength);
  }

  add(block: Float32Array): void {
    for (let at = 0; at < block.length;) {
      const count = Math.min(block.length - at, this.#signal.length - this.#filled);
      this.#signal.set(block.subarray(at, at + count), this.#filled);
      this.#filled += count;
      at += count;
      if (this.#filled === this.#signal.length) this.#compute(this.#filled - this.#nFft / 2);
    }
  }

  finish(): void {
    this.#compute(this.#filled);
  }

  /** Frames whose centre lies at most at `limit` in the signal held; then lets go of what no frame needs any more. */
  #compute(limit: number): void {
    const signal = this.#signal.subarray(0, this.#filled);
    for (;;) {
      const frame = this.#nextFrame - this.#firstFrame;
      if (frame * this.#hop > limit) break;
      this.#stft.analyse(signal, frame, this.#power);
      this.#take(this.#encoded());
      this.#nextFrame++;
    }
    const keep = Math.max(0, this.#nextFrame - this.#firstFrame - this.#before);
    this.#signal.copyWithin(0, keep * this.#hop, this.#filled);
    this.#filled -= keep * this.#hop;
    this.#firstFrame += keep;
  }

  #encoded(): Uint8Array {
    const perRow = (this.#power.length - 1) / this.#row.length;
    const fullScaleDb = 20 * Math.log10(this.#nFft / 4);
    for (let r = 0, bin = 0; r < this.#row.length; r++) {
      // The bin at half the rate belongs to the last row.
      const end = r === this.#row.length - 1 ? this.#power.length : bin + perRow;
      let strongest = 1e-30;
      for (; bin < end; bin++) strongest = Math.max(strongest, this.#power[bin]!);
      const db = 10 * Math.log10(strongest) - fullScaleDb;
      this.#row[r] = Math.max(0, Math.min(255, Math.round((db - LOWEST_DB) / STEP_DB)));
    }
    return this.#row;
  }
}
