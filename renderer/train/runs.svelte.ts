// Runs of the open corpus: the list, which one is looked at, and that one live. Train and Evaluate share it.
import { untrack } from 'svelte';
import type {
  Notice,
  RunChanges,
  RunDetail,
  RunEvent,
  RunSummary,
  StartRunInput,
} from '../../shared/contract/schemas.ts';
import { app } from '../state/app.svelte.ts';
import { engine } from '../state/engine.svelte.ts';
import { EngineLostError, isAbort } from '../ui/errors.ts';
import { NextFrame } from '../ui/nextFrame.ts';
import { reduceRun, type BatchTail, type LiveState } from './live.ts';
import { isActive } from './words.ts';

const NO_TAILS: ReadonlyMap<number, BatchTail> = new Map();

/** One run as it happens. Bursts of events become one change a frame. */
class WatchedRun {
  #state = $state.raw<LiveState | null>(null);
  error = $state.raw<unknown>(null);
  readonly runId: number;
  #abort = new AbortController();
  #queue: RunEvent[] = [];
  #frame = new NextFrame(() => this.#flush());

  constructor(runId: number) {
    this.runId = runId;
    void this.#follow();
  }

  // Getters: a derived value made here would belong to the effect that made this run, and grow stale with it.
  get run(): RunDetail | null {
    return this.#state?.run ?? null;
  }

  get tails(): ReadonlyMap<number, BatchTail> {
    return this.#state?.tails ?? NO_TAILS;
  }

  /** Ends the stream. */
  stop(): void {
    this.#abort.abort();
    this.#frame.cancel();
  }

  /** Takes a summary that came by another way than the stream. */
  take(summary: RunSummary): void {
    if (this.#state !== null) this.#state = { ...this.#state, run: { ...this.#state.run, ...summary } };
  }

  async #follow(): Promise<void> {
    const { signal } = this.#abort;
    const { runId } = this;
    try {
      for await (const event of await engine.client.runs.watch({ runId }, { signal })) {
        if (signal.aborted) return;
        this.#queue.push(event);
        this.#frame.ask();
        // Scores of finished folds are not in the events.
        if (event.type === 'fold' && event.fold.state === 'done') this.#reload().catch(this.#tell);
      }
      await this.#reload();
    } catch (error) {
      this.#tell(error);
    }
  }

  /** A lost engine comes back by itself, and the run is then watched anew: nothing to tell. */
  #tell = (error: unknown): void => {
    if (this.#abort.signal.aborted || isAbort(error) || error instanceof EngineLostError) return;
    this.error = error;
  };

  async #reload(): Promise<void> {
    const { signal } = this.#abort;
    const run = await engine.client.runs.get({ runId: this.runId }, { signal });
    if (signal.aborted) return;
    this.#flush();
    this.#state = { run, tails: isActive(run) ? this.tails : NO_TAILS };
  }

  #flush(): void {
    if (this.#abort.signal.aborted) return;
    let state = this.#state;
    for (const event of this.#queue.splice(0)) state = reduceRun(state, event);
    this.#state = state;
  }
}

type RunNotice = Extract<Notice, { type: 'run' | 'run-deleted' }>;

/** What can be asked of a run that is not over, or can go on. */
export type RunOrder = 'pause' | 'resume' | 'stop' | 'cancel';

class Runs {
  /** News of runs that came since the last frame: a run of quick epochs sends many a frame. */
  #news: RunNotice[] = [];
  #frame = new NextFrame(() => this.#takeNews());
  /** Counts sittings of the watched run: a stream ends with one. */
  #sitting = $state(0);
  #all = $state.raw<readonly RunSummary[]>([]);
  #selectedId = $state<number | null>(null);
  /** Looked at in Evaluate in place of a selected run that has no score. */
  #standInId = $state<number | null>(null);
  /** True once the list has been read from the engine. */
  loaded = $state(false);
  error = $state.raw<unknown>(null);
  /** What was asked of a run and is not yet seen. */
  asked = $state.raw<{ runId: number; what: RunOrder } | null>(null);
  watched = $state.raw<WatchedRun | null>(null);

