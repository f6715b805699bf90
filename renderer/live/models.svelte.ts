// The runs that can listen: every run of the workspace that left a model, those of the open corpus first.
import type { LiveModelRef, RunSummary } from '../../shared/contract/schemas.ts';
import { app } from '../state/app.svelte.ts';
import { engine } from '../state/engine.svelte.ts';
import { EngineLostError } from '../ui/errors.ts';
import { listening } from './listening.svelte.ts';

class Models {
  #all = $state.raw<readonly RunSummary[]>([]);
  loaded = $state(false);
  error = $state.raw<unknown>(null);
  #chosen = $state.raw<LiveModelRef | null>(null);

  readonly list = $derived(
    this.#all
      .filter((run) => run.foldsDone > 0)
      .sort(
        (a, b) =>
          Number(b.corpusId === app.corpusId) - Number(a.corpusId === app.corpusId) || b.runId - a.runId,
      ),
  );
  readonly chosen = $derived<LiveModelRef | null>(
    this.#chosen ?? (this.list[0] ? { runId: this.list[0].runId, folds: null } : null),
  );
  readonly run = $derived(this.list.find(({ runId }) => runId === this.chosen?.runId) ?? null);

  /** Follows the engine while a view shows the list. */
  follow(): () => void {
    void engine.generation;
    void this.#load();
    return engine.onNotice((notice) => {
      if (notice.type === 'run') void this.#load();
    });
  }

  choose(ref: LiveModelRef): void {
    this.#chosen = ref;
    void listening.useModel(ref);
  }

  /** The run after the chosen one, round again. */
  next(): void {
    const at = this.list.findIndex(({ runId }) => runId === this.chosen?.runId);
    const next = this.list[(at + 1) % this.list.length];
    if (next && next.runId !== this.chosen?.runId) this.choose({ runId: next.runId, folds: null });
  }

  async #load(): Promise<void> {
    try {
      this.#all = await engine.client.runs.list({});
      this.error = null;
      this.loaded = true;
    } catch (error) {
      if (!(error instanceof EngineLostError)) this.error = error;
    }
  }
}

export const models = new Models();
