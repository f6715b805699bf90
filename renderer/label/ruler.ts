// The axis of seconds over a clip: ticks in round steps, as many as fit.

/** Round steps from a tenth of a millisecond to an hour. */
const STEPS = [
  ...[0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05],
  ...[0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600],
];

export interface Tick {
  seconds: number;
  text: string;
}

/**
 * @param endSeconds at the right end of the axis
 * @param width of the axis in pixels
 * @param gap pixels between two ticks at least
 * @param startSeconds at the left end
 */
export function rulerTicks(endSeconds: number, width: number, gap = 64, startSeconds = 0): Tick[] {
  const span = endSeconds - startSeconds;
  if (span <= 0 || width <= 0) return [];
  const least = (gap / width) * span;
  const step = STEPS.find((candidate) => candidate >= least) ?? span;
  const ticks: Tick[] = [];
  // A last label nearer to the end than half a gap would hang over it.
  const end = endSeconds - (gap / 3 / width) * span;
  const margin = startSeconds > 0 ? (gap / 3 / width) * span : 0;
  for (let i = Math.ceil((startSeconds + margin) / step); i * step < end; i += 1) {
    ticks.push({ seconds: i * step, text: i === 0 ? '0 s' : tickText(i * step, step) });
  }
  return ticks;
}

/** Seconds with the decimals of the step; from a minute on with minutes before them. */
function tickText(seconds: number, step: number): string {
  const decimals = step < 1 ? (String(step).split('.')[1]?.length ?? 0) : 0;
  if (seconds < 60) return seconds.toFixed(decimals);
  const minutes = Math.floor(seconds / 60 + 1e-9);
  const rest = Math.max(0, seconds - minutes * 60).toFixed(decimals);
  return `${minutes}:${rest.padStart(decimals > 0 ? 3 + decimals : 2, '0')}`;
}
