// Hands a run's events to whoever watches it, without ever making the training wait for a slow watcher.
import type { RunEvent } from '../../shared/contract/schemas.ts';

/** What happens after a snapshot. */
export type RunChange = Exclude<RunEvent, { type: 'snapshot' }>;

interface Watcher {
  readonly pending: RunEvent[];
  wake: () => void;
}

/**
 * One broadcaster a run. Every watcher has a queue of its own, in which a batch event replaces an unread batch
 * event of the same fold: a slow watcher misses batches, never epochs, and costs bounded memory.
 */
export class RunBroadcast {
  readonly #watchers = new Set<Watcher>();
  #ended = false;

  publish(event: RunEvent): void {
    for (const watcher of this.#watchers) {
      push(watcher.pending, event);
      watcher.wake();
    }
  }

  /** After what is still pending, every watcher's stream ends. */
  end(): void {
    this.#ended = true;
    for (const watcher of this.#watchers) watcher.wake();
  }

  /**
   * Events from now on, until the run or the signal ends them.
   * @param snapshot taken at once, so that nothing falls between it and the first event
   */
  async *watch(snapshot: () => RunEvent, signal?: AbortSignal): AsyncGenerator<RunEvent, void> {
    const watcher: Watcher = { pending: [snapshot()], wake: () => undefined };
    this.#watchers.add(watcher);
    const onAbort = (): void => watcher.wake();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      while (!signal?.aborted) {
        const next = watcher.pending.shift();
        if (next) yield next;
        else if (this.#ended) return;
        else await new Promise<void>((resolve) => (watcher.wake = resolve));
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#watchers.delete(watcher);
    }
  }
}

function push(pending: RunEvent[], event: RunEvent): void {
  if (event.type === 'batch') {
    // Unread batches stand behind the fold's last epoch: earlier ones were replaced or read.
    const unread = pending.findLastIndex(
      (other) =>
        (other.type === 'batch' && other.fold === event.fold) ||
        (other.type === 'epoch' && other.fold === event.fold),
    );
    if (pending[unread]?.type === 'batch') {
      pending[unread] = event;
      return;
    }
  }
  pending.push(event);
}
