// A full disk: told apart from every other error, and waited out, so that nothing measured is lost.
import { setTimeout as delay } from 'node:timers/promises';
import type { FeatureCache } from '../features/cache.ts';

const CODES: ReadonlySet<unknown> = new Set([
  'ENOSPC',
  'EDQUOT',
  'EFBIG',
  'SQLITE_FULL',
  'SQLITE_IOERR_WRITE',
]);
const RETRY_MS = 1000;

/** Whether something could not be written because there is no room for it. */
export function isNoRoom(error: unknown): boolean {
  return CODES.has((error as { code?: unknown } | null)?.code);
}

/**
 * Does work that writes, again and again while there is no room for it.
 * @param waiting told true at the first time that there is none, and false once there was
 * @throws the work's error, where it is another one, or once the signal ends the waiting
 */
export async function whenThereIsRoom<T>(
  work: () => T | Promise<T>,
  waiting: (waits: boolean) => void,
  signal: AbortSignal,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      const result = await work();
      if (tries > 0) waiting(false);
      return result;
    } catch (error) {
      if (!isNoRoom(error) || signal.aborted) throw error;
      if (tries === 0) waiting(true);
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** A cache that forgets what there is no room for. */
export function forgetful(cache: FeatureCache): FeatureCache {
  return {
    getMany: (hashes, featureHash) => cache.getMany(hashes, featureHash),
    putMany(entries, featureHash) {
      try {
        cache.putMany(entries, featureHash);
      } catch (error) {
        if (!isNoRoom(error)) throw error;
      }
    },
  };
}
