// Runs: queued, trained fold by fold in processes of their own, watched, paused, resumed, ended, and kept.
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { UserError } from '../../shared/contract/errors.ts';
import type {
  CardMatch,
  Comparison,
  FoldReport,
  Notice,
  PredictionRow,
  ProtocolCard,
  RunChanges,
  RunCurves,
  RunDetail,
  RunEvent,
  RunState,
  RunSummary,
  StartRunInput,
} from '../../shared/contract/schemas.ts';
import type { FeatureCache } from '../features/cache.ts';
import type { Logger } from '../process/log.ts';
import type { Store } from '../store/database.ts';
import * as runStore from '../store/runs.ts';
import { loadSettings } from '../store/settings.ts';
import { ActiveRun } from './active-run.ts';
import { matchCards, protocolCard } from './cards.ts';
import { pauseInterrupted, WENT_ON } from './interrupted.ts';
import { ORPHAN_GRACE_MS, type Interrupt } from './protocol.ts';
import { RunBroadcast } from './run-events.ts';
import * as reports from './run-reports.ts';
import { inputOfCard, insertNewRun, withMappedLabels } from './start-run.ts';

export interface RunServiceOptions {
  readonly store: Store;
  /** Folder that holds `runs/<id>/fold-<k>/`. */
  readonly workspace: string;
  readonly featureCache?: FeatureCache;
  readonly notify?: (notice: Notice) => void;
  readonly logger?: Pick<Logger, 'error'>;
  /** Folds trained side by side by a run that does not say how many; default: the processor's cores. */
  readonly parallelFolds?: number;
  /** How often a fold writes down where it is, at most: what a crash costs. */
  readonly checkpointSeconds?: number;
  /** True where this engine stands in for one that crashed in the same studio: what was under way goes on unasked. */
  readonly afterCrash?: boolean;
  /** How long that waits; default: until the trainers of the engine before have written down where they are. */
  readonly goOnAfterMs?: number;
}

const CLOSED = 'The engine was closed while the run was under way.';
const CHECKPOINT_SECONDS = 5;
/** A deleted run can be brought back for so long. */
const DELETED_KEPT_DAYS = 30;
const ENDED: ReadonlySet<RunState> = new Set(['done', 'cancelled', 'failed']);

/** All runs of a workspace; one is trained at a time, the others wait in the order they were started. */
export class RunService {
  readonly #options: RunServiceOptions;
  readonly #store: Store;
  /** Waiting and running, oldest first. */
  readonly #queue: ActiveRun[] = [];
  /** Of runs that have not ended, as far as somebody watched or started them. */
  readonly #broadcasts = new Map<number, RunBroadcast>();
  readonly #busyListeners = new Set<(what: string | null) => void>();
  #lastBusy: string | null = null;
  #working: Promise<void> | null = null;
  #closed = false;
  #goingOn: NodeJS.Timeout | undefined;

  constructor(options: RunServiceOptions) {
    this.#options = options;
    this.#store = options.store;
    const { store, workspace, afterCrash = false, goOnAfterMs = ORPHAN_GRACE_MS + 500 } = options;
    const goOn = pauseInterrupted(store, { workspace, afterCrash });
    if (goOn.length > 0) this.#goingOn = setTimeout(() => this.#goOn(goOn), goOnAfterMs);
    this.#purge();
  }

  /**
   * Queues a run of a corpus as it is labelled now.
   * @throws UserError BAD_INPUT where the clips cannot be split that way, NOT_FOUND for an unknown recipe or
   *   corpus, UNAVAILABLE for a backend that is not there
   */
  async start(input: StartRunInput): Promise<RunSummary> {
    return this.#begin(withMappedLabels(this.#store, input));
  }

