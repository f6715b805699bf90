// The honesty meter's two runs: found among those there are or started, followed to their end, and compared.
import type { Comparison, RunDetail, RunSummary } from '../../shared/contract/schemas.ts';
import { canonicalJson } from '../../shared/recipe/recipe.ts';
import { app } from '../state/app.svelte.ts';
import { engine } from '../state/engine.svelte.ts';
import { EngineLostError, isAbort } from '../ui/errors.ts';
import { runs } from '../train/runs.svelte.ts';
import { isActive } from '../train/words.ts';
import { counterparts, keepsApart, missingSplit } from './honesty.ts';

/** Looked at closely at most; more of one name and seed are hardly ever there. */
const MOST_CANDIDATES = 8;

class Honesty {
  /** The other run of the pair; null while none is known. */
  other = $state.raw<RunDetail | null>(null);
  /** Random against speakers apart, on the clips that both scored. */
  comparison = $state.raw<Comparison | null>(null);
  looked = $state(false);
  starting = $state(false);
  error = $state.raw<unknown>(null);
  #askedFor: number | null = null;

  /** The counterpart as the list has it: it moves while it trains. */
  readonly otherNow = $derived.by((): RunSummary | null => {
    const { other } = this;
    return other === null ? null : (runs.list.find(({ runId }) => runId === other.runId) ?? other);
  });

  /** What the look-up depends on: counterparts come, end and go. */
  keyOf(run: RunDetail): string {
    const known = counterparts(run, runs.list).map(({ runId, state }) => `${runId} ${state}`);
    return [run.runId, run.state, engine.generation, ...known].join('|');
  }

  /** Finds the counterpart of a run; call from an effect, and again when `keyOf` changes. */
  find(run: RunDetail): () => void {
    const abort = new AbortController();
    if (this.#askedFor !== run.runId) {
      this.other = null;
      this.comparison = null;
      this.looked = false;
    }
    this.#askedFor = run.runId;
    void this.#find(run, abort.signal);
    return () => abort.abort();
  }

  async #find(run: RunDetail, signal: AbortSignal): Promise<void> {
    try {
      const recipe = canonicalJson(run.recipeSpec);
      let found: RunDetail | null = null;
      for (const { runId } of counterparts(run, runs.list).slice(0, MOST_CANDIDATES)) {
        const detail = await engine.client.runs.get({ runId }, { signal });
        if (canonicalJson(detail.recipeSpec) !== recipe) continue;
        found = detail;
        break;
      }
      let comparison: Comparison | null = null;
      if (found !== null && !isActive(found) && !isActive(run)) {
        const [a, b] = keepsApart(run) ? [run, found] : [found, run];
        comparison = await engine.client.runs.compare({ a: a.runId, b: b.runId }, { signal });
      }
      if (signal.aborted) return;
      this.other = found;
      this.comparison = comparison;
      this.error = null;
      this.looked = true;
    } catch (error) {
      if (!signal.aborted && !isAbort(error) && !(error instanceof EngineLostError)) this.error = error;
    }
  }

  /**
   * Starts what is missing. Where labels have moved on since the run, it is trained again too, so that both are
   * scored on the same labels; the new one is then looked at.
   */
  async start(run: RunDetail): Promise<void> {
    if (this.starting) return;
    this.starting = true;
    this.error = null;
    const { corpusId, recipeSpec, seed, keepFlagged, backend } = run;
    const same = { corpusId, recipe: recipeSpec, seed, keepFlagged, backend };
    try {
      const moved = app.corpus !== null && app.corpus.labelVersion.hash !== run.labelVersion.hash;
      if (moved) await runs.start({ ...same, split: run.splitSpec });
      await engine.client.runs.start({ ...same, split: missingSplit(run) });
    } catch (error) {
      this.error = error;
    }
    this.starting = false;
  }
}

export const honesty = new Honesty();
