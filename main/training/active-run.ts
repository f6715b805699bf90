// One run on its way: features, then its folds side by side, then its scores; everything on disk as it happens.
import { UserError } from '../../shared/contract/errors.ts';
import type { RunSummary } from '../../shared/contract/schemas.ts';
import type { FeatureCache } from '../features/cache.ts';
import type { FeatureDefect } from '../features/features.ts';
import type { Store } from '../store/database.ts';
import * as runStore from '../store/runs.ts';
import { checkpointFile, dropCheckpoint, readKept } from './checkpoint.ts';
import { endMessage } from './end-message.ts';
import type { FoldPace } from './eta.ts';
import { type EndedFold, type FoldEndings, keepFold } from './fold-endings.ts';
import { startFold, type FoldListener, type FoldOutcome, type FoldProcess } from './fold-process.ts';
import { foldPlanOf } from './plan.ts';
import { whenThereIsRoom } from './no-room.ts';
import { type Prepared, prepareRun } from './prepare.ts';
import type { Interrupt, TrainJob } from './protocol.ts';
import type { RunChange } from './run-events.ts';
import { scoreRun, summaryScores } from './scores.ts';
import type { FoldPlan } from './fold-plan.ts';

export interface ActiveRunOptions {
  readonly store: Store;
  readonly runId: number;
  readonly workspace: string;
  readonly cache: FeatureCache | undefined;
  /** How often a fold writes down where it is, at most. */
  readonly checkpointSeconds: number;
  readonly summary: () => RunSummary;
  readonly publish: (event: RunChange) => void;
  /** Something a list of runs shows has changed. */
  readonly changed: () => void;
}

const NO_ROOM = 'The disk is full: what was measured waits to be written. Free some space and it goes on.';
const UNSAVED = 'Its state could not be written, it goes on from further back';

/** Trains one run for one sitting: until it ends or is paused. */
export class ActiveRun {
  readonly runId: number;
  /** Resolves when the run has ended or is paused, and all of it is on disk. */
  readonly ended: Promise<void>;
  /** What it is doing besides training, for a person. */
  progress: string | null = null;
  readonly #options: ActiveRunOptions;
  readonly #run: runStore.StoredRun;
  readonly #abort = new AbortController();
  readonly #folds = new Map<number, FoldProcess>();
  /** Wall seconds of the folds that went to their end in this sitting. */
  readonly #foldSeconds = new Map<number, number>();
  /** Writes of epochs that found no room, in their order. */
  readonly #unwritten: (() => void)[] = [];
  #interrupt: Interrupt | null = null;
  #interruptReason: string | null = null;
  #leftOut: readonly FeatureDefect[] = [];
  #startedAt = 0;
  #resolveEnded!: () => void;

  constructor(options: ActiveRunOptions) {
    this.#options = options;
    this.runId = options.runId;
    this.#run = runStore.getRun(options.store, options.runId);
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
  }

