// One run on its way: features, then its folds side by side, then its scores; everything on disk as it happens.
import path from 'node:path';
import { UserError } from '../../shared/contract/errors.ts';
import type { RunSummary } from '../../shared/contract/schemas.ts';
import type { FittedNormalisation } from '../../shared/dsp/normalise.ts';
import type { FeatureCache } from '../features/cache.ts';
import { extractAll, suggestedWorkers, type FeatureDefect } from '../features/features.ts';
import type { Store } from '../store/database.ts';
import * as runStore from '../store/runs.ts';
import { foldFolder, writeModelFiles } from './artifacts.ts';
import { endMessage } from './end-message.ts';
import { startFold, type FoldOutcome, type FoldProcess } from './fold-process.ts';
import { createFoldInputs, type FoldInputs } from './normalisation.ts';
import { planRun, type RunPlan } from './plan.ts';
import type { TrainJob } from './protocol.ts';
import type { RunChange } from './run-events.ts';
import { argMax, scoreFold, scoreRun } from './scores.ts';
import type { FoldPlan } from './splits.ts';

export interface ActiveRunOptions {
  readonly store: Store;
  readonly runId: number;
  readonly corpusFolder: string;
  /** The run's clips as they were when it was started. */
  readonly sources: readonly runStore.TrainableClip[];
  readonly workspace: string;
  readonly cache: FeatureCache | undefined;
  readonly parallelFolds: number;
  readonly summary: () => RunSummary;
  readonly publish: (event: RunChange) => void;
  /** Something a list of runs shows has changed. */
  readonly changed: () => void;
}

interface Prepared {
  readonly plan: RunPlan;
  /** By the positions of the clips that the fold trains on. */
  readonly inputs: (train: Int32Array) => FoldInputs;
  readonly targets: Int32Array;
}

const PROGRESS_INTERVAL_MS = 250;

/** Trains one run, once. */
export class ActiveRun {
  readonly runId: number;
  /** Resolves when the run has ended and all of it is on disk. */
  readonly ended: Promise<void>;
  /** What it is doing before the first epoch, for a person. */
  progress: string | null = null;
  readonly #options: ActiveRunOptions;
  readonly #run: runStore.StoredRun;
  readonly #abort = new AbortController();
  readonly #folds = new Map<number, FoldProcess>();
  #leftOut: readonly FeatureDefect[] = [];
  #resolveEnded!: () => void;

  constructor(options: ActiveRunOptions) {
    this.#options = options;
    this.runId = options.runId;
    this.#run = runStore.getRun(options.store, options.runId);
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
  }

  /** Stops at the batch; a run that has not begun never will. */
  cancel(): void {
    this.#abort.abort();
    for (const fold of this.#folds.values()) fold.cancel();
  }

  /** Process ids of the trainers at work, by fold. */
  trainerProcesses(): Map<number, number> {
    return new Map(
      [...this.#folds].flatMap(([fold, { processId }]) => (processId ? [[fold, processId]] : [])),
    );
  }

  /** Trains to the end, a cancel or a failure. Rejects only for a bug, and then the run is marked failed. */
  async train(): Promise<void> {
    const startedAt = performance.now();
    const seconds = (): number => (performance.now() - startedAt) / 1000;
    try {
      if (!this.#cancelled) await this.#trainFolds();
      this.#finish(seconds(), null);
    } catch (error) {
      this.#finish(
        seconds(),
        error instanceof UserError ? error.message : `Unexpected error: ${String(error)}`,
      );
      if (!(error instanceof UserError)) throw error;
    } finally {
      // Folds that still run beside one whose end could not be written.
      for (const fold of this.#folds.values()) fold.cancel();
      this.progress = null;
      this.#resolveEnded();
    }
  }

  get #cancelled(): boolean {
    return this.#abort.signal.aborted;
  }

  async #trainFolds(): Promise<void> {
    const { store, parallelFolds, changed } = this.#options;
    runStore.markRunStarted(store, this.runId);
    changed();
    const prepared = await this.#prepare();
    if (prepared === null) return;
    const waiting = [...prepared.plan.foldPlans];
    const lanes = Math.max(1, Math.min(parallelFolds, waiting.length));
    const threads = Math.max(1, Math.floor(parallelFolds / lanes));
    const lane = async (): Promise<void> => {
      for (let fold = waiting.shift(); fold && !this.#cancelled; fold = waiting.shift())
        await this.#trainFold(fold, prepared, threads);
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  }

  /** Features of every clip that has some, and the plan over those clips; null where the run was cancelled. */
  async #prepare(): Promise<Prepared | null> {
    const { store, corpusFolder, sources, cache } = this.#options;
    const { recipe, split, labels, seed } = this.#run;
    const found = await this.#extract(
      sources.map(({ path: file, contentHash }) => ({ path: path.join(corpusFolder, file), contentHash })),
      cache,
    );
    if (found === null) return null;
    const kept = sources.flatMap((source, i) => {
      const matrix = found.matrices[i];
      return matrix ? [{ source, matrix }] : [];
    });
    const plan = planRun(
      split,
      kept.map(({ source }) => source),
      labels,
      seed,
    );
    this.#leftOut = found.defects;
    if (found.defects.length > 0) runStore.replacePlan(store, this.runId, plan.folds, plan.clips);
    const clips = kept.map(({ source, matrix }) => ({ matrix, speaker: source.speaker }));
    const inputs = createFoldInputs(clips, recipe.features);
    return { plan, inputs, targets: Int32Array.from(plan.clips, ({ label }) => label) };
  }

  async #extract(clips: { path: string; contentHash: string }[], cache: FeatureCache | undefined) {
    let reportedAt = performance.now();
    try {
      return await extractAll(clips, this.#run.recipe.features, {
        signal: this.#abort.signal,
        workers: suggestedWorkers(clips.length),
        ...(cache && { cache }),
        onProgress: ({ done, total }) => {
          if (performance.now() - reportedAt < PROGRESS_INTERVAL_MS) return;
          reportedAt = performance.now();
          this.progress = `Features: ${done} of ${total} clips`;
          this.#options.changed();
        },
      });
    } catch (error) {
      if (this.#cancelled) return null;
      throw error;
    } finally {
      this.progress = null;
    }
  }

