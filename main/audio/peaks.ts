// The outline of a waveform: least and largest sample of every few, over all channels, while the samples stream by.
import type { Block } from './format.ts';

/** Samples a channel behind one pair of the finest outline; nearer than that the samples themselves are drawn. */
export const SAMPLES_PER_PEAK = 64;
/** Full scale of a pair's 16-bit values; float files that go beyond it are drawn at it. */
export const PEAK_SCALE = 32_767;

/** Cuts a signal into pairs of least and largest value, however its blocks fall. */
export class PeakFinder {
  #low = Infinity;
  #high = -Infinity;
  #inPair = 0;
  readonly #take: (low: number, high: number) => void;

  /** @param take is given each pair, -PEAK_SCALE..PEAK_SCALE */
  constructor(take: (low: number, high: number) => void) {
    this.#take = take;
  }

  add(block: Block): void {
    const length = block[0]?.length ?? 0;
    for (let from = 0; from < length;) {
      const to = Math.min(length, from + SAMPLES_PER_PEAK - this.#inPair);
      for (const samples of block) {
        let [low, high] = [this.#low, this.#high];
        for (let i = from; i < to; i++) {
          const value = samples[i]!;
          if (value < low) low = value;
          if (value > high) high = value;
        }
        [this.#low, this.#high] = [low, high];
      }
      this.#inPair += to - from;
      from = to;
      if (this.#inPair === SAMPLES_PER_PEAK) this.#give();
    }
  }

  /** Gives the last pair, of what is left. */
  finish(): void {
    if (this.#inPair > 0) this.#give();
  }

  #give(): void {
    this.#take(scaled(this.#low), scaled(this.#high));
    [this.#low, this.#high, this.#inPair] = [Infinity, -Infinity, 0];
  }
}

function scaled(value: number): number {
  return Math.round(Math.max(-1, Math.min(1, value)) * PEAK_SCALE);
}
