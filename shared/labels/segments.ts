// Segments as spans of time: drawing, moving, resizing, cutting, merging, and finding them fast among thousands. Pure.

/** A stretch of a clip, in seconds from its start; the end lies after the start. */
export interface Span {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** A segment shorter than this could be neither seen nor heard nor taken hold of. */
export const SHORTEST_SECONDS = 0.005;

const clamp = (value: number, least: number, most: number) => Math.max(least, Math.min(most, value));

/** The span between two times in either order, inside the clip; null where it would be too short. */
export function drawn(fromSeconds: number, toSeconds: number, durationSeconds: number): Span | null {
  const startSeconds = clamp(Math.min(fromSeconds, toSeconds), 0, durationSeconds);
  const endSeconds = clamp(Math.max(fromSeconds, toSeconds), 0, durationSeconds);
  return endSeconds - startSeconds >= SHORTEST_SECONDS ? { startSeconds, endSeconds } : null;
}

/** The span moved by some time as a whole: at the clip's ends it stops and keeps its length. */
export function moved(span: Span, bySeconds: number, durationSeconds: number): Span {
  const length = span.endSeconds - span.startSeconds;
  const startSeconds = clamp(span.startSeconds + bySeconds, 0, Math.max(0, durationSeconds - length));
  return { startSeconds, endSeconds: Math.min(durationSeconds, startSeconds + length) };
}

export type Edge = 'start' | 'end';

/** The span with one edge put elsewhere: inside the clip and never past the other edge. */
export function resized(span: Span, edge: Edge, toSeconds: number, durationSeconds: number): Span {
  return edge === 'start'
    ? { ...span, startSeconds: clamp(toSeconds, 0, span.endSeconds - SHORTEST_SECONDS) }
    : { ...span, endSeconds: clamp(toSeconds, span.startSeconds + SHORTEST_SECONDS, durationSeconds) };
}

/** Whether a cut at a time leaves two pieces long enough. */
export function canSplit(span: Span, atSeconds: number): boolean {
  return atSeconds - span.startSeconds >= SHORTEST_SECONDS && span.endSeconds - atSeconds >= SHORTEST_SECONDS;
}

/** By start, the longer one first where they start together: the order of a clip's segments everywhere. */
export function compareSpans(a: Span, b: Span): number {
  return a.startSeconds - b.startSeconds || b.endSeconds - a.endSeconds;
}

/**
 * Lanes so that no two overlapping spans lie in the same one, as few as there can be: each takes the first lane that is
 * free (interval partitioning; Kleinberg and Tardos, Algorithm Design, 4.1).
 * @param spans in the order of `compareSpans`
 * @returns a lane a span, from 0, and how many lanes there are
 */
export function lanesOf(spans: readonly Span[]): { lanes: Uint16Array; count: number } {
  const lanes = new Uint16Array(spans.length);
  const ends: number[] = [];
  spans.forEach((span, i) => {
    let lane = 0;
    while (lane < ends.length && ends[lane]! > span.startSeconds) lane += 1;
    ends[lane] = span.endSeconds;
    lanes[i] = lane;
  });
  return { lanes, count: ends.length };
}

/** Spans that can be asked what lies in a window without looking at them all. */
export class SpanIndex<Item extends Span> {
  /** In the order of `compareSpans`. */
  readonly items: readonly Item[];
  /** latest[i]: the latest end among items 0..i. */
  readonly #latest: Float64Array;

  constructor(items: readonly Item[]) {
    this.items = [...items].sort(compareSpans);
    this.#latest = new Float64Array(this.items.length);
    let latest = -Infinity;
    this.items.forEach((item, i) => {
      latest = Math.max(latest, item.endSeconds);
      this.#latest[i] = latest;
    });
  }

  /** Places in `items` of the spans that share time, or a point, with the window, in order. */
  between(startSeconds: number, endSeconds: number): number[] {
    const found: number[] = [];
    for (let i = this.#firstEndingAfter(startSeconds); i < this.items.length; i += 1) {
      const item = this.items[i]!;
      if (item.startSeconds > endSeconds) break;
      if (item.endSeconds >= startSeconds) found.push(i);
    }
    return found;
  }

  /** The first item that can end at or after a time: everything before it ends earlier. */
  #firstEndingAfter(seconds: number): number {
    let low = 0;
    let high = this.items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#latest[middle]! < seconds) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
