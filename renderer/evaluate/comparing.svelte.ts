// Which run the one on screen is compared with, and what came of it.
import type { Comparison, RunDetail, RunSummary } from '../../shared/contract/schemas.ts';
import { app } from '../state/app.svelte.ts';
import { engine } from '../state/engine.svelte.ts';
import { EngineLostError, isAbort } from '../ui/errors.ts';
import { runs } from '../train/runs.svelte.ts';
import { isActive } from '../train/words.ts';

class Comparing {
  #baselineId = $state<number | null>(null);
  comparison = $state.raw<Comparison | null>(null);
  error = $state.raw<unknown>(null);
  starting = $state(false);

  /** Runs that the one on screen can be compared with, newest first. */
  readonly options = $derived<readonly RunSummary[]>(
    runs.list.filter((run) => run.uar !== null && !isActive(run) && run.runId !== runs.selected?.runId),
  );
  /** The one chosen, else the newest before the one on screen, else any. */
  readonly baseline = $derived(
    this.options.find(({ runId }) => runId === this.#baselineId) ??
      this.options.find(({ runId }) => runId < (runs.selected?.runId ?? 0)) ??
      this.options[0] ??
      null,
  );

  choose(runId: number): void {
    this.#baselineId = runId;
  }

  /** Compares; call from an effect, and again when run, baseline or engine have changed. */
  follow(run: RunDetail): () => void {
    const abort = new AbortController();
    const a = this.baseline?.runId;
    if (a !== undefined && run.uar !== null) void this.#load(a, run.runId, abort.signal);
    return () => abort.abort();
  }

  /** Trains a run again on the labels of today and looks at it, the old one beside it once it has a score. */
  async retrain(run: RunDetail): Promise<void> {
    if (this.starting) return;
    this.starting = true;
    this.error = null;
    try {
      await runs.start({
        corpusId: run.corpusId,
        recipe: run.recipeSpec,
        split: run.splitSpec,
        seed: run.seed,
        keepFlagged: run.keepFlagged,
        backend: run.backend,
      });
      this.#baselineId = run.runId;
      app.room = 'evaluate';
    } catch (error) {
      this.error = error;
    }
    this.starting = false;
  }

  async #load(a: number, b: number, signal: AbortSignal): Promise<void> {
    if (this.comparison?.a !== a || this.comparison.b !== b) this.comparison = null;
    try {
      const comparison = await engine.client.runs.compare({ a, b }, { signal });
      if (signal.aborted) return;
      this.comparison = comparison;
      this.error = null;
    } catch (error) {
      if (!signal.aborted && !isAbort(error) && !(error instanceof EngineLostError)) this.error = error;
    }
  }
}

export const comparing = new Comparing();
