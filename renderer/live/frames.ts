// Draws a canvas while it is on screen and what it shows has changed; less often where motion is to be reduced.

/** Thirty pictures a second move smoothly; more take the time that answers need. */
const FRAME_MS = 30;
const REDUCED_MS = 100;

export type Draw = (g: CanvasRenderingContext2D, width: number, height: number) => void;
/** Stands for what a picture of that width would show: the same value, the same picture. */
export type Stamp = (width: number) => number | string;

/** Runs `draw` in CSS pixels, the canvas kept as sharp as the screen. Returns the end of that. */
export function animate(canvas: HTMLCanvasElement, draw: Draw, stamp: Stamp): () => void {
  const reduced = window.matchMedia('(prefers-reduced-motion: reduce)');
  let frame = 0;
  let drawnMs = -Infinity;
  let drawn: number | string | null = null;
  const next = (nowMs: number): void => {
    frame = requestAnimationFrame(next);
    if (nowMs - drawnMs < (reduced.matches ? REDUCED_MS : FRAME_MS)) return;
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = canvas;
    if (width === 0 || height === 0) return;
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    const resized = canvas.width !== across || canvas.height !== down;
    const shown = stamp(width);
    if (shown === drawn && !resized) return;
    [drawn, drawnMs] = [shown, nowMs];
    if (resized) [canvas.width, canvas.height] = [across, down];
    const g = canvas.getContext('2d')!;
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, width, height);
    draw(g, width, height);
  };
  frame = requestAnimationFrame(next);
  return () => cancelAnimationFrame(frame);
}
