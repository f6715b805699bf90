// Reads and writes runs: what they were started with, their state, and what people call them.
import { UserError } from '../../shared/contract/errors.ts';
import type {
  BackendName,
  Interval,
  LabelVersion,
  ProtocolCard,
  RunChanges,
  RunState,
  RunSummary,
  SplitSpec,
} from '../../shared/contract/schemas.ts';
import { splitSpecSchema } from '../../shared/protocol/split.ts';
import { recipeSchema, type Recipe } from '../../shared/recipe/recipe.ts';
import type { Store } from './database.ts';
import { insertPlan, type NewFold, type RunClip } from './run-plans.ts';

export * from './run-plans.ts';
export * from './run-results.ts';

/** What a run is started with. */
export interface NewRun {
  readonly corpusId: number;
  readonly corpusName: string;
  readonly synthetic: boolean;
  /** With the run's number of epochs. */
  readonly recipe: Recipe;
  readonly split: SplitSpec;
  readonly seed: number;
  readonly backend: BackendName;
  readonly path: RunSummary['path'];
  readonly foldsInParallel: number;
  /** Of one fold. */
  readonly threads: number;
  readonly labels: readonly string[];
  readonly labelVersion: LabelVersion;
  /** What it was started under; empty texts in runs of the first version. */
  readonly versions: ProtocolCard['versions'];
}

/** A run as it stands in the database. */
export interface StoredRun extends NewRun {
  readonly runId: number;
  readonly name: string;
  readonly notes: string;
  readonly tags: readonly string[];
  readonly deletedAt: string | null;
  readonly state: RunState;
  readonly createdAt: string;
  /** When its present sitting began; null before the first. */
  readonly startedAt: string | null;
  /** Of the sittings that are over; null before the first is. */
  readonly seconds: number | null;
  readonly message: string | null;
  /** What computes its network, and why nothing faster does; null until a trainer has said so. */
  readonly how: string | null;
  readonly scores: RunScores;
}

export interface RunScores {
  readonly accuracy: number | null;
  readonly accuracyInterval: Interval;
  readonly uar: number | null;
  readonly uarInterval: Interval;
}

