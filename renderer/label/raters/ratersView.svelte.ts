// Raters side by side: how far they agree, and the clips on which they do not.
import type { Agreement, Disagreement } from '../../../shared/contract/schemas.ts';
import { app } from '../../state/app.svelte.ts';
import { engine } from '../../state/engine.svelte.ts';

/** Disagreements that are shown; resolving them brings up the next ones. */
const MOST_ROWS = 500;

class Comparison {
  agreement = $state.raw<Agreement | null>(null);
  rows = $state.raw<readonly Disagreement[]>([]);
  total = $state(0);
  error = $state.raw<unknown>(null);
  at = $state(0);
  corpusLabels = $state(false);
  blindOnly = $state(false);
  #asked = 0;

  readonly current = $derived(this.rows[Math.min(this.at, this.rows.length - 1)]);

  /** Keeps both current; call from a component's effect. */
  follow(): void {
    void app.revision;
    void engine.generation;
    const { corpusId } = app;
    const { corpusLabels, blindOnly } = this;
    if (corpusId !== null) void this.#load(corpusId, corpusLabels, blindOnly);
  }

  async #load(corpusId: number, corpusLabels: boolean, blindOnly: boolean): Promise<void> {
    const asked = ++this.#asked;
    try {
      const [agreement, { rows, total }] = await Promise.all([
        engine.client.agreement.report({ corpusId, corpusLabels, blindOnly }),
        engine.client.agreement.disagreements({ corpusId, limit: MOST_ROWS }),
      ]);
      if (asked !== this.#asked) return;
      this.agreement = agreement;
      this.rows = rows;
      this.total = total;
      this.at = Math.max(0, Math.min(this.at, rows.length - 1));
      this.error = null;
    } catch (error) {
      if (asked === this.#asked) this.error = error;
    }
  }

  /** To another disagreement; false where there is none. */
  goTo(index: number): boolean {
    if (index < 0 || index >= this.rows.length || index === this.at) return false;
    this.at = index;
    return true;
  }
}

export const comparison = new Comparison();
