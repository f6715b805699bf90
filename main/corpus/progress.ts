// Progress of a count of files: rate and time left, told seldom enough for an interface to follow.
import type { z } from 'zod';
import type { indexProgressSchema } from '../../shared/contract/schemas.ts';

export type IndexProgress = z.infer<typeof indexProgressSchema>;

const SECONDS_BETWEEN = 0.1;

/** `now`: seconds on a clock that never goes back. */
export function progressOf(done: number, total: number, startedAt: number, now: number): IndexProgress {
  const seconds = now - startedAt;
  const ratePerSecond = seconds > 0 ? done / seconds : 0;
  const etaSeconds = ratePerSecond > 0 ? (total - done) / ratePerSecond : null;
  return { type: 'progress', done, total, ratePerSecond, etaSeconds };
}

/** Passes on what it is told at most ten times a second; the first and the last always. */
export function progressReporter(
  total: number,
  onProgress: (progress: IndexProgress) => void,
  clock: () => number,
): (done: number) => void {
  const startedAt = clock();
  let lastAt = -Infinity;
  return (done) => {
    const now = clock();
    if (done < total && now - lastAt < SECONDS_BETWEEN) return;
    lastAt = now;
    onProgress(progressOf(done, total, startedAt, now));
  };
}
