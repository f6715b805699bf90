// Runs laid over the one that is looked at: which, and their mean curves, read one run at a time.
import type { EvaluatedOn, RunSummary } from '../../shared/contract/schemas.ts';
import { engine } from '../state/engine.svelte.ts';
import { EngineLostError, isAbort } from '../ui/errors.ts';
import {
  heldOutMeans,
  overlayLabel,
  type CurveOverlay,
  type HeldOutMeans,
  type Measure,
} from '../ui/charts/curves.ts';
import { runs } from './runs.svelte.ts';
import { overlaidInWords } from './words.ts';

/** Curves of a run that is still training are read again this often at most. */
const AGAIN_MS = 2000;

interface Loaded {
  readonly means: HeldOutMeans;
  /** What they are measured on. */
  readonly heldOut: EvaluatedOn;
  /** Of the run when they were read. */
  readonly epochsDone: number;
}

class Overlays {
  #ids = $state.raw<readonly number[]>([]);
  #loaded = $state.raw<Readonly<Record<number, Loaded>>>({});
  error = $state.raw<unknown>(null);

  #lastShown: readonly RunSummary[] = [];
  /**
   * Checked runs of the open corpus that are not the selected one, newest first. The same array for as long as these
   * runs stay as they are: every epoch of another run changes the list, and their picture is not to be painted anew.
   */
  readonly shown = $derived.by(() => {
    const next = runs.list.filter(
      (run) => this.#ids.includes(run.runId) && run.runId !== runs.selected?.runId,
    );
    const same = next.length === this.#lastShown.length && next.every((run, i) => run === this.#lastShown[i]);
    return same ? this.#lastShown : (this.#lastShown = next);
  });
  /** What the curve of the run looked at is measured on. */
  readonly #lookedAt = $derived(runs.detail?.evaluatedOn ?? null);
  readonly loss = $derived(this.#curves('loss'));
  readonly accuracy = $derived(this.#curves('accuracy'));
  /** How many there are, and on what each is measured. */
  readonly inWords = $derived(
    overlaidInWords(
      this.shown.map(({ runId }) => ({ runId, heldOut: this.#loaded[runId]?.heldOut ?? null })),
    ),
  );

  has(runId: number): boolean {
    return this.#ids.includes(runId);
  }

  toggle(runId: number): void {
    this.#ids = this.has(runId) ? this.#ids.filter((id) => id !== runId) : [...this.#ids, runId];
  }

  /** All runs of the list, or none where all are. */
  toggleAll(): void {
    const all = runs.list.map(({ runId }) => runId);
    this.#ids = all.every((runId) => this.has(runId)) ? [] : all;
  }

  /** Reads what is missing for as long as the room is open; returns the end of that. */
  follow(): () => void {
    return $effect.root(() => {
      $effect(() => {
        if (engine.generation === 0) return undefined;
        const abort = new AbortController();
        const stale = this.shown.filter(
          ({ runId, epochsDone }) => this.#loaded[runId]?.epochsDone !== epochsDone,
        );
        if (stale.length === 0) return undefined;
        const known = stale.every(({ runId }) => runId in this.#loaded);
        const timer = setTimeout(() => void this.#load(stale, abort.signal), known ? AGAIN_MS : 0);
        return () => {
          clearTimeout(timer);
          abort.abort();
        };
      });
    });
  }

  async #load(stale: readonly { runId: number; epochsDone: number }[], signal: AbortSignal): Promise<void> {
    const loaded: Record<number, Loaded> = { ...this.#loaded };
    try {
      // One at a time: the curves of fifty runs in one answer would stop the page while it reads them.
      for (const { runId, epochsDone } of stale) {
        const [curves] = await engine.client.runs.curves({ runIds: [runId] }, { signal });
        if (signal.aborted) return;
        const { folds, evaluatedOn } = curves!;
        loaded[runId] = { means: heldOutMeans(folds), heldOut: evaluatedOn, epochsDone };
      }
      this.#loaded = loaded;
      this.error = null;
    } catch (error) {
      if (!signal.aborted && !isAbort(error) && !(error instanceof EngineLostError)) this.error = error;
    }
  }

  #curves(measure: Measure): readonly CurveOverlay[] {
    return this.shown.flatMap(({ runId, name }) => {
      const loaded = this.#loaded[runId];
      if (loaded === undefined) return [];
      const { heldOut } = loaded;
      const lookedAt = this.#lookedAt ?? heldOut;
      // The margin of the chart holds no more than this.
      const called = name === '' ? `run ${runId}` : name.slice(0, heldOut === lookedAt ? 12 : 7);
      const label = overlayLabel(called, heldOut, lookedAt);
      return [{ id: runId, label, values: loaded.means[measure] }];
    });
  }
}

export const overlays = new Overlays();
