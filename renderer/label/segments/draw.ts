// Draws segments onto a canvas: only those in sight, words only where they fit.
import type { Segment } from '../../../shared/contract/schemas.ts';
import type { Span } from '../../../shared/labels/segments.ts';
import type { LabelStyle } from '../../ui/labels.ts';
import type { Layout } from './layout.ts';

export interface SegmentColours {
  surface: string;
  text: string;
  focus: string;
  font: string;
  fill: (tone: string) => string;
  line: (tone: string) => string;
}

export interface Scene {
  layout: Layout<Segment>;
  selectedId: number | null;
  /** One that is being drawn. */
  preview: Span | null;
  /** Where one drawn from the keyboard starts. */
  markedSeconds: number | null;
  startSeconds: number;
  endSeconds: number;
  pixelOf: (seconds: number) => number;
  widthPx: number;
  heightPx: number;
  colours: SegmentColours;
  styleOf: (segment: Segment) => LabelStyle & { isSet: boolean };
}

const LABEL_PX = 18;
const FILL_ALPHA = 0.14;
const SELECTED_ALPHA = 0.26;
/** Narrower than this a segment has no words. */
const WORDS_PX = 28;

/** Draws a scene; returns how many segments it drew. */
export function drawSegments(context: CanvasRenderingContext2D, scene: Scene): number {
  const { layout, widthPx, heightPx, colours } = scene;
  context.clearRect(0, 0, widthPx, heightPx);
  const rowPx = heightPx / Math.max(1, layout.rowCount);
  context.font = `11px ${colours.font}`;
  context.textBaseline = 'middle';
  const found = layout.index.between(scene.startSeconds, scene.endSeconds);
  // One that lies where another was drawn, on the same pixel, would not be seen.
  const lastPixel = new Int32Array(layout.rowCount).fill(-1);
  let count = 0;
  let selected: number | null = null;
  for (const i of found) {
    const segment = layout.index.items[i]!;
    if (segment.segmentId === scene.selectedId) {
      selected = i;
      continue;
    }
    const end = Math.ceil(scene.pixelOf(segment.endSeconds));
    const row = layout.rows[i]!;
    if (end <= lastPixel[row]!) continue;
    lastPixel[row] = end;
    drawOne(context, scene, segment, row * rowPx, rowPx, false);
    count += 1;
  }
  if (selected !== null) {
    const row = layout.rows[selected]!;
    drawOne(context, scene, layout.index.items[selected]!, row * rowPx, rowPx, true);
    count += 1;
  }
  drawPending(context, scene);
  return count;
}

function drawOne(
  context: CanvasRenderingContext2D,
  { colours, pixelOf, styleOf, widthPx }: Scene,
  segment: Segment,
  top: number,
  height: number,
  isSelected: boolean,
): void {
  const style = styleOf(segment);
  const left = Math.max(-4, Math.round(pixelOf(segment.startSeconds)));
  const right = Math.min(widthPx + 4, Math.max(left + 1, Math.round(pixelOf(segment.endSeconds))));
  const line = colours.line(style.tone);
  context.globalAlpha = isSelected ? SELECTED_ALPHA : FILL_ALPHA;
  context.fillStyle = style.isSet ? colours.fill(style.tone) : line;
  context.fillRect(left, top, right - left, height);
  context.globalAlpha = 1;
  context.fillStyle = line;
  const edge = isSelected ? 2 : 1;
  if (segment.locked) dashes(context, left, right, top, height, edge);
  else {
    context.fillRect(left, top, edge, height);
    context.fillRect(right - edge, top, edge, height);
  }
  const hasRoom = right - left >= WORDS_PX && (height >= LABEL_PX || isSelected);
  if (!hasRoom) return;
  const words = `${style.isSet ? style.name : 'Segment'}${segment.locked ? ' (locked)' : ''}`;
  const shownLeft = Math.max(0, left);
  const wordsPx = Math.min(context.measureText(words).width + 12, right - shownLeft);
  context.fillStyle = colours.surface;
  context.fillRect(shownLeft + edge, top, wordsPx, LABEL_PX);
  context.fillStyle = line;
  context.fillRect(shownLeft, top + LABEL_PX, wordsPx + edge, 1);
  context.fillRect(shownLeft + wordsPx, top, 1, LABEL_PX);
  context.save();
  context.beginPath();
  context.rect(shownLeft, top, wordsPx, LABEL_PX);
  context.clip();
  context.fillStyle = colours.text;
  context.fillText(words, shownLeft + 6, top + LABEL_PX / 2 + 1);
  context.restore();
  if (isSelected) grips(context, colours, left, right, top + height / 2, line);
}

function dashes(
  context: CanvasRenderingContext2D,
  left: number,
  right: number,
  top: number,
  height: number,
  edge: number,
): void {
  for (let y = top; y < top + height; y += 6) {
    context.fillRect(left, y, edge, 3);
    context.fillRect(right - edge, y, edge, 3);
  }
}

function grips(
  context: CanvasRenderingContext2D,
  colours: SegmentColours,
  left: number,
  right: number,
  middle: number,
  line: string,
): void {
  for (const x of [left - 2, right - 4]) {
    context.fillStyle = line;
    context.fillRect(x, middle - 11, 6, 22);
    context.fillStyle = colours.surface;
    context.fillRect(x + 1, middle - 10, 4, 20);
  }
}

function drawPending(context: CanvasRenderingContext2D, scene: Scene): void {
  const { preview, markedSeconds, colours, pixelOf, heightPx } = scene;
  context.fillStyle = colours.focus;
  if (preview) {
    const left = pixelOf(preview.startSeconds);
    const right = pixelOf(preview.endSeconds);
    context.globalAlpha = 0.15;
    context.fillRect(left, 0, right - left, heightPx);
    context.globalAlpha = 1;
    context.fillRect(left, 0, 1, heightPx);
    context.fillRect(right - 1, 0, 1, heightPx);
  }
  if (markedSeconds !== null) context.fillRect(Math.round(pixelOf(markedSeconds)), 0, 2, heightPx);
}
