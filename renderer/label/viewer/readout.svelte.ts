// The numbers under the cursor: the recipe's own, fetched in stretches of frames around it.
import { SvelteMap } from 'svelte/reactivity';
import type { FeatureTrack } from '../../../shared/contract/schemas.ts';
import { unpackWindow } from '../../../shared/contract/trackWindow.ts';
import { engine } from '../../state/engine.svelte.ts';

/** Frames fetched at once. */
const STRETCH = 256;
const MOST_STRETCHES = 64;

interface Stretch {
  readonly values: Float32Array | Uint8Array;
  readonly columns: number;
  /** Of bytes: what byte 0 stands for, and a step. */
  readonly low: number;
  readonly step: number;
}

export class Readout {
  #stretches = new SvelteMap<string, Stretch | null>();
  #of: { clipId: number; recipe: string } | null = null;
  #generation = 0;

  /** @param recipe its name */
  show(clipId: number, recipe: string): void {
    this.#generation += 1;
    this.#of = { clipId, recipe };
    this.#stretches.clear();
  }

  /** Values of a frame: a row each of a spectrogram in dB, else the recipe's columns; null until they are there. */
  at(track: FeatureTrack, frame: number): Float32Array | null {
    const stretch = this.#stretches.get(keyOf(track, frame));
    if (!stretch) return null;
    const { values, columns, low, step } = stretch;
    const row = values.subarray((frame % STRETCH) * columns, ((frame % STRETCH) + 1) * columns);
    if (row instanceof Float32Array) return row;
    const decoded = new Float32Array(columns);
    for (let i = 0; i < row.length; i += 1) decoded[i] = low + step * row[i]!;
    return decoded;
  }

  /** Fetches the values around a frame, where they are not there or on their way. @param columns of the track */
  want(track: FeatureTrack, frame: number, columns: number): void {
    const key = keyOf(track, frame);
    const of = this.#of;
    if (of === null || this.#stretches.has(key)) return;
    this.#stretches.set(key, null);
    for (const oldest of this.#stretches.keys()) {
      if (this.#stretches.size <= MOST_STRETCHES) break;
      this.#stretches.delete(oldest);
    }
    const generation = this.#generation;
    const first = Math.floor(frame / STRETCH) * STRETCH;
    read(of, track, first, columns).then(
      (stretch) => {
        if (generation === this.#generation) this.#stretches.set(key, stretch);
      },
      () => {
        // The lane tells why; the next movement asks again.
        if (generation === this.#generation) this.#stretches.delete(key);
      },
    );
  }
}

function keyOf(track: FeatureTrack, frame: number): string {
  return `${track}:${Math.floor(frame / STRETCH)}`;
}

async function read(
  of: { clipId: number; recipe: string },
  track: FeatureTrack,
  first: number,
  columns: number,
): Promise<Stretch> {
  if (track === 'spectrogram') {
    const file = await engine.client.tracks.window({ ...of, track, level: 0, first, count: STRETCH });
    const window = unpackWindow(await file.arrayBuffer());
    const bytes = new Uint8Array(window.data);
    const low = window.low[0] ?? 0;
    const step = ((window.high[0] ?? 0) - low) / 255;
    const rows = Math.min(STRETCH, window.records - first);
    // Half a stretch kept would read as silence behind its end.
    if (rows <= 0 || bytes.length < rows * window.width) throw new Error('not computed yet');
    return { columns: window.width, values: bytes, low, step };
  }
  const file = await engine.client.tracks.values({ ...of, track, first, count: STRETCH });
  const values = new Float32Array(await file.arrayBuffer());
  if (values.length === 0) throw new Error('not computed yet');
  return { columns, values, low: 0, step: 1 };
}