  /**
   * Stops at the batch; a run that has not begun never will, or waits on. The first asking counts.
   * @param reason for a person, where nobody asked for it
   */
  interrupt(how: Interrupt, reason: string | null = null): void {
    if (this.#interrupt !== null) return;
    this.#interrupt = how;
    this.#interruptReason = reason;
    this.#abort.abort();
    for (const fold of this.#folds.values()) fold.interrupt(how);
  }

  /** Process ids of the trainers at work, by fold. */
  trainerProcesses(): Map<number, number> {
    return new Map(
      [...this.#folds].flatMap(([fold, { processId }]) => (processId ? [[fold, processId]] : [])),
    );
  }

  /** Wall time that a fold took in this sitting, for estimates; null where it has not ended in it. */
  wallSeconds(fold: number): FoldPace['wallSeconds'] {
    return this.#foldSeconds.get(fold) ?? null;
  }

  /** Trains to the end, an interrupt or a failure. Rejects for a bug, or where its end cannot be written. */
  async train(): Promise<void> {
    this.#startedAt = performance.now();
    let failure: string | null = null;
    let bug: unknown = null;
    try {
      if (this.#interrupt === null) await this.#trainFolds();
    } catch (error) {
      if (!(error instanceof UserError)) bug = error;
      failure = error instanceof UserError ? error.message : `Unexpected error: ${String(error)}`;
    }
    try {
      // Folds that still run beside one whose end could not be written.
      for (const fold of this.#folds.values()) fold.interrupt('pause');
      await this.#write(() => this.#settle());
      await this.#write(() => this.#finish(failure));
    } finally {
      this.progress = null;
      this.#resolveEnded();
    }
    if (bug !== null) throw bug as Error;
  }

  async #trainFolds(): Promise<void> {
    const { store, changed, publish, summary } = this.#options;
    await this.#write(() => runStore.markRunStarted(store, this.runId));
    changed();
    publish({ type: 'run', summary: summary() });
    const prepared = await prepareRun(this.#run, {
      ...this.#options,
      signal: this.#abort.signal,
      report: this.#report,
    });
    if (prepared === null) return;
    this.#leftOut = prepared.leftOut;
    const states = new Map(runStore.listFolds(store, this.runId).map(({ index, state }) => [index, state]));
    const waiting = prepared.folds.filter(({ index }) => states.get(index) !== 'done');
    const lane = async (): Promise<void> => {
      for (let fold = waiting.shift(); fold && this.#interrupt === null; fold = waiting.shift())
        await this.#trainFold(fold, prepared);
    };
    await Promise.all(Array.from({ length: Math.min(this.#run.foldsInParallel, waiting.length) }, lane));
  }

  #report = (what: string | null): void => {
    this.progress = what;
    this.#options.changed();
    this.#options.publish({ type: 'run', summary: this.#options.summary() });
  };

  /** Writes, and waits while there is no room. */
  #write<T>(work: () => T | Promise<T>): Promise<T> {
    return whenThereIsRoom(work, (waits) => this.#report(waits ? NO_ROOM : null), this.#abort.signal);
  }

  async #trainFold(plan: FoldPlan, prepared: Prepared): Promise<void> {
    const { store, changed } = this.#options;
    const fold = plan.index;
    const startedAt = performance.now();
    await this.#write(() => runStore.setFoldState(store, this.runId, fold, 'running'));
    this.#publishFold(fold);
    const job = this.#job(plan, prepared);
    const process = startFold(job, this.#listener(fold), this.#run.threads);
    this.#folds.set(fold, process);
    // Interrupted while it was being started.
    if (this.#interrupt !== null) process.interrupt(this.#interrupt);
    const outcome = await process.outcome;
    this.#folds.delete(fold);
    await this.#write(() => this.#writeEpochs());
    await this.#write(() => this.#keepFold(plan, prepared, { ...outcome, normalisation: job.normalisation }));
    if (outcome.state === 'done') this.#foldSeconds.set(fold, (performance.now() - startedAt) / 1000);
    this.#publishFold(fold);
    changed();
  }

  #job(plan: FoldPlan, prepared: Prepared): TrainJob {
    const { recipe, labels, seed, backend } = this.#run;
    return {
      recipe,
      labels: labels.length,
      ...prepared.inputs(plan.train),
      targets: prepared.targets,
      train: plan.train,
      validation: plan.validation,
      test: plan.test,
      seed,
      fold: plan.index,
      epochs: recipe.training.epochs,
      backend,
      checkpoint: {
        file: checkpointFile(this.#options.workspace, this.runId, plan.index),
        everySeconds: this.#options.checkpointSeconds,
      },
    };
  }

  #listener(fold: number): FoldListener {
    const { store, publish, summary, changed } = this.#options;
    const keep = (write: () => void): void => {
      this.#unwritten.push(write);
      try {
        this.#writeEpochs();
      } catch {
        // Written at the end of the fold at the latest, which says why where that cannot be.
      }
    };
    return {
      onReady: (computedBy, how) => keep(() => runStore.setRunPath(store, this.runId, computedBy, how)),
      onResumed: (epochs) => {
        keep(() => runStore.takeUpEpochs(store, this.runId, fold, epochs));
        this.#publishFold(fold);
      },
      onBatch: (batch) => publish({ ...batch, fold }),
      onEpoch: ({ epoch }) => {
        keep(() => runStore.saveEpoch(store, this.runId, fold, epoch));
        publish({ type: 'epoch', fold, epoch, summary: summary() });
        changed();
      },
    };
  }

  #writeEpochs(): void {
    for (let write = this.#unwritten[0]; write; write = this.#unwritten[0]) {
      write();
      this.#unwritten.shift();
    }
  }

  get #endings(): FoldEndings {
    return { store: this.#options.store, workspace: this.#options.workspace, run: this.#run };
  }

  /** Writes what a fold leaves, and forgets its checkpoint once nothing can go on from it. */
  async #keepFold(
    plan: FoldPlan,
    prepared: Prepared,
    outcome: FoldOutcome & Pick<EndedFold, 'normalisation'>,
  ): Promise<void> {
    const { store, workspace } = this.#options;
    if (outcome.state === 'paused') {
      const behind = outcome.reason === null ? null : `${UNSAVED}: ${outcome.reason}`;
      return runStore.setFoldState(store, this.runId, plan.index, 'paused', behind);
    }
    const { state } = outcome;
    await keepFold(this.#endings, plan, prepared.clips, { ...outcome, state });
    // A fold that failed may be taken up again from there.
    if (outcome.state !== 'failed') dropCheckpoint(checkpointFile(workspace, this.runId, plan.index));
  }

  /** Ends the folds that a pause left, where the run is not to go on: with the epoch they kept. */
  async #settle(): Promise<void> {
    if (this.#interrupt !== 'cancel' && this.#interrupt !== 'stop') return;
    const { store, workspace } = this.#options;
    const clips = runStore.runClips(store, this.runId);
    const stopped = this.#interrupt === 'stop';
    for (const { index, state } of runStore.listFolds(store, this.runId)) {
      if (state !== 'waiting' && state !== 'paused') continue;
      const file = checkpointFile(workspace, this.runId, index);
      const found = readKept(file);
      if (found || state === 'paused') {
        const plan = runStore.plannedFolds(store, this.runId, clips)[index]!;
        await keepFold(this.#endings, foldPlanOf(plan), clips, {
          state: stopped && found ? 'done' : 'cancelled',
          reason: null,
          stoppedEarly: stopped && found !== null,
          ...(found ?? { kept: null, model: null, normalisation: null }),
        });
      }
      dropCheckpoint(file);
    }
  }

  #publishFold(fold: number): void {
    const { store, publish, summary } = this.#options;
    publish({ type: 'fold', fold: runStore.listFolds(store, this.runId)[fold]!, summary: summary() });
  }

  #finish(failure: string | null): void {
    const { store } = this.#options;
    const folds = runStore.listFolds(store, this.runId);
    const predictions = runStore.listPredictions(store, this.runId);
    const { labels, seed, recipe, seconds } = this.#run;
    const state = this.#stateOf(folds, failure);
    runStore.finishRun(store, this.runId, {
      state,
      seconds: (seconds ?? 0) + (performance.now() - this.#startedAt) / 1000,
      message: endMessage({
        state,
        folds,
        epochs: recipe.training.epochs,
        leftOut: this.#leftOut,
        failure: failure ?? this.#interruptReason,
        stopped: this.#interrupt === 'stop',
      }),
      scores: summaryScores(scoreRun(predictions, labels, seed)),
    });
  }

  #stateOf(folds: readonly { state: string }[], failure: string | null): runStore.RunEnding['state'] {
    const done = folds.filter(({ state }) => state === 'done').length;
    // An interrupt that came after the last fold stopped nothing.
    const open = folds.some(({ state }) => state !== 'done' && state !== 'failed');
    if (failure !== null) return 'failed';
    if (this.#interrupt !== null && open) return this.#interrupt === 'pause' ? 'paused' : 'cancelled';
    return done > 0 ? 'done' : 'failed';
  }
}
