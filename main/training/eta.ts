// How long a run still takes: from the folds that are over, or from the epochs of those under way.
import { percentileOf } from '../../shared/metrics/metrics.ts';

/** A fold as the estimate sees it. */
export interface FoldPace {
  readonly state: 'waiting' | 'running' | 'paused' | 'done' | 'cancelled' | 'failed';
  /** Clips of one epoch, trained on and evaluated: what its epochs take goes by their number. */
  readonly clips: number;
  /** Seconds of the epochs that are over. */
  readonly epochSeconds: readonly number[];
  /** Wall time from its process's start to its end in this sitting; null while it is not over. */
  readonly wallSeconds: number | null;
}

/**
 * Seconds until the last fold is done, where the open folds are taken up in their order, so many at a time. A fold's
 * time is its epochs at the pace of all epochs so far, by clip, and what a process takes besides (start, writing): its
 * median over the finished folds. A fold that may stop early is expected to have as many epochs as the finished ones.
 * @param epochs of a fold, as asked for
 * @returns null before the first epoch
 */
export function etaSeconds(folds: readonly FoldPace[], epochs: number, sideBySide: number): number | null {
  const paces = folds.flatMap(({ epochSeconds, clips }) => epochSeconds.map((seconds) => seconds / clips));
  const pace = median(paces);
  if (pace === null) return null;
  const over = folds.filter(({ state, epochSeconds }) => state === 'done' && epochSeconds.length > 0);
  const expected = median(over.map(({ epochSeconds }) => epochSeconds.length)) ?? epochs;
  const besides =
    median(
      over.flatMap(({ wallSeconds, epochSeconds }) =>
        wallSeconds === null ? [] : [Math.max(0, wallSeconds - sum(epochSeconds))],
      ),
    ) ?? 0;
  const lanes = new Float64Array(Math.max(1, sideBySide));
  const open = folds.filter(({ state }) => state === 'running' || state === 'waiting' || state === 'paused');
  for (const { state, clips, epochSeconds } of open.toSorted(
    (a, b) => Number(b.state === 'running') - Number(a.state === 'running'),
  )) {
    const left = Math.max(0, expected - epochSeconds.length) * pace * clips;
    const started = state === 'running' && epochSeconds.length > 0;
    const lane = lanes.indexOf(Math.min(...lanes));
    lanes[lane]! += left + (started ? 0 : besides);
  }
  return Math.max(...lanes);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The middle value; null where there is none. */
export function median(values: readonly number[]): number | null {
  return values.length === 0 ? null : percentileOf(values, 0.5);
}
