// Who decides in this window. Two windows on one engine can have two raters; the last one chosen is where a new window starts.
import type { RaterSummary } from '../../shared/contract/schemas.ts';
import { app } from './app.svelte.ts';
import { engine } from './engine.svelte.ts';

/** Kept for as long as the window is open, through reloads: sessionStorage belongs to one window. */
const KEPT_AS = 'pathos.rater';

class Raters {
  /** Everybody known to the workspace, with what they did in the open corpus. */
  list = $state.raw<readonly RaterSummary[]>([]);
  error = $state.raw<unknown>(null);
  #chosen = $state(sessionStorage.getItem(KEPT_AS));

  /** Name that every decision of this window carries; null before the settings are there. */
  readonly current = $derived(this.#chosen ?? app.settings?.rater ?? null);

  /** Follows who there is; call from a component's effect. */
  follow(): void {
    void engine.generation;
    void app.revision;
    const corpusId = app.corpusId;
    if (corpusId !== null && engine.ready) void this.load(corpusId);
  }

  async load(corpusId: number): Promise<void> {
    try {
      const list = await engine.client.raters.list({ corpusId });
      if (corpusId !== app.corpusId) return;
      this.list = list;
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }

  /** Another rater sits at this window from now on. */
  switchTo(name: string): void {
    const rater = name.trim().normalize('NFC');
    if (rater === '' || rater === this.current) return;
    this.keep(rater);
    app.changeSettings({ rater });
  }

  /** Holds this window to a rater, whatever other windows choose. */
  keep(rater: string): void {
    sessionStorage.setItem(KEPT_AS, rater);
    this.#chosen = rater;
  }
}

export const raters = new Raters();
