// Where segments lie in a lane: tiers one below the other, and within a tier as many rows as overlap asks for. Pure.
import { lanesOf, SpanIndex, type Span } from '../../../shared/labels/segments.ts';

export interface TieredSpan extends Span {
  readonly segmentId: number;
  readonly tier: string;
}

/** Rows from the top; `row[i]` is that of `index.items[i]`. */
export interface Layout<Item extends TieredSpan> {
  readonly index: SpanIndex<Item>;
  readonly rows: Uint16Array;
  readonly rowCount: number;
  /** Tiers from the top, with their first row and how many they have. */
  readonly tiers: readonly { tier: string; firstRow: number; rows: number }[];
}

/** Tiers stand in the order of `known`, others after them A to Z. */
export function layoutOf<Item extends TieredSpan>(
  items: readonly Item[],
  known: readonly string[],
): Layout<Item> {
  const index = new SpanIndex(items);
  const places = new Map<string, number[]>();
  index.items.forEach(({ tier }, i) => {
    const list = places.get(tier);
    if (list) list.push(i);
    else places.set(tier, [i]);
  });
  const rank = (tier: string) => (known.includes(tier) ? known.indexOf(tier) : known.length);
  const names = [...places.keys()].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const rows = new Uint16Array(index.items.length);
  const tiers = [];
  let rowCount = 0;
  for (const tier of names) {
    const at = places.get(tier)!;
    const { lanes, count } = lanesOf(at.map((i) => index.items[i]!));
    at.forEach((i, n) => (rows[i] = rowCount + lanes[n]!));
    tiers.push({ tier, firstRow: rowCount, rows: count });
    rowCount += count;
  }
  return { index, rows, rowCount, tiers };
}

/**
 * The tier that a segment moves to: the next one, past the last one a new one. Where it is alone on the last, a new one
 * would be the same again: the first one.
 * @param tiers all there are, from the top
 * @returns null where that is where it lies
 */
export function tierAfter(
  { segmentId, tier }: TieredSpan,
  all: readonly TieredSpan[],
  tiers: readonly string[],
): string | null {
  const isAlone = all.every((other) => other.tier !== tier || other.segmentId === segmentId);
  const next = tiers[tiers.indexOf(tier) + 1] ?? (isAlone ? tiers[0]! : newTier(tiers));
  return next === tier ? null : next;
}

/** A name that no tier has. */
function newTier(tiers: readonly string[]): string {
  let number = tiers.length + 1;
  while (tiers.includes(`tier ${number}`)) number += 1;
  return `tier ${number}`;
}

export type Grip = 'start' | 'end' | 'body';

/** Pixels from an edge within which a pointer takes hold of it. */
const GRIP_PX = 5;

/**
 * What lies under a pointer: the selected segment before others, an edge before a body, a later one before an earlier.
 * @param x, y in the lane, in pixels
 * @param view where times are: `pixelOf` from the left edge
 */
export function hitTest<Item extends TieredSpan>(
  layout: Layout<Item>,
  x: number,
  y: number,
  heightPx: number,
  view: { pixelOf: (seconds: number) => number; secondsAt: (pixel: number) => number },
  selectedId: number | null,
): { item: Item; grip: Grip } | null {
  const row = Math.floor((y / Math.max(1, heightPx)) * layout.rowCount);
  const near = layout.index.between(view.secondsAt(x - GRIP_PX), view.secondsAt(x + GRIP_PX));
  const hits = near
    .filter((i) => layout.rows[i] === row || layout.index.items[i]!.segmentId === selectedId)
    .map((i) => layout.index.items[i]!)
    .map((item) => ({ item, grip: gripAt(item, x, (seconds) => view.pixelOf(seconds)) }));
  const mine = hits.filter(({ item }) => item.segmentId === selectedId);
  const inOrder = [...mine, ...hits.reverse()];
  return inOrder.find(({ grip }) => grip !== 'body') ?? inOrder[0] ?? null;
}

/** A segment too narrow for edges of its own is taken as a whole. */
function gripAt(span: Span, x: number, pixelOf: (seconds: number) => number): Grip {
  const [start, end] = [pixelOf(span.startSeconds), pixelOf(span.endSeconds)];
  if (end - start < 3 * GRIP_PX) return 'body';
  if (Math.abs(x - start) <= GRIP_PX) return 'start';
  return Math.abs(x - end) <= GRIP_PX ? 'end' : 'body';
}