  async #trainFold(plan: FoldPlan, prepared: Prepared, threads: number): Promise<void> {
    const { store, publish, summary, changed } = this.#options;
    const { recipe, labels, seed, backend } = this.#run;
    const fold = plan.index;
    const { features, normalisation } = prepared.inputs(plan.train);
    const job: TrainJob = {
      recipe,
      labels: labels.length,
      features,
      targets: prepared.targets,
      train: plan.train,
      test: plan.test,
      seed,
      fold,
      epochs: recipe.training.epochs,
      backend,
    };
    runStore.markFoldRunning(store, this.runId, fold);
    this.#publishFold(fold);
    const process = startFold(
      job,
      {
        onReady: (computedBy) => runStore.setRunPath(store, this.runId, computedBy),
        onBatch: (batch) => publish({ ...batch, fold }),
        onEpoch: ({ epoch }) => {
          runStore.insertEpoch(store, this.runId, fold, epoch);
          publish({ type: 'epoch', fold, epoch, summary: summary() });
          changed();
        },
      },
      threads,
    );
    this.#folds.set(fold, process);
    // Cancelled while it was being started.
    if (this.#cancelled) process.cancel();
    const outcome = await process.outcome;
    this.#folds.delete(fold);
    await this.#keepFold(plan, prepared, normalisation, outcome);
    this.#publishFold(fold);
    changed();
  }

  /** Writes a fold's model and test predictions, from its last finished epoch; a failed fold leaves neither. */
  async #keepFold(
    plan: FoldPlan,
    { plan: { clips } }: Prepared,
    normalisation: FittedNormalisation | null,
    outcome: FoldOutcome,
  ): Promise<void> {
    const { store, workspace } = this.#options;
    const { recipe, labels, labelVersion, seed } = this.#run;
    const { state, reason, lastEpoch, model } = outcome;
    const kept = state !== 'failed' && lastEpoch && model ? { lastEpoch, model } : null;
    if (!kept) {
      const nothing = { accuracy: null, uar: null, predictions: [] };
      return runStore.finishFold(store, this.runId, plan.index, { state, error: reason, ...nothing });
    }
    await writeModelFiles(foldFolder(workspace, this.runId, plan.index), kept.model, kept.lastEpoch.weights, {
      recipe,
      labels,
      labelVersion,
      seed,
      fold: plan.index,
      heldOutSpeakers: plan.heldOutSpeakers,
      epochs: kept.lastEpoch.epoch.epoch,
      normalisation,
    });
    const tested = Array.from(plan.test, (i) => clips[i]!);
    const predictions = tested.map(({ clipId }, i) => {
      const probabilities = kept.lastEpoch.probabilities.slice(i * labels.length, (i + 1) * labels.length);
      return { clipId, predicted: argMax(probabilities), probabilities };
    });
    const scores = scoreFold(
      tested.map(({ label }) => label),
      predictions.map(({ predicted }) => predicted),
      labels.length,
    );
    runStore.finishFold(store, this.runId, plan.index, { state, error: null, ...scores, predictions });
  }

  #publishFold(fold: number): void {
    const { store, publish, summary } = this.#options;
    publish({ type: 'fold', fold: runStore.listFolds(store, this.runId)[fold]!, summary: summary() });
  }

  #finish(seconds: number, failure: string | null): void {
    const { store } = this.#options;
    const folds = runStore.listFolds(store, this.runId);
    const done = folds.filter((fold) => fold.state === 'done').length;
    // A cancel that came after the last fold stopped nothing.
    const stopped = this.#cancelled && folds.some(({ state }) => state !== 'done' && state !== 'failed');
    const state = failure !== null ? 'failed' : stopped ? 'cancelled' : done > 0 ? 'done' : 'failed';
    const predictions = runStore.listPredictions(store, this.runId);
    const { labels, seed, recipe } = this.#run;
    runStore.finishRun(store, this.runId, {
      state,
      seconds,
      message: endMessage({
        state,
        folds,
        epochs: recipe.training.epochs,
        leftOut: this.#leftOut,
        failure,
      }),
      scores: scoreRun(predictions, labels.length, seed),
    });
  }
}
