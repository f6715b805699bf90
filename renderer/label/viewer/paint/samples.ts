// The samples themselves, where the zoom is nearer than the finest outline: kept in chunks, mixed for one curve.
import type { View } from '../view.ts';
import type { ClipOnScreen, SamplesNeed } from './protocol.ts';
import { TileCache } from './tiles.ts';

/** Samples behind a pair of the finest outline: nearer than that the samples are drawn. */
const SAMPLES_PER_PAIR = 64;
const CHUNK = 32_768;
const MOST_CHUNKS = 24;

export class Samples {
  #chunks = new TileCache<Int16Array>(MOST_CHUNKS);
  #asked = new Set<number>();
  readonly clip: ClipOnScreen;

  constructor(clip: ClipOnScreen) {
    this.clip = clip;
  }

  isNear(view: View, ratio: number): boolean {
    return (view.spanSeconds * this.clip.sampleRateHz) / (view.widthPx * ratio) < SAMPLES_PER_PAIR;
  }

  needs(view: View): SamplesNeed[] {
    const [first, last] = this.#range(view);
    const needs: SamplesNeed[] = [];
    for (let index = first; index <= last; index += 1) {
      if (this.#asked.has(index) || this.#chunks.get(0, index)) continue;
      this.#asked.add(index);
      needs.push({
        ...{ type: 'samples', generation: this.clip.generation, first: index * CHUNK, frames: CHUNK },
      });
    }
    return needs;
  }

  isWhole(view: View): boolean {
    const [first, last] = this.#range(view);
    for (let index = first; index <= last; index += 1) if (!this.#chunks.get(0, index)) return false;
    return true;
  }

  take({ first }: SamplesNeed, data: ArrayBuffer): void {
    const index = first / CHUNK;
    this.#asked.delete(index);
    const numbers = new Int16Array(data);
    const count = numbers.length / this.clip.channels;
    this.#chunks.put(0, index, { data: numbers, count, whole: true, atMs: 0 });
  }

  /** Least and largest value of samples `from` to `to`, over all channels, -1..1; null where they are not there. */
  range(from: number, to: number): [low: number, high: number] | null {
    let [low, high] = [Infinity, -Infinity];
    const { channels } = this.clip;
    for (let at = Math.max(0, from); at < Math.min(to, this.clip.frames); at += 1) {
      const chunk = this.#chunks.get(0, Math.floor(at / CHUNK));
      if (!chunk) return null;
      for (let c = 0; c < channels; c += 1) {
        const value = chunk.data[(at % CHUNK) * channels + c]!;
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    return low > high ? null : [low / 32768, high / 32768];
  }

  /** Mean of the channels at a sample, -1..1. */
  at(sample: number): number | null {
    const chunk = this.#chunks.get(0, Math.floor(sample / CHUNK));
    if (!chunk || sample < 0 || sample >= this.clip.frames) return null;
    const { channels } = this.clip;
    let sum = 0;
    for (let c = 0; c < channels; c += 1) sum += chunk.data[(sample % CHUNK) * channels + c]!;
    return sum / channels / 32768;
  }

  #range({ startSeconds, spanSeconds }: View): [number, number] {
    const { sampleRateHz, frames } = this.clip;
    const chunk = (seconds: number): number =>
      Math.max(0, Math.min(Math.floor((frames - 1) / CHUNK), Math.floor((seconds * sampleRateHz) / CHUNK)));
    return [chunk(startSeconds), chunk(startSeconds + spanSeconds)];
  }
}
