// Where an edge of a segment may snap to in a stretch of sound: zero crossings, and where silence begins and ends. Pure.

/** A stretch of one channel. `startSeconds`: the time of its first sample in the clip. */
export interface Stretch {
  readonly samples: Float32Array;
  readonly sampleRateHz: number;
  readonly startSeconds: number;
}

export const SNAP_MODES = ['off', 'zero', 'silence'] as const;
export type SnapMode = (typeof SNAP_MODES)[number];

/** Silence is what stays this far under the loudest 10 ms of the stretch (in dB), for at least this long. */
const SILENCE_DB = -35;
const SILENCE_SECONDS = 0.04;
const WINDOW_SECONDS = 0.01;
/** Quieter than this everything is silence: the rounding noise of 16 bits is at 3e-5. */
const FLOOR = 1e-4;

/**
 * The zero crossing nearest to a time, between the two samples by linear interpolation; null where there is none
 * within reach. A cut there makes no click.
 */
export function nearestZeroCrossing(
  { samples, sampleRateHz, startSeconds }: Stretch,
  seconds: number,
  withinSeconds: number,
): number | null {
  let best: number | null = null;
  const consider = (position: number) => {
    const at = startSeconds + position / sampleRateHz;
    const nearer = best === null || Math.abs(at - seconds) < Math.abs(best - seconds);
    if (nearer && Math.abs(at - seconds) <= withinSeconds) best = at;
  };
  for (let i = 0; i < samples.length; i += 1) {
    const value = samples[i]!;
    const next = samples[i + 1];
    if (value === 0) consider(i);
    else if (next !== undefined && value * next < 0) consider(i + value / (value - next));
  }
  return best;
}

/** Times at which silence begins or ends in a stretch, rising; its own two ends are no such times. */
export function silenceEdges(stretch: Stretch): number[] {
  const { sampleRateHz, startSeconds } = stretch;
  const window = Math.max(1, Math.round(WINDOW_SECONDS * sampleRateHz));
  const levels = rootMeanSquares(stretch.samples, window);
  const threshold = Math.max(FLOOR, levels.reduce((a, b) => Math.max(a, b), 0) * 10 ** (SILENCE_DB / 20));
  const least = Math.ceil(SILENCE_SECONDS / WINDOW_SECONDS);
  const edges: number[] = [];
  const time = (frame: number) => startSeconds + (frame * window) / sampleRateHz;
  let start: number | null = null;
  for (let frame = 0; frame <= levels.length; frame += 1) {
    const isSilent = frame < levels.length && levels[frame]! < threshold;
    if (isSilent) start ??= frame;
    else if (start !== null) {
      const reachesEnd = frame === levels.length;
      if (frame - start >= least || start === 0 || reachesEnd) {
        if (start > 0) edges.push(time(start));
        if (!reachesEnd) edges.push(time(frame));
      }
      start = null;
    }
  }
  return edges;
}

/** One value a whole window. */
function rootMeanSquares(samples: Float32Array, window: number): number[] {
  return Array.from({ length: Math.floor(samples.length / window) }, (_, frame) => {
    let sum = 0;
    for (let i = frame * window; i < (frame + 1) * window; i += 1) sum += samples[i]! ** 2;
    return Math.sqrt(sum / window);
  });
}

/** How far an edge looks for a place to snap to, in seconds. */
export const REACH_SECONDS: Readonly<Record<Exclude<SnapMode, 'off'>, number>> = {
  zero: 0.01,
  silence: 0.25,
};

/** The time that an edge at `seconds` snaps to; the same time where nothing is within reach. */
export function snapped(stretch: Stretch, seconds: number, mode: SnapMode): number {
  if (mode === 'off') return seconds;
  if (mode === 'zero') return nearestZeroCrossing(stretch, seconds, REACH_SECONDS.zero) ?? seconds;
  let best = seconds;
  let distance: number = REACH_SECONDS.silence;
  for (const edge of silenceEdges(stretch)) {
    if (Math.abs(edge - seconds) > distance) continue;
    distance = Math.abs(edge - seconds);
    best = edge;
  }
  return best;
}
