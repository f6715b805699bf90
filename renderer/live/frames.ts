// Draws a canvas at the display's rate while it is on screen; ten times a second where motion is to be reduced.

const REDUCED_MS = 100;

export type Draw = (g: CanvasRenderingContext2D, width: number, height: number) => void;

/** Runs `draw` in CSS pixels, the canvas kept as sharp as the screen. Returns the end of that. */
export function animate(canvas: HTMLCanvasElement, draw: Draw): () => void {
  const reduced = window.matchMedia('(prefers-reduced-motion: reduce)');
  let frame = 0;
  let drawnMs = 0;
  const next = (nowMs: number): void => {
    frame = requestAnimationFrame(next);
    if (reduced.matches && nowMs - drawnMs < REDUCED_MS) return;
    drawnMs = nowMs;
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = canvas;
    if (width === 0 || height === 0) return;
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== across || canvas.height !== down) {
      canvas.width = across;
      canvas.height = down;
    }
    const g = canvas.getContext('2d')!;
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, width, height);
    draw(g, width, height);
  };
  frame = requestAnimationFrame(next);
  return () => cancelAnimationFrame(frame);
}
