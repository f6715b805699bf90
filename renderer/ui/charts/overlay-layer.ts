// Curves of other runs as a picture that is made once and laid under every drawing: fifty runs cost what one image does.
import type { CurveOverlay } from './curves.ts';

/** How the first few are told apart; those after them are thin and solid. */
export const DASHES: readonly (readonly number[])[] = [
  [6, 4],
  [2, 3],
  [10, 4],
  [8, 3, 2, 3],
  [4, 2],
  [1, 4],
];

/** Where the plot is on the canvas, and from where to where its axes go. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly log: boolean;
  /** Canvas pixels a CSS pixel. */
  readonly ratio: number;
  readonly colour: string;
  readonly faint: string;
}

export class OverlayLayer {
  #picture: HTMLCanvasElement | null = null;
  #of: readonly CurveOverlay[] | null = null;
  #frame = '';

  /** Lays the curves under what is drawn next. */
  draw(onto: CanvasRenderingContext2D, overlays: readonly CurveOverlay[], frame: Frame): void {
    if (overlays.length === 0 || frame.width < 1 || frame.height < 1) return;
    const key = JSON.stringify(frame);
    if (this.#picture === null || this.#of !== overlays || this.#frame !== key) {
      this.#picture = paint(overlays, frame, this.#picture ?? document.createElement('canvas'));
      this.#of = overlays;
      this.#frame = key;
    }
    onto.drawImage(this.#picture, frame.left, frame.top);
  }
}

function paint(
  overlays: readonly CurveOverlay[],
  frame: Frame,
  canvas: HTMLCanvasElement,
): HTMLCanvasElement {
  canvas.width = Math.round(frame.width);
  canvas.height = Math.round(frame.height);
  const g = canvas.getContext('2d')!;
  const plain = overlays.slice(DASHES.length);
  if (plain.length > 0) {
    // One path for all: a stroke a run would cost as much as all the rest.
    g.strokeStyle = frame.faint;
    g.lineWidth = frame.ratio;
    g.beginPath();
    for (const overlay of plain) trace(g, overlay.values, frame);
    g.stroke();
  }
  g.strokeStyle = frame.colour;
  g.lineWidth = 1.5 * frame.ratio;
  overlays.slice(0, DASHES.length).forEach((overlay, i) => {
    g.setLineDash(DASHES[i]!.map((length) => length * frame.ratio));
    g.beginPath();
    trace(g, overlay.values, frame);
    g.stroke();
  });
  return canvas;
}

function trace(g: CanvasRenderingContext2D, values: readonly (number | null)[], frame: Frame): void {
  const across = frame.width / (frame.x[1] - frame.x[0]);
  const scaled = frame.log ? Math.log : (value: number) => value;
  const low = scaled(frame.y[0]);
  const up = frame.height / (scaled(frame.y[1]) - low);
  let drawing = false;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i];
    if (value === null || value === undefined || (frame.log && value <= 0)) {
      drawing = false;
      continue;
    }
    const x = (i + 1 - frame.x[0]) * across;
    const y = frame.height - (scaled(value) - low) * up;
    if (drawing) g.lineTo(x, y);
    else g.moveTo(x, y);
    drawing = true;
  }
}
