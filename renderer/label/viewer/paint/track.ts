// One track in the worker: the pieces it has, the pieces a view wants, and the drawing of what is there.
import type { TrackName } from '../../../../shared/contract/schemas.ts';
import { pixelOf, type View } from '../view.ts';
import type { WindowData, WindowNeed } from './protocol.ts';
import { levelFor, recordsAt, stepAt, TILE, TileCache, tilesOf, topLevel, type Tile } from './tiles.ts';

/** Tiles kept of a track. */
const MOST_TILES = 96;
/** A track of which nothing was known is asked for again after this long. */
const ASK_FIRST_MS = 150;
/** A tile that was not whole is asked for again after this long: each time all of it comes. */
const ASK_AGAIN_MS = 300;
/** Questions on their way at once, of one track. */
const MOST_ASKED = 4;

export type Numbers = Uint8Array | Int16Array | Float32Array;
export interface Records {
  readonly numbers: Numbers;
  /** Drawn from the numbers once, and again when the colours change. */
  picture: OffscreenCanvas | null;
}
export type RecordTile = Tile<Records>;
type Meta = Omit<WindowData, 'data' | 'first'>;

/** A stretch of records to draw: those from `from` to `to` of a tile, at pixels `left` to `right`. */
export interface Stretch {
  readonly tile: RecordTile;
  readonly from: number;
  readonly to: number;
  readonly left: number;
  readonly right: number;
}

const ARRAYS = { uint8: Uint8Array, int16: Int16Array, float32: Float32Array };

export class PaintedTrack {
  readonly name: TrackName;
  meta: Meta | null = null;
  /** Largest byte of all pictures so far. */
  brightest = 0;
  failed = false;
  #tiles = new TileCache<Records>(MOST_TILES);
  #asked = new Map<string, number>();
  #first = 0;

  constructor(name: TrackName) {
    this.name = name;
  }

  clear(): void {
    this.meta = null;
    this.brightest = 0;
    this.failed = false;
    this.#first = 0;
    this.#tiles.clear();
    this.#asked.clear();
  }

  /** Pictures are made anew: the colours, or what they stand for, have changed. */
  forgetPictures(): void {
    for (const { data } of this.#tiles.values()) data.picture = null;
  }

  /** Where record 0 begins: frames are centred on their time. */
  get offsetSeconds(): number {
    return this.name === 'outline' || !this.meta ? 0 : -this.meta.stepSeconds / 2;
  }

  take({ level, first }: WindowNeed, { data, ...meta }: WindowData, nowMs: number): void {
    this.#asked.delete(`${level}:${first}`);
    if (meta.records === 0) {
      this.#first = nowMs;
      return;
    }
    const rangeChanged = this.meta !== null && String(this.meta.low) !== String(meta.low);
    this.meta = meta;
    if (rangeChanged) this.forgetPictures();
    const numbers = new ARRAYS[meta.kind](data);
    const count = numbers.length / meta.width;
    const wanted = Math.min(TILE, recordsAt(Math.min(level, topLevel(meta.records)), meta.records) - first);
    if (meta.kind === 'uint8') this.#measure(numbers);
    const tile = { data: { numbers, picture: null }, count, whole: count >= wanted, atMs: nowMs };
    this.#tiles.put(Math.min(level, topLevel(meta.records)), first / TILE, tile);
  }

  /** What is drawn is shown as black as its loudest; when a louder one comes, everything is made anew. */
  #measure(numbers: Numbers): void {
    let brightest = this.brightest;
    for (const value of numbers) if (value > brightest) brightest = value;
    if (brightest === this.brightest) return;
    this.brightest = brightest;
    this.forgetPictures();
  }

  /**
   * What to ask for, nearest to the view first; empty where all is there or asked for.
   *
   * @returns with them whether the view is all there
   */
  needs(
    view: View,
    ratio: number,
    generation: number,
    nowMs: number,
  ): { needs: WindowNeed[]; whole: boolean } {
    if (this.failed) return { needs: [], whole: true };
    const need = (level: number, index: number): WindowNeed => {
      this.#asked.set(`${level}:${index * TILE}`, nowMs);
      return {
        ...{ type: 'window', generation, track: this.name, level, first: index * TILE, count: TILE },
      };
    };
    if (!this.meta) {
      const due = this.#asked.size === 0 && nowMs - this.#first >= ASK_FIRST_MS;
      // The coarsest first: it covers the clip, and says what the track is like.
      return { needs: due ? [need(16, 0)] : [], whole: false };
    }
    const level = levelFor(this.meta, view, ratio);
    const [first, last] = tilesOf(this.meta, level, view, this.offsetSeconds);
    const needs: WindowNeed[] = [];
    let whole = true;
    const tops = topLevel(this.meta.records);
    for (const [at, index] of wanted(first, last, level, tops, recordsAt(level, this.meta.records))) {
      const tile = this.#tiles.get(at, index);
      const inView = at === level && index >= first && index <= last;
      if (tile?.whole) continue;
      if (inView) whole = false;
      if (this.#asked.has(`${at}:${index * TILE}`) || this.#asked.size >= MOST_ASKED) continue;
      if (tile && nowMs - tile.atMs < ASK_AGAIN_MS) continue;
      needs.push(need(at, index));
    }
    return { needs, whole };
  }

  /** What there is of a view at its level, and of coarser ones where that is missing. */
  *stretches(view: View, ratio: number): Generator<Stretch> {
    const { meta } = this;
    if (!meta) return;
    const level = levelFor(meta, view, ratio);
    const [first, last] = tilesOf(meta, level, view, this.offsetSeconds);
    for (let index = first; index <= last; index += 1) {
      const from = index * TILE;
      const to = Math.min(from + TILE, recordsAt(level, meta.records));
      const tile = this.#tiles.get(level, index);
      const there = tile?.count ?? 0;
      if (tile && there > 0) yield this.#stretch(view, level, tile, from, from, from + there);
      if (from + there < to) yield* this.#coarser(view, level, from + there, to);
    }
  }

  *#coarser(view: View, level: number, from: number, to: number): Generator<Stretch> {
    const tops = topLevel(this.meta!.records);
    for (let above = level + 1; above <= tops; above += 1) {
      const scale = 4 ** (above - level);
      const index = Math.floor(from / scale / TILE);
      const tile = this.#tiles.get(above, index);
      if (!tile || tile.count === 0) continue;
      const start = index * TILE;
      const end = Math.min(to / scale, start + tile.count);
      if (end <= from / scale) continue;
      yield this.#stretch(view, above, tile, start, from / scale, end);
      return;
    }
  }

  #stretch(view: View, level: number, tile: RecordTile, start: number, from: number, to: number): Stretch {
    const step = stepAt(this.meta!, level);
    return {
      tile,
      from: from - start,
      to: to - start,
      left: pixelOf(view, this.offsetSeconds + from * step),
      right: pixelOf(view, this.offsetSeconds + to * step),
    };
  }
}

/** Tiles of a view, then its neighbours, then the whole clip coarsely: so that a scroll or a zoom never finds nothing. */
function* wanted(
  first: number,
  last: number,
  level: number,
  tops: number,
  records: number,
): Generator<[level: number, index: number]> {
  for (let index = first; index <= last; index += 1) yield [level, index];
  yield [tops, 0];
  if (first > 0) yield [level, first - 1];
  if ((last + 1) * TILE < records) yield [level, last + 1];
  if (level + 1 < tops) {
    for (let index = first >> 2; index <= last >> 2; index += 1) yield [level + 1, index];
  }
}
