// The visible lanes below each other with their axes and names, as one picture to be saved.
import type { TrackName } from '../../../../shared/contract/schemas.ts';
import { pixelOf, type View } from '../view.ts';
import type { Context } from './draw.ts';
import type { ExportOrder, Palette } from './protocol.ts';

/** Device pixels to a CSS pixel: for print. */
const RATIO = 2;
const GUTTER = 64;
const MARGIN = 16;
const TITLE = 24;
const GAP = 8;
const RULER = 24;
const LINE = 14;

export interface Composition {
  readonly view: View;
  readonly palette: Palette;
  heightOf(track: TrackName): number;
  /** Draws a lane into a context whose origin is the lane's. */
  draw(g: Context, track: TrackName, heightPx: number, ratio: number): void;
}

export function composed(
  order: ExportOrder,
  { view, palette, heightOf, draw }: Composition,
): OffscreenCanvas {
  const lanes = order.lanes.map((lane) => ({ ...lane, height: Math.round(heightOf(lane.track)) }));
  const height = 2 * MARGIN + TITLE + RULER + lanes.reduce((sum, lane) => sum + lane.height + LINE + GAP, 0);
  const width = Math.round(view.widthPx) + GUTTER + 2 * MARGIN;
  const canvas = new OffscreenCanvas(width * RATIO, height * RATIO);
  const g = canvas.getContext('2d')!;
  const toPage = (): void => g.setTransform(RATIO, 0, 0, RATIO, 0, 0);
  toPage();
  g.fillStyle = palette.surface;
  g.fillRect(0, 0, width, height);
  g.textBaseline = 'middle';
  g.fillStyle = palette.text;
  g.font = `600 13px ${palette.font}`;
  g.fillText(order.title, MARGIN, MARGIN + TITLE / 2 - 2);
  g.font = `11px ${palette.font}`;
  const left = MARGIN + GUTTER;
  let top = MARGIN + TITLE;
  for (const { track, title, axis, height: laneHeight } of lanes) {
    toPage();
    g.fillStyle = palette.text2;
    g.textAlign = 'left';
    g.fillText(title, left, top + LINE / 2 - 1);
    g.textAlign = 'right';
    for (const { at, text } of axis) {
      g.fillText(text, left - 6, top + LINE + Math.max(6, Math.min(laneHeight - 6, at * laneHeight)));
    }
    const lane = new OffscreenCanvas(Math.round(view.widthPx) * RATIO, laneHeight * RATIO);
    draw(lane.getContext('2d')!, track, laneHeight, RATIO);
    g.drawImage(lane, left, top + LINE, Math.round(view.widthPx), laneHeight);
    top += LINE + laneHeight + GAP;
  }
  toPage();
  g.fillStyle = palette.text2;
  g.textAlign = 'center';
  for (const { seconds, text } of order.ticks) {
    g.fillText(text, left + pixelOf(view, seconds), top + RULER / 2 - GAP);
  }
  return canvas;
}