  async #begin(input: StartRunInput): Promise<RunSummary> {
    this.#requireOpen();
    const foldsInParallel =
      this.#options.parallelFolds ?? loadSettings(this.#store).foldsInParallel ?? availableParallelism();
    const runId = await insertNewRun(this.#store, input, { foldsInParallel });
    // Closed while the backend was looked for: it waits as one that was paused.
    if (!this.#closed) this.#enqueue(runId);
    return this.summary(runId);
  }

  /**
   * Goes on with a paused run from where it was, and with a run that has ended where some of its folds have not gone to
   * their end. One under way stays as it is.
   * @throws UserError NOT_FOUND, BAD_INPUT where nothing is left to do or the run was deleted
   */
  resume(runId: number): RunSummary {
    this.#requireOpen();
    const { foldsDone, folds, deletedAt } = this.summary(runId);
    if (this.#active(runId)) return this.summary(runId);
    if (deletedAt !== null)
      throw new UserError('BAD_INPUT', `Run ${runId} was deleted.`, { next: 'Bring it back first.' });
    if (foldsDone === folds)
      throw new UserError('BAD_INPUT', `All folds of run ${runId} are finished: nothing is left to train.`);
    runStore.markRunQueued(this.#store, runId);
    this.#enqueue(runId);
    return this.summary(runId);
  }

  /** Stops at the batch and keeps what it needs to go on from there. @throws UserError NOT_FOUND */
  pause(runId: number): Promise<RunSummary> {
    return this.#interrupt(runId, 'pause');
  }

  /**
   * Stops a run that waits, runs or is paused, and waits until it has stopped (about a second at most); the epoch that
   * each fold would keep is kept. A run that has ended stays as it is.
   * @throws UserError NOT_FOUND
   */
  cancel(runId: number): Promise<RunSummary> {
    return this.#interrupt(runId, 'cancel');
  }

  /** As cancel, but what the folds under way keep counts as finished. @throws UserError NOT_FOUND */
  stop(runId: number): Promise<RunSummary> {
    return this.#interrupt(runId, 'stop');
  }

  async #interrupt(runId: number, how: Interrupt): Promise<RunSummary> {
    const { state } = this.summary(runId);
    if (!this.#active(runId) && state === 'paused' && how !== 'pause') {
      // In a line of its own: it trains nothing.
      const settled = this.#activeRun(runId);
      settled.interrupt(how);
      await this.#carryOut(settled);
      return this.summary(runId);
    }
    const run = this.#active(runId);
    run?.interrupt(how);
    const place = this.#queue.findIndex((active) => active === run);
    if (run && place > 0) {
      this.#queue.splice(place, 1);
      await this.#carryOut(run);
    }
    await run?.ended;
    return this.summary(runId);
  }

  /** Newest first; of one corpus or of all; the deleted ones only where they are asked for. */
  list(corpusId?: number, deleted = false): RunSummary[] {
    return runStore.listRuns(this.#store, corpusId, deleted).map((run) => this.#summarize(run));
  }

  /** @throws UserError NOT_FOUND */
  summary(runId: number): RunSummary {
    return this.#summarize(runStore.getRun(this.#store, runId));
  }

  /** @throws UserError NOT_FOUND */
  get(runId: number): RunDetail {
    return reports.runDetail(this.#store, runStore.getRun(this.#store, runId), this.#active(runId));
  }

  /**
   * A snapshot, then what happens; another snapshot when the run has ended, which ends the stream.
   * @throws UserError NOT_FOUND at the first event
   */
  async *watch(runId: number, signal?: AbortSignal): AsyncGenerator<RunEvent, void> {
    const snapshot = (): RunEvent => ({ type: 'snapshot', run: this.get(runId) });
    if (ENDED.has(this.summary(runId).state)) yield snapshot();
    else yield* this.#broadcast(runId).watch(snapshot, signal);
  }

  /** Test clips of all folds that left predictions, by path. @throws UserError NOT_FOUND */
  predictions(runId: number): PredictionRow[] {
    return reports.runPredictions(this.#store, runId);
  }

  /** Which clips each fold uses for what, and its own scores. @throws UserError NOT_FOUND */
  foldReports(runId: number): FoldReport[] {
    return reports.runFoldReports(this.#store, runId);
  }

  /** @throws UserError NOT_FOUND */
  curves(runIds: readonly number[]): RunCurves[] {
    return runIds.map((runId) => reports.runCurves(this.#store, runId));
  }

  /** @throws UserError NOT_FOUND */
  compare(a: number, b: number): Comparison {
    return reports.runComparison(this.#store, a, b);
  }

  /** @throws UserError NOT_FOUND */
  card(runId: number): ProtocolCard {
    return protocolCard(this.#store, runStore.getRun(this.#store, runId), this.get(runId));
  }

  /** Starts what a card describes. @throws UserError as start */
  rerun(card: ProtocolCard, corpusId: number, testCorpusId?: number): Promise<RunSummary> {
    return this.#begin(inputOfCard(card, corpusId, testCorpusId));
  }

  /** Whether a run is what a card describes, and gave what it says. @throws UserError NOT_FOUND */
  matchCard(runId: number, card: ProtocolCard): CardMatch {
    return matchCards(card, this.card(runId));
  }

  /** Changes what people call a run and note about it. @throws UserError NOT_FOUND */
  change(runId: number, changes: RunChanges): RunSummary {
    this.summary(runId);
    runStore.changeRun(this.#store, runId, changes);
    this.#changed(runId);
    return this.summary(runId);
  }

  /** Takes a run out of the list; `restore` brings it back. @throws UserError NOT_FOUND, BUSY while it is under way */
  remove(runId: number): RunSummary {
    this.summary(runId);
    if (this.#active(runId))
      throw new UserError('BUSY', `Run ${runId} is under way.`, { next: 'Cancel or pause it first.' });
    runStore.setRunDeleted(this.#store, runId, new Date().toISOString());
    this.#options.notify?.({ type: 'run-deleted', runId });
    return this.summary(runId);
  }

  /** @throws UserError NOT_FOUND */
  restore(runId: number): RunSummary {
    this.summary(runId);
    runStore.setRunDeleted(this.#store, runId, null);
    this.#changed(runId);
    return this.summary(runId);
  }

  /** Process ids of a run's trainers, by fold: for those who look after processes. */
  trainerProcesses(runId: number): Map<number, number> {
    return this.#active(runId)?.trainerProcesses() ?? new Map();
  }

  /** Tells the listener what ending the engine now would interrupt: at once, and whenever that changes. */
  onBusy(listener: (what: string | null) => void): void {
    this.#busyListeners.add(listener);
    listener(this.#busyWith());
  }

  /** Pauses what waits or runs, and waits for it. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#goingOn);
    for (const run of this.#queue) run.interrupt('pause', CLOSED);
    await this.#working;
    for (const broadcast of this.#broadcasts.values()) broadcast.end();
  }

  #requireOpen(): void {
    if (this.#closed) throw new UserError('UNAVAILABLE', 'The engine is closing: no run begins now.');
  }

  #active(runId: number): ActiveRun | undefined {
    return this.#queue.find((active) => active.runId === runId);
  }

  #broadcast(runId: number): RunBroadcast {
    const known = this.#broadcasts.get(runId) ?? new RunBroadcast();
    this.#broadcasts.set(runId, known);
    return known;
  }

  #activeRun(runId: number): ActiveRun {
    const { store, workspace, featureCache, checkpointSeconds = CHECKPOINT_SECONDS } = this.#options;
    const broadcast = this.#broadcast(runId);
    return new ActiveRun({
      store,
      runId,
      workspace,
      cache: featureCache,
      checkpointSeconds,
      summary: () => this.summary(runId),
      publish: (event) => broadcast.publish(event),
      changed: () => this.#changed(runId),
    });
  }

  #enqueue(runId: number): void {
    this.#queue.push(this.#activeRun(runId));
    this.#changed(runId);
    this.#working ??= this.#work();
  }

  async #work(): Promise<void> {
    for (let run = this.#queue[0]; run; run = this.#queue[0]) await this.#carryOut(run);
    this.#working = null;
  }

  /** Trains a run for a sitting, unless it is interrupted already, and tells those who watch how it ended. */
  async #carryOut(run: ActiveRun): Promise<void> {
    const { runId } = run;
    try {
      await run.train();
    } catch (error) {
      this.#options.logger?.error({ err: error, runId }, 'a run ended unexpectedly');
    }
    const place = this.#queue.indexOf(run);
    if (place >= 0) this.#queue.splice(place, 1);
    const broadcast = this.#broadcast(runId);
    const summary = this.summary(runId);
    if (ENDED.has(summary.state)) {
      this.#broadcasts.delete(runId);
      broadcast.publish({ type: 'snapshot', run: this.get(runId) });
      broadcast.end();
    } else broadcast.publish({ type: 'run', summary });
    this.#changed(runId);
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
    return reports.runSummary(this.#store, run, this.#active(run.runId));
  }

  /** Queues runs again that a crash of the engine interrupted, but those that somebody has seen to since. */
  #goOn(runIds: readonly number[]): void {
    for (const runId of runIds) {
      const { state, deletedAt } = this.summary(runId);
      if (state !== 'paused' || deletedAt !== null || this.#active(runId)) continue;
      try {
        runStore.markRunQueued(this.#store, runId, WENT_ON);
      } catch (error) {
        // It stays paused, as on a full disk, and a person can go on with it.
        this.#options.logger?.error({ err: error, runId }, 'a run was not gone on with');
        continue;
      }
      this.#enqueue(runId);
    }
  }

  /** Removes what was deleted long ago, its files too. */
  #purge(): void {
    const before = new Date(Date.now() - DELETED_KEPT_DAYS * 24 * 3600 * 1000).toISOString();
    for (const runId of runStore.purgeRuns(this.#store, before))
      rmSync(path.join(this.#options.workspace, 'runs', String(runId)), { recursive: true, force: true });
  }
}
