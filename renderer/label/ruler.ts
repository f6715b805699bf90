// Ticks of a ruler in seconds: round steps, as many as fit.

const STEPS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 600];

export interface Tick {
  seconds: number;
  text: string;
}

/**
 * @param durationSeconds length of the axis
 * @param width of the axis in pixels
 * @param gap pixels between two ticks at least
 */
export function rulerTicks(durationSeconds: number, width: number, gap = 64): Tick[] {
  if (durationSeconds <= 0 || width <= 0) return [];
  const least = (gap / width) * durationSeconds;
  const step = STEPS.find((candidate) => candidate >= least) ?? durationSeconds;
  const decimals = step < 1 ? 2 : 0;
  const ticks: Tick[] = [];
  // A last label nearer to the end than half a gap would hang over it.
  const end = durationSeconds - (gap / 3 / width) * durationSeconds;
  for (let i = 0; i * step < end; i += 1) {
    ticks.push({ seconds: i * step, text: i === 0 ? '0 s' : (i * step).toFixed(decimals) });
  }
  return ticks;
}
