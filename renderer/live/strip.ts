// A picture that moves left as time goes on: what was drawn is shifted by whole pixels, and its new end alone is drawn.
import { listening } from './listening.svelte.ts';
import type { HeardWindow, Outline } from './history.ts';

export interface StripView {
  /** In CSS pixels; the right end is now. */
  readonly width: number;
  readonly height: number;
  readonly shownSeconds: number;
  readonly nowSeconds: number;
  /** What is drawn before it stays as it is. */
  readonly settledSeconds: number;
  /** How far a line reaches beyond its points, in CSS pixels. */
  readonly reach: number;
}

/** Draws in CSS pixels whatever lies at or behind `fromSeconds`; what lies before is clipped off. */
export type DrawStrip = (
  g: CanvasRenderingContext2D,
  x: (seconds: number) => number,
  fromSeconds: number,
) => void;

/** Now, as the last whole pixel of the display has it: pictures that agree on it move together. */
export function pixelNow(
  nowSeconds: number,
  { width, shownSeconds }: Pick<StripView, 'width' | 'shownSeconds'>,
): number {
  const pixelsPerSecond = (width * pixelRatio()) / shownSeconds;
  return Math.floor(nowSeconds * pixelsPerSecond) / pixelsPerSecond;
}

const pixelRatio = (): number => window.devicePixelRatio || 1;

/** One a picture, and a new one for other colours or labels. */
export class Strip {
  readonly #canvas = document.createElement('canvas');
  #pixel = 0;
  #settledSeconds = -Infinity;
  #seconds = 0;

  /** The layer as it is to be seen now, to be drawn from the left end of its place on. */
  update(view: StripView, draw: DrawStrip): HTMLCanvasElement {
    const { width, height, shownSeconds, nowSeconds, settledSeconds, reach } = view;
    const ratio = pixelRatio();
    const canvas = this.#canvas;
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    const pixel = Math.round((nowSeconds * width * ratio) / shownSeconds);
    const shift = pixel - this.#pixel;
    const fresh =
      canvas.width !== across || canvas.height !== down || this.#seconds !== shownSeconds || shift < 0;
    if (fresh) [canvas.width, canvas.height] = [across, down];
    const g = canvas.getContext('2d')!;
    const x = (seconds: number): number => (across - pixel) / ratio + (seconds * width) / shownSeconds;
    g.setTransform(1, 0, 0, 1, 0, 0);
    if (shift > 0 && !fresh) {
      g.globalCompositeOperation = 'copy';
      g.drawImage(canvas, -shift, 0);
      g.globalCompositeOperation = 'source-over';
    }
    const known = fresh ? 0 : Math.floor((x(this.#settledSeconds) - reach) * ratio);
    const from = Math.max(0, Math.min(across, known));
    g.clearRect(from, 0, across - from, down);
    g.save();
    g.beginPath();
    g.rect(from, 0, across - from, down);
    g.clip();
    g.scale(ratio, ratio);
    const left = nowSeconds - shownSeconds;
    draw(g, x, Math.max(left, fresh ? left : this.#settledSeconds) - (reach * shownSeconds) / width);
    g.restore();
    [this.#pixel, this.#seconds, this.#settledSeconds] = [pixel, shownSeconds, settledSeconds];
    return canvas;
  }
}

export interface Shown {
  readonly windows: readonly HeardWindow[];
  readonly outline: readonly Outline[];
  readonly nowSeconds: number;
}

/** Between two blocks a picture moves on with the clock, for no longer than this. */
const AHEAD_SECONDS = 0.1;

/** What a picture shows: the stream as it runs, or as it was when it was frozen. One a picture. */
export function followStream(): () => Shown {
  let frozen: Shown | null = null;
  return () => {
    const { heard, windows, outline, on } = listening;
    if (!listening.frozen) {
      frozen = null;
      const ahead = on ? Math.min(AHEAD_SECONDS, (performance.now() - heard.nowMs) / 1000) : 0;
      return { windows, outline, nowSeconds: heard.atSeconds + ahead };
    }
    frozen ??= { windows: [...windows], outline: [...outline], nowSeconds: heard.atSeconds };
    return frozen;
  };
}
