// Finds a clip of the corpus by a part of its name: a few answers under a field.
import type { Clip } from '../../shared/contract/schemas.ts';
import { engine } from '../state/engine.svelte.ts';
import { isAbort } from '../ui/errors.ts';

const SHOWN = 8;

export class ClipSearch {
  text = $state('');
  open = $state(false);
  found = $state.raw<readonly Clip[]>([]);
  /** Place of the answer that Enter takes. */
  at = $state(0);
  error = $state.raw<unknown>(null);
  #abort: AbortController | null = null;

  readonly current = $derived(this.open ? this.found[this.at] : undefined);

  /** Looks for what is typed now; an older question is dropped. */
  async look(corpusId: number): Promise<void> {
    this.#abort?.abort();
    const search = this.text.trim();
    if (search === '') {
      this.open = false;
      return;
    }
    const abort = new AbortController();
    this.#abort = abort;
    try {
      const { clips } = await engine.client.clips.page(
        {
          corpusId,
          filter: { search: search.slice(0, 200) },
          sort: { key: 'path' },
          offset: 0,
          limit: SHOWN,
        },
        { signal: abort.signal },
      );
      if (abort.signal.aborted) return;
      this.found = clips;
      this.error = null;
    } catch (error) {
      if (abort.signal.aborted || isAbort(error)) return;
      this.found = [];
      this.error = error;
    }
    this.at = 0;
    this.open = true;
  }

  move(step: 1 | -1): void {
    if (this.found.length > 0) this.at = (this.at + step + this.found.length) % this.found.length;
  }

  close(): void {
    this.#abort?.abort();
    this.open = false;
  }

  /** Closes and forgets what was typed. */
  clear(): void {
    this.close();
    this.text = '';
  }
}