/** Adds a queued run with its plan and returns its id. */
export function insertRun(
  store: Store,
  run: NewRun,
  folds: readonly NewFold[],
  clips: readonly RunClip[],
): number {
  return store.transaction(() => {
    const { lastInsertRowid } = store
      .prepare(
        `INSERT INTO runs (corpus_id, corpus_name, synthetic, state, recipe, split, seed, backend, path,
           folds_in_parallel, threads, labels, label_version, label_hash, versions, created_at)
         VALUES (?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        run.corpusId,
        run.corpusName,
        Number(run.synthetic),
        JSON.stringify(run.recipe),
        JSON.stringify(run.split),
        run.seed,
        run.backend,
        run.path,
        run.foldsInParallel,
        run.threads,
        JSON.stringify(run.labels),
        run.labelVersion.version,
        run.labelVersion.hash,
        JSON.stringify(run.versions),
        new Date().toISOString(),
      );
    const runId = Number(lastInsertRowid);
    insertPlan(store, runId, folds, clips);
    return runId;
  });
}

interface RunRow {
  run_id: number;
  corpus_id: number;
  corpus_name: string;
  synthetic: number;
  state: RunState;
  recipe: string;
  split: string;
  seed: number;
  backend: BackendName;
  path: RunSummary['path'];
  how: string | null;
  folds_in_parallel: number;
  threads: number;
  labels: string;
  label_version: number;
  label_hash: string;
  versions: string;
  name: string;
  notes: string;
  tags: string;
  deleted_at: string | null;
  created_at: string;
  started_at: string | null;
  seconds: number | null;
  message: string | null;
  accuracy: number | null;
  accuracy_low: number | null;
  accuracy_high: number | null;
  uar: number | null;
  uar_low: number | null;
  uar_high: number | null;
}

const interval = (low: number | null, high: number | null): Interval =>
  low === null || high === null ? null : [low, high];

function toRun(row: RunRow): StoredRun {
  return {
    runId: row.run_id,
    name: row.name,
    notes: row.notes,
    tags: JSON.parse(row.tags) as string[],
    deletedAt: row.deleted_at,
    corpusId: row.corpus_id,
    corpusName: row.corpus_name,
    synthetic: row.synthetic === 1,
    state: row.state,
    recipe: recipeSchema.parse(JSON.parse(row.recipe)),
    split: splitSpecSchema.parse(JSON.parse(row.split)),
    seed: row.seed,
    backend: row.backend,
    path: row.path,
    foldsInParallel: row.folds_in_parallel,
    threads: row.threads,
    labels: JSON.parse(row.labels) as string[],
    labelVersion: { version: row.label_version, hash: row.label_hash },
    versions: JSON.parse(row.versions) as ProtocolCard['versions'],
    createdAt: row.created_at,
    startedAt: row.started_at,
    seconds: row.seconds,
    message: row.message,
    how: row.how,
    scores: {
      accuracy: row.accuracy,
      accuracyInterval: interval(row.accuracy_low, row.accuracy_high),
      uar: row.uar,
      uarInterval: interval(row.uar_low, row.uar_high),
    },
  };
}

/** Runs, newest first; of one corpus or of all; the deleted ones or the others. */
export function listRuns(store: Store, corpusId?: number, deleted = false): StoredRun[] {
  const rows = store
    .prepare(
      `SELECT * FROM runs WHERE (deleted_at IS NOT NULL) = ? AND corpus_id = coalesce(?, corpus_id)
       ORDER BY run_id DESC`,
    )
    .all(Number(deleted), corpusId ?? null);
  return (rows as RunRow[]).map(toRun);
}

/** @throws UserError NOT_FOUND */
export function getRun(store: Store, runId: number): StoredRun {
  const row = store.prepare('SELECT * FROM runs WHERE run_id = ?').get(runId) as RunRow | undefined;
  if (!row) throw new UserError('NOT_FOUND', `There is no run ${runId} in this workspace.`);
  return toRun(row);
}

/** Runs that the database believes to be waiting or running, oldest first. */
export function unfinishedRuns(store: Store): StoredRun[] {
  const rows = store.prepare(`SELECT * FROM runs WHERE state IN ('queued', 'running') ORDER BY run_id`).all();
  return (rows as RunRow[]).map(toRun);
}

/**
 * A run goes back into the line: folds that have not gone to their end are trained on.
 * @param message why, where nobody asked for it
 */
export function markRunQueued(store: Store, runId: number, message: string | null = null): void {
  store.transaction(() => {
    store.prepare(`UPDATE runs SET state = 'queued', message = ? WHERE run_id = ?`).run(message, runId);
    store
      .prepare(`UPDATE run_folds SET state = 'waiting', error = NULL WHERE run_id = ? AND state <> 'done'`)
      .run(runId);
  });
}

export function markRunStarted(store: Store, runId: number): void {
  store
    .prepare(`UPDATE runs SET state = 'running', started_at = ? WHERE run_id = ?`)
    .run(new Date().toISOString(), runId);
}

/** How its network is computed, once a trainer has said so. */
export function setRunPath(store: Store, runId: number, path: RunSummary['path'], how: string): void {
  store.prepare('UPDATE runs SET path = ?, how = ? WHERE run_id = ?').run(path, how, runId);
}

/** How a sitting of a run came to its end. */
export interface RunEnding {
  readonly state: 'paused' | 'done' | 'cancelled' | 'failed';
  /** Of all sittings. */
  readonly seconds: number;
  readonly message: string | null;
  readonly scores: RunScores;
}

/** Ends or pauses a run; folds that still wait or run share its fate, but those of a paused run wait on. */
export function finishRun(store: Store, runId: number, end: RunEnding): void {
  const { accuracy, accuracyInterval, uar, uarInterval } = end.scores;
  const fate = end.state === 'done' ? 'cancelled' : end.state;
  store.transaction(() => {
    store
      .prepare(
        `UPDATE runs SET state = ?, seconds = ?, message = ?, accuracy = ?, accuracy_low = ?, accuracy_high = ?,
           uar = ?, uar_low = ?, uar_high = ? WHERE run_id = ?`,
      )
      .run(
        end.state,
        end.seconds,
        end.message,
        accuracy,
        accuracyInterval?.[0] ?? null,
        accuracyInterval?.[1] ?? null,
        uar,
        uarInterval?.[0] ?? null,
        uarInterval?.[1] ?? null,
        runId,
      );
    const open = fate === 'paused' ? `('running')` : `('waiting', 'running', 'paused')`;
    store.prepare(`UPDATE run_folds SET state = ? WHERE run_id = ? AND state IN ${open}`).run(fate, runId);
  });
}

/** Changes what people call a run and note about it. */
export function changeRun(store: Store, runId: number, { name, notes, tags }: RunChanges): void {
  store
    .prepare(
      'UPDATE runs SET name = coalesce(?, name), notes = coalesce(?, notes), tags = coalesce(?, tags) WHERE run_id = ?',
    )
    .run(name ?? null, notes ?? null, tags ? JSON.stringify([...new Set(tags)]) : null, runId);
}

/** @param at null brings it back */
export function setRunDeleted(store: Store, runId: number, at: string | null): void {
  store.prepare('UPDATE runs SET deleted_at = ? WHERE run_id = ?').run(at, runId);
}

/** Removes for good what was deleted before a time, and returns the ids. */
export function purgeRuns(store: Store, before: string): number[] {
  return store.transaction(() => {
    const ids = store.prepare('SELECT run_id FROM runs WHERE deleted_at < ?').pluck().all(before) as number[];
    for (const runId of ids)
      for (const table of ['run_predictions', 'run_epochs', 'run_clips', 'run_folds', 'runs'])
        store.prepare(`DELETE FROM ${table} WHERE run_id = ?`).run(runId);
    return ids;
  });
}
