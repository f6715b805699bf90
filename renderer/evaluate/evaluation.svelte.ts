// What is looked at in the Evaluate room: the run's predictions, the chosen cell and its clips.
import type { PredictionRow } from '../../shared/contract/schemas.ts';
import { app } from '../state/app.svelte.ts';
import { engine } from '../state/engine.svelte.ts';
import { EngineLostError, isAbort } from '../ui/errors.ts';
import { runs } from '../train/runs.svelte.ts';

export interface Cell {
  row: number;
  column: number;
}

/** What the room shows of a run. */
export type EvaluateView = 'overview' | 'recall' | 'calibration' | 'timeline' | 'compare';

class Evaluation {
  page = $state<EvaluateView>('overview');
  view = $state<'rates' | 'counts'>('rates');
  #cell = $state.raw<{ runId: number; cell: Cell } | null>(null);
  #rows = $state.raw<{ runId: number; rows: readonly PredictionRow[] } | null>(null);
  /** Where the keys are to go on, until they are there. */
  focusOn = $state<'clips' | 'cell' | null>(null);
  /** The clip chosen among a cell's. */
  clipId = $state<number | null>(null);
  error = $state.raw<unknown>(null);

  readonly run = $derived(runs.detail);
  /** Changes when there is more to read, not with every batch of a run under way. */
  readonly #scored = $derived(
    this.run?.scores ? `${this.run.runId} ${this.run.foldsDone} ${this.run.state}` : null,
  );
  readonly cell = $derived(
    this.run !== null && this.#cell?.runId === this.run.runId ? this.#cell.cell : null,
  );
  /** Every test clip of the run in corpus order; null while they are read. */
  readonly rows = $derived(
    this.run !== null && this.#rows?.runId === this.run.runId ? this.#rows.rows : null,
  );
  /** Test clips of the chosen cell, the surest answers first; null while they are read. */
  readonly clips = $derived.by((): readonly PredictionRow[] | null => {
    const { run, cell } = this;
    if (run === null || cell === null) return [];
    if (this.rows === null) return null;
    const label = run.labels[cell.row];
    const predicted = run.labels[cell.column];
    return this.rows
      .filter((row) => row.label === label && row.predicted === predicted)
      .sort(
        (a, b) =>
          b.probabilities[cell.column]! - a.probabilities[cell.column]! || a.path.localeCompare(b.path),
      );
  });
  /** The chosen clip of the chosen cell. */
  readonly chosen = $derived(this.clips?.find(({ clipId }) => clipId === this.clipId) ?? null);
  /**
   * Entries of the ledger since the run was made, which are labels, notes, segments and what was taken back; null where
   * the labels are still the run's.
   */
  readonly moved = $derived.by((): { version: number; entries: number } | null => {
    const now = app.corpus?.labelVersion;
    const { run } = this;
    if (now === undefined || run === null || app.corpus?.corpusId !== run.corpusId) return null;
    if (now.hash === run.labelVersion.hash) return null;
    return { version: now.version, entries: Math.max(1, now.version - run.labelVersion.version) };
  });

  /** Opens a cell's list of clips; an open one stays as it is. */
  choose(cell: Cell): void {
    if (this.run === null) return;
    if (this.cell?.row === cell.row && this.cell.column === cell.column) return;
    this.#cell = { runId: this.run.runId, cell };
    this.clipId = null;
  }

  /** Opens the cell of a test clip, with that clip chosen. */
  openClip(clipId: number): void {
    const row = this.rows?.find((other) => other.clipId === clipId);
    if (row === undefined || this.run === null) return;
    this.choose({ row: this.run.labels.indexOf(row.label), column: this.run.labels.indexOf(row.predicted) });
    this.clipId = clipId;
    this.focusOn = 'clips';
  }

  close(): void {
    this.#cell = null;
    this.clipId = null;
    this.focusOn = 'cell';
  }

  /** Keeps the predictions current while a view shows them: call from an effect. */
  follow(): () => void {
    void engine.generation;
    const abort = new AbortController();
    if (this.#scored !== null) void this.#load(Number(this.#scored.split(' ')[0]), abort.signal);
    return () => abort.abort();
  }

  async #load(runId: number, signal: AbortSignal): Promise<void> {
    try {
      const rows = await engine.client.runs.predictions({ runId }, { signal });
      if (signal.aborted) return;
      this.#rows = { runId, rows };
      this.error = null;
    } catch (error) {
      if (!signal.aborted && !isAbort(error) && !(error instanceof EngineLostError)) this.error = error;
    }
  }
}

export const evaluation = new Evaluation();
