// Which pieces of a track a view needs, and where they are kept: pure but for the pictures made of them.
import type { View } from '../view.ts';

/** Records of a level in one of the next. */
const FACTOR = 4;
/** The coarsest level has at most so many records; the engine makes no further one. */
const SHORTEST_LEVEL = 512;
/** Records in a tile. */
export const TILE = 512;

export interface TrackShape {
  readonly records: number;
  readonly stepSeconds: number;
}

/** Index of the coarsest level. */
export function topLevel(records: number): number {
  let level = 0;
  for (let count = records; count > SHORTEST_LEVEL; level += 1) count = Math.ceil(count / FACTOR);
  return level;
}

export function recordsAt(level: number, records: number): number {
  let count = records;
  for (let i = 0; i < level; i += 1) count = Math.ceil(count / FACTOR);
  return count;
}

/** The coarsest level that still has a record for every device pixel, or the finest there is. */
export function levelFor(shape: TrackShape, view: View, ratio: number): number {
  const recordsPerPixel = view.spanSeconds / shape.stepSeconds / Math.max(1, view.widthPx * ratio);
  const level = Math.floor(Math.log(Math.max(1, recordsPerPixel)) / Math.log(FACTOR));
  return Math.min(level, topLevel(shape.records));
}

/** Seconds a record of a level stands for. */
export function stepAt(shape: TrackShape, level: number): number {
  return shape.stepSeconds * FACTOR ** level;
}

/**
 * Tiles of a level that a view shows, first and last.
 * @param offsetSeconds where record 0 begins: half a step before 0 for frames, which are centred
 */
export function tilesOf(
  shape: TrackShape,
  level: number,
  view: View,
  offsetSeconds: number,
): [number, number] {
  const seconds = stepAt(shape, level) * TILE;
  const last = Math.floor((recordsAt(level, shape.records) - 1) / TILE);
  const tile = (at: number): number =>
    Math.max(0, Math.min(last, Math.floor((at - offsetSeconds) / seconds)));
  return [tile(view.startSeconds), tile(view.startSeconds + view.spanSeconds)];
}

export interface Tile<Data> {
  readonly data: Data;
  /** Records in it; fewer than it has room for while they are being computed, and at the end. */
  readonly count: number;
  /** Whether no more will come. */
  readonly whole: boolean;
  /** When it came: one that is not whole is asked for again. */
  readonly atMs: number;
}

/** Tiles by level and place; the ones used longest ago give way. */
export class TileCache<Data> {
  readonly #most: number;
  #tiles = new Map<string, Tile<Data>>();

  constructor(most: number) {
    this.#most = most;
  }

  get(level: number, index: number): Tile<Data> | undefined {
    const key = `${level}:${index}`;
    const tile = this.#tiles.get(key);
    if (tile) {
      this.#tiles.delete(key);
      this.#tiles.set(key, tile);
    }
    return tile;
  }

  put(level: number, index: number, tile: Tile<Data>): void {
    this.#tiles.set(`${level}:${index}`, tile);
    for (const key of this.#tiles.keys()) {
      if (this.#tiles.size <= this.#most) break;
      this.#tiles.delete(key);
    }
  }

  values(): IterableIterator<Tile<Data>> {
    return this.#tiles.values();
  }

  clear(): void {
    this.#tiles.clear();
  }
}
