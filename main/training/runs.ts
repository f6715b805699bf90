// Runs: queued, trained fold by fold in processes of their own, watched, cancelled, and kept.
import { availableParallelism } from 'node:os';
import { UserError } from '../../shared/contract/errors.ts';
import {
  startRunInputSchema,
  type BackendName,
  type Notice,
  type PredictionRow,
  type RunDetail,
  type RunEvent,
  type RunSummary,
  type StartRunInput,
} from '../../shared/contract/schemas.ts';
import { PRESETS, type Recipe } from '../../shared/recipe/recipe.ts';
import type { FeatureCache } from '../features/cache.ts';
import type { Logger } from '../process/log.ts';
import { corpusSummary } from '../store/corpora.ts';
import type { Store } from '../store/database.ts';
import * as runStore from '../store/runs.ts';
import { probeBackends } from './backend.ts';
import { endMessage } from './end-message.ts';
import { planRun } from './plan.ts';
import { describeNormalisation } from './normalisation.ts';
import { describeProtocol, type Scored } from './protocol-sentence.ts';
import { RunBroadcast } from './run-events.ts';
import { ActiveRun } from './active-run.ts';
import { countedPredictions, detailScores, scoreRun } from './scores.ts';

export interface RunServiceOptions {
  readonly store: Store;
  /** Folder that holds `runs/<id>/fold-<k>/`. */
  readonly workspace: string;
  readonly featureCache?: FeatureCache;
  readonly notify?: (notice: Notice) => void;
  readonly logger?: Pick<Logger, 'error'>;
  /** Folds trained side by side at most; default: the processor's cores. */
  readonly parallelFolds?: number;
}

const INTERRUPTED = 'The engine ended while the run was under way.';
const NEVER_BEGAN = 'The engine ended before the run began.';

/** All runs of a workspace; one is trained at a time, the others wait in the order they were started. */
export class RunService {
  readonly #options: RunServiceOptions;
  readonly #store: Store;
  readonly #parallelFolds: number;
  /** Waiting and running, oldest first. */
  readonly #queue: ActiveRun[] = [];
  readonly #broadcasts = new Map<number, RunBroadcast>();
  readonly #busyListeners = new Set<(what: string | null) => void>();
  #lastBusy: string | null = null;
  #working: Promise<void> | null = null;
  #closed = false;

  constructor(options: RunServiceOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#parallelFolds = options.parallelFolds ?? availableParallelism();
    this.#failInterrupted();
  }