  /** Newest first. */
  readonly list = $derived(
    this.#all
      .filter((run) => run.corpusId === app.corpusId && run.deletedAt === null)
      .sort((a, b) => b.runId - a.runId),
  );
  readonly selected = $derived(
    (app.room === 'evaluate' ? this.list.find((run) => run.runId === this.#standInId) : undefined) ??
      this.list.find((run) => run.runId === this.#selectedId) ??
      this.list[0] ??
      null,
  );
  readonly #selectedRunId = $derived(this.selected?.runId ?? null);
  /** Details of the selected run; null until they are here. */
  readonly detail = $derived(
    this.watched !== null && this.watched.runId === this.selected?.runId ? this.watched.run : null,
  );
  /** Number the next run will most likely have. */
  readonly nextId = $derived(this.#all.reduce((most, run) => Math.max(most, run.runId), 0) + 1);
  readonly active = $derived(this.#all.filter(isActive));

  /** Follows the engine for as long as the window lives: a run goes on while another room is looked at. */
  follow(): void {
    engine.onNotice((notice) => this.#take(notice));
    $effect.root(() => {
      $effect(() => {
        if (engine.generation > 0) void this.#load();
      });
      $effect(() => {
        void this.#sitting;
        return this.#watch(this.#selectedRunId, engine.generation);
      });
    });
  }

  /** Watches one run on the connection of now; returns the end of that. */
  #watch(runId: number | null, generation: number): (() => void) | undefined {
    if (runId === null || generation === 0) {
      this.watched = null;
      return undefined;
    }
    const watched = untrack(() => new WatchedRun(runId));
    this.watched = watched;
    return () => watched.stop();
  }

  select(runId: number): void {
    this.#selectedId = runId;
    this.#standInId = null;
  }

  /** In Evaluate, looks at the newest scored run where the selected one has no score; elsewhere that stays selected. */
  preferScored(): void {
    this.#standInId = null;
    if (this.selected?.uar === null)
      this.#standInId = this.list.find((run) => run.uar !== null)?.runId ?? null;
  }

  /** Starts a run and selects it. Rejects with the engine's reason. */
  async start(input: StartRunInput): Promise<RunSummary> {
    const run = await engine.client.runs.start(input);
    // What is already told of it is newer.
    if (!this.#all.some(({ runId }) => runId === run.runId)) this.#put(run);
    this.select(run.runId);
    return run;
  }

  /** Asks something of a run; what it did comes back with its summary. Errors stay in `error`. */
  async order(runId: number, what: RunOrder): Promise<void> {
    this.asked = { runId, what };
    this.error = null;
    try {
      this.#put(await engine.client.runs[what]({ runId }));
      // A run that had ended is watched anew.
      if (what === 'resume' && this.watched?.runId === runId) this.#sitting += 1;
    } catch (error) {
      this.error = error;
    } finally {
      this.asked = null;
    }
  }

  /** Changes what a run is called and what is noted about it. Rejects where the engine does. */
  async change(runId: number, changes: RunChanges): Promise<void> {
    this.#put(await engine.client.runs.change({ runId, changes }));
  }

  /** Takes a run out of the list; the next one is selected. Rejects where the engine does. */
  async remove(runId: number): Promise<void> {
    const at = this.list.findIndex((run) => run.runId === runId);
    const next = this.list[at + 1] ?? this.list[at - 1];
    this.#put(await engine.client.runs.remove({ runId }));
    if (next !== undefined) this.select(next.runId);
  }

  /** Brings a deleted run back and selects it. */
  async restore(runId: number): Promise<void> {
    this.#put(await engine.client.runs.restore({ runId }));
    this.select(runId);
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

  #take(notice: Notice): void {
    if (notice.type !== 'run' && notice.type !== 'run-deleted') return;
    this.#news.push(notice);
    this.#frame.ask();
  }

  #takeNews(): void {
    const news = this.#news.splice(0);
    const latest: Readonly<Record<number, RunSummary | null>> = Object.fromEntries(
      news.map((notice) => (notice.type === 'run' ? [notice.run.runId, notice.run] : [notice.runId, null])),
    );
    const others = this.#all.filter(({ runId }) => !(runId in latest));
    this.#all = [...others, ...Object.values(latest).filter((run) => run !== null)];
    const watched = latest[this.watched?.runId ?? NaN];
    if (watched) this.watched?.take(watched);
  }

  /** Takes an answer, after the news that came before it. */
  #put(run: RunSummary): void {
    this.#news.push({ type: 'run', run });
    this.#takeNews();
  }
}

export const runs = new Runs();
runs.follow();
