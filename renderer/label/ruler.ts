// The axis of seconds over a clip: its length, and ticks in round steps, as many as fit.

/**
 * Length of the axis that a clip's waveform and the picture of its frames share, frame f at f x hop: the longer of the
 * two, in seconds.
 * @param frames of the clip; null while they are not known: one more than its hops, as frames are centred on them
 * @param inputFrames of the network, which the picture shows at least
 */
export function axisSeconds(
  durationSeconds: number,
  hopSeconds: number,
  frames: number | null,
  inputFrames: number,
): number {
  if (hopSeconds <= 0) return durationSeconds;
  const own = frames ?? Math.floor(durationSeconds / hopSeconds) + 1;
  return Math.max(durationSeconds, Math.max(own, inputFrames) * hopSeconds);
}

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