  /**
   * Queues a run of a corpus as it is labelled now.
   * @throws UserError BAD_INPUT where the clips cannot be split that way, NOT_FOUND for an unknown recipe or
   *   corpus, UNAVAILABLE for a backend that is not there
   */
  async start(input: StartRunInput): Promise<RunSummary> {
    const { corpusId, recipe: name, split, seed, epochs, backend } = startRunInputSchema.parse(input);
    const recipe = withEpochs(preset(name), epochs);
    const corpus = corpusSummary(this.#store, corpusId);
    const chosen = await chooseBackend(backend);
    if (this.#closed) throw new UserError('UNAVAILABLE', 'The engine is closing: no run begins now.');
    const labels = corpus.labels.filter(({ clips }) => clips > 0).map(({ label }) => label);
    const clips = runStore.trainableClips(this.#store, corpusId);
    const plan = planRun(split, clips, labels, seed);
    const runId = runStore.insertRun(
      this.#store,
      {
        corpusId,
        corpusName: corpus.name,
        synthetic: corpus.synthetic,
        recipe,
        split,
        seed,
        backend: chosen,
        path: 'stock',
        labels,
        labelVersion: corpus.labelVersion,
      },
      plan.folds,
      plan.clips,
    );
    const broadcast = new RunBroadcast();
    this.#broadcasts.set(runId, broadcast);
    this.#queue.push(
      new ActiveRun({
        store: this.#store,
        runId,
        corpusFolder: corpus.folder,
        sources: clips,
        workspace: this.#options.workspace,
        cache: this.#options.featureCache,
        parallelFolds: this.#parallelFolds,
        summary: () => this.summary(runId),
        publish: (event) => broadcast.publish(event),
        changed: () => this.#changed(runId),
      }),
    );
    this.#changed(runId);
    this.#working ??= this.#work();
    return this.summary(runId);
  }

  /** Newest first; of one corpus or of all. */
  list(corpusId?: number): RunSummary[] {
    return runStore.listRuns(this.#store, corpusId).map((run) => this.#summarize(run));
  }

  /** @throws UserError NOT_FOUND */
  summary(runId: number): RunSummary {
    return this.#summarize(runStore.getRun(this.#store, runId));
  }

  /** @throws UserError NOT_FOUND */
  get(runId: number): RunDetail {
    const run = runStore.getRun(this.#store, runId);
    const clips = runStore.runClips(this.#store, runId);
    const predictions = runStore.listPredictions(this.#store, runId);
    const folds = runStore.listFolds(this.#store, runId);
    const leakage = leakageOf(run.split, clips);
    return {
      ...this.#summarize(run),
      recipeSpec: run.recipe,
      // The classic recipe's training side gives no clips away for validation.
      evaluatedOn: 'test',
      protocol: [
        describeProtocol({
          ...leakage,
          split: run.split,
          clips: clips.length,
          labelVersion: run.labelVersion,
          recipe: run.recipe.name,
          seed: run.seed,
          epochs: run.recipe.training.epochs,
          ended: run.state !== 'queued' && run.state !== 'running',
          scored: scoredOf(countedPredictions(predictions), folds),
        }),
        describeNormalisation(run.recipe.features),
      ]
        .filter(Boolean)
        .join(' '),
      foldDetails: folds,
      ...detailScores(predictions, run.labels.length),
      leakage,
    };
  }

  /**
   * A snapshot, then what happens; another snapshot when the run has ended, which ends the stream.
   * @throws UserError NOT_FOUND at the first event
   */
  async *watch(runId: number, signal?: AbortSignal): AsyncGenerator<RunEvent, void> {
    const snapshot = (): RunEvent => ({ type: 'snapshot', run: this.get(runId) });
    const broadcast = this.#broadcasts.get(runId);
    if (broadcast) yield* broadcast.watch(snapshot, signal);
    else yield snapshot();
  }

  /**
   * Stops a waiting or running run and waits until it has stopped (about a second at most); the last finished
   * epoch of each fold is kept. A run that has ended stays as it is.
   * @throws UserError NOT_FOUND
   */
  async cancel(runId: number): Promise<RunSummary> {
    const place = this.#queue.findIndex((active) => active.runId === runId);
    const run = this.#queue[place];
    run?.cancel();
    if (place > 0) {
      this.#queue.splice(place, 1);
      await this.#carryOut(run!);
    }
    await run?.ended;
    return this.summary(runId);
  }

  /** Test clips of all folds that left predictions, by path. @throws UserError NOT_FOUND */
  predictions(runId: number): PredictionRow[] {
    const { labels } = runStore.getRun(this.#store, runId);
    return runStore.listPredictions(this.#store, runId).map((row) => ({
      clipId: row.clipId,
      path: row.path,
      speaker: row.speaker,
      label: labels[row.label]!,
      predicted: labels[row.predicted]!,
      probabilities: [...row.probabilities],
      fold: row.fold,
    }));
  }

  /** Process ids of a run's trainers, by fold: for those who look after processes. */
  trainerProcesses(runId: number): Map<number, number> {
    return this.#queue.find((active) => active.runId === runId)?.trainerProcesses() ?? new Map();
  }

  /** Tells the listener what ending the engine now would stop: at once, and whenever that changes. */
  onBusy(listener: (what: string | null) => void): void {
    this.#busyListeners.add(listener);
    listener(this.#busyWith());
  }

  /** Cancels what waits or runs, keeping finished epochs, and waits for it. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const run of this.#queue) run.cancel();
    await this.#working;
  }

  async #work(): Promise<void> {
    for (let run = this.#queue[0]; run; run = this.#queue[0]) {
      await this.#carryOut(run);
      this.#queue.shift();
      this.#tellBusy();
    }
    this.#working = null;
  }

  /** Trains a run, unless it is cancelled already, and ends the streams of those who watch it. */
  async #carryOut(run: ActiveRun): Promise<void> {
    try {
      await run.train();
    } catch (error) {
      this.#options.logger?.error({ err: error, runId: run.runId }, 'a run ended unexpectedly');
    }
    const broadcast = this.#broadcasts.get(run.runId)!;
    this.#broadcasts.delete(run.runId);
    broadcast.publish({ type: 'snapshot', run: this.get(run.runId) });
    broadcast.end();
    this.#changed(run.runId);
  }

  #changed(runId: number): void {
    this.#options.notify?.({ type: 'run', run: this.summary(runId) });
    this.#tellBusy();
  }

  #tellBusy(): void {
    const what = this.#busyWith();
    if (what === this.#lastBusy) return;
    this.#lastBusy = what;
    for (const listener of this.#busyListeners) listener(what);
  }

  #busyWith(): string | null {
    const [first, ...rest] = this.#queue;
    if (!first) return null;
    const { corpusName, recipe } = this.summary(first.runId);
    const waiting = rest.length > 0 ? `, and ${rest.length} more waiting` : '';
    return `run ${first.runId} (${recipe} on ${corpusName})${waiting}`;
  }

  #summarize(run: runStore.StoredRun): RunSummary {
    const folds = runStore.listFolds(this.#store, run.runId);
    const active = this.#queue.find(({ runId }) => runId === run.runId);
    const seconds = folds.flatMap((fold) => fold.epochs.map((epoch) => epoch.seconds));
    const secondsPerEpoch = median(seconds);
    const { epochs } = run.recipe.training;
    return {
      runId: run.runId,
      corpusId: run.corpusId,
      corpusName: run.corpusName,
      synthetic: run.synthetic,
      state: run.state,
      recipe: run.recipe.name,
      split: run.split,
      seed: run.seed,
      epochs,
      backend: run.backend,
      path: run.path,
      labels: [...run.labels],
      labelVersion: run.labelVersion,
      folds: folds.length,
      foldsDone: folds.filter((fold) => fold.state === 'done').length,
      epochsDone: seconds.length,
      etaSeconds:
        run.state === 'running' ? etaSeconds(folds, epochs, secondsPerEpoch, this.#parallelFolds) : null,
      createdAt: run.createdAt,
      seconds: run.seconds ?? secondsSince(run.startedAt),
      secondsPerEpoch,
      ...run.scores,
      message: active?.progress ?? run.message,
    };
  }

  /** Runs that an engine left behind when it died: their finished folds are kept and scored. */
  #failInterrupted(): void {
    for (const run of runStore.unfinishedRuns(this.#store)) {
      const predictions = runStore.listPredictions(this.#store, run.runId);
      const folds = runStore.listFolds(this.#store, run.runId);
      const epochSeconds = folds.flatMap((fold) => fold.epochs.map((epoch) => epoch.seconds));
      runStore.finishRun(this.#store, run.runId, {
        state: 'failed',
        // When it died is not known; what its epochs took is.
        seconds: epochSeconds.reduce((total, seconds) => total + seconds, 0),
        message: endMessage({
          state: 'failed',
          folds,
          epochs: run.recipe.training.epochs,
          failure: run.state === 'queued' ? NEVER_BEGAN : INTERRUPTED,
        }),
        scores: scoreRun(predictions, run.labels.length, run.seed),
      });
    }
  }
}

function preset(name: string): Recipe {
  const recipe = PRESETS.get(name);
  if (!recipe)
    throw new UserError('NOT_FOUND', `There is no recipe called "${name}".`, {
      next: `Choose one of: ${[...PRESETS.keys()].join(', ')}.`,
    });
  return recipe;
}

function withEpochs(recipe: Recipe, epochs: number | undefined): Recipe {
  return epochs === undefined ? recipe : { ...recipe, training: { ...recipe.training, epochs } };
}

/** The backend asked for, else the best there is. @throws UserError UNAVAILABLE; nothing falls back in silence */
async function chooseBackend(asked: BackendName | undefined): Promise<BackendName> {
  if (asked === 'wasm') return asked;
  const { backend, nativeMissing } = await probeBackends();
  if (asked === 'tensorflow' && nativeMissing)
    throw new UserError('UNAVAILABLE', `Native TensorFlow cannot be used: ${nativeMissing.reason}`, {
      next: `Run "${nativeMissing.command}", or choose the wasm backend.`,
    });
  return backend;
}

function leakageOf(split: string, clips: readonly runStore.RunClip[]): RunDetail['leakage'] {
  const named = clips.filter(({ speaker }) => speaker !== null);
  const tested = new Set(named.filter(({ testFold }) => testFold !== null).map(({ speaker }) => speaker));
  const trained = new Set(
    // Where every clip is tested once, a speaker trains other folds only: plans are checked for that.
    split === 'loso' ? [] : named.filter(({ testFold }) => testFold === null).map(({ speaker }) => speaker),
  );
  const shared = [...tested].filter((speaker) => trained.has(speaker));
  return { sharedSpeakers: shared.length, testSpeakers: tested.size };
}

/** What the counted predictions are of; null where there are none. */
function scoredOf(
  predictions: readonly runStore.StoredPrediction[],
  folds: readonly { index: number; epochs: readonly unknown[] }[],
): Scored | null {
  if (predictions.length === 0) return null;
  const speakers = new Set(predictions.flatMap(({ speaker }) => speaker ?? []));
  const scoring = new Set(predictions.map(({ fold }) => fold));
  const epochs = folds.filter(({ index }) => scoring.has(index)).map((fold) => fold.epochs.length);
  return {
    clips: predictions.length,
    speakers: speakers.size,
    epochs: [Math.min(...epochs), Math.max(...epochs)],
  };
}

/** Seconds until the last fold is done, from the median epoch and the folds that run side by side. */
function etaSeconds(
  folds: readonly { state: string; epochs: readonly unknown[] }[],
  epochs: number,
  secondsPerEpoch: number | null,
  parallelFolds: number,
): number | null {
  if (secondsPerEpoch === null) return null;
  const open = folds.filter(({ state }) => state === 'waiting' || state === 'running');
  const left = open.reduce((total, fold) => total + epochs - fold.epochs.length, 0);
  // Not how many run at this moment: between two folds that is one fewer.
  const sideBySide = Math.max(1, Math.min(parallelFolds, open.length));
  return (left * secondsPerEpoch) / sideBySide;
}

function secondsSince(startedAt: string | null): number {
  return startedAt === null ? 0 : Math.max(0, (Date.now() - Date.parse(startedAt)) / 1000);
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
