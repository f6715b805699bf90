// Reads and writes runs: their state, folds, epochs, clips and test predictions.
import { UserError } from '../../shared/contract/errors.ts';
import type {
  BackendName,
  Epoch,
  Fold,
  Interval,
  LabelVersion,
  RunState,
  RunSummary,
  SplitName,
} from '../../shared/contract/schemas.ts';
import { recipeSchema, type Recipe } from '../../shared/recipe/recipe.ts';
import type { Store } from './database.ts';

/** A clip a run can use: good and labelled. */
export interface TrainableClip {
  readonly clipId: number;
  /** Relative to the corpus folder. */
  readonly path: string;
  readonly contentHash: string;
  readonly speaker: string | null;
  readonly label: string;
}

/** A clip as a run has it; `label` is an index into the run's labels. */
export interface RunClip {
  readonly clipId: number;
  readonly path: string;
  readonly speaker: string | null;
  readonly label: number;
  /** The fold that tests on it; null where it is trained on only. */
  readonly testFold: number | null;
}

/** A fold before it begins. */
export interface NewFold {
  readonly index: number;
  readonly heldOutSpeakers: readonly string[];
  readonly trainClips: number;
  readonly testClips: number;
}

/** What a run is started with. */
export interface NewRun {
  readonly corpusId: number;
  readonly corpusName: string;
  readonly synthetic: boolean;
  /** With the run's number of epochs. */
  readonly recipe: Recipe;
  readonly split: SplitName;
  readonly seed: number;
  readonly backend: BackendName;
  readonly path: RunSummary['path'];
  readonly labels: readonly string[];
  readonly labelVersion: LabelVersion;
}

/** A run as it stands in the database. */
export interface StoredRun extends NewRun {
  readonly runId: number;
  readonly state: RunState;
  readonly createdAt: string;
  readonly startedAt: string | null;
  /** Null while it runs or waits. */
  readonly seconds: number | null;
  readonly message: string | null;
  readonly scores: RunScores;
}

export interface RunScores {
  readonly accuracy: number | null;
  readonly accuracyInterval: Interval;
  readonly uar: number | null;
  readonly uarInterval: Interval;
}

/** A test clip's outcome. */
export interface StoredPrediction {
  readonly clipId: number;
  readonly path: string;
  readonly speaker: string | null;
  /** Indices into the run's labels. */
  readonly label: number;
  readonly predicted: number;
  readonly probabilities: Float32Array;
  readonly fold: number;
  readonly foldState: Fold['state'];
}

/** Good, labelled clips of a corpus, in the order of their paths. */
export function trainableClips(store: Store, corpusId: number): TrainableClip[] {
  return store
    .prepare(
      `SELECT clip_id AS clipId, path, content_hash AS contentHash, speaker, label FROM clips
       WHERE corpus_id = ? AND state = 'good' AND label IS NOT NULL ORDER BY path`,
    )
    .all(corpusId) as TrainableClip[];
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
        `INSERT INTO runs (corpus_id, corpus_name, synthetic, state, recipe, split, seed, backend, path, labels,
           label_version, label_hash, created_at)
         VALUES (?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        run.corpusId,
        run.corpusName,
        Number(run.synthetic),
        JSON.stringify(run.recipe),
        run.split,
        run.seed,
        run.backend,
        run.path,
        JSON.stringify(run.labels),
        run.labelVersion.version,
        run.labelVersion.hash,
        new Date().toISOString(),
      );
    const runId = Number(lastInsertRowid);
    insertPlan(store, runId, folds, clips);
    return runId;
  });
}

/** Replaces the plan of a run that has not trained yet. */
export function replacePlan(
  store: Store,
  runId: number,
  folds: readonly NewFold[],
  clips: readonly RunClip[],
): void {
  store.transaction(() => {
    store.prepare('DELETE FROM run_folds WHERE run_id = ?').run(runId);
    store.prepare('DELETE FROM run_clips WHERE run_id = ?').run(runId);
    insertPlan(store, runId, folds, clips);
  });
}

function insertPlan(store: Store, runId: number, folds: readonly NewFold[], clips: readonly RunClip[]): void {
  const fold = store.prepare(
    `INSERT INTO run_folds (run_id, fold, held_out_speakers, train_clips, test_clips, state)
     VALUES (?, ?, ?, ?, ?, 'waiting')`,
  );
  for (const { index, heldOutSpeakers, trainClips, testClips } of folds)
    fold.run(runId, index, JSON.stringify(heldOutSpeakers), trainClips, testClips);
  const clip = store.prepare(
    'INSERT INTO run_clips (run_id, clip_id, path, speaker, label, test_fold) VALUES (?, ?, ?, ?, ?, ?)',
  );
  for (const { clipId, path, speaker, label, testFold } of clips)
    clip.run(runId, clipId, path, speaker, label, testFold);
}

interface RunRow {
  run_id: number;
  corpus_id: number;
  corpus_name: string;
  synthetic: number;
  state: RunState;
  recipe: string;
  split: SplitName;
  seed: number;
  backend: BackendName;
  path: RunSummary['path'];
  labels: string;
  label_version: number;
  label_hash: string;
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
    corpusId: row.corpus_id,
    corpusName: row.corpus_name,
    synthetic: row.synthetic === 1,
    state: row.state,
    recipe: recipeSchema.parse(JSON.parse(row.recipe)),
    split: row.split,
    seed: row.seed,
    backend: row.backend,
    path: row.path,
    labels: JSON.parse(row.labels) as string[],
    labelVersion: { version: row.label_version, hash: row.label_hash },
    createdAt: row.created_at,
    startedAt: row.started_at,
    seconds: row.seconds,
    message: row.message,
    scores: {
      accuracy: row.accuracy,
      accuracyInterval: interval(row.accuracy_low, row.accuracy_high),
      uar: row.uar,
      uarInterval: interval(row.uar_low, row.uar_high),
    },
  };
}

/** Runs, newest first; of one corpus or of all. */
export function listRuns(store: Store, corpusId?: number): StoredRun[] {
  const rows =
    corpusId === undefined
      ? store.prepare('SELECT * FROM runs ORDER BY run_id DESC').all()
      : store.prepare('SELECT * FROM runs WHERE corpus_id = ? ORDER BY run_id DESC').all(corpusId);
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

export function markRunStarted(store: Store, runId: number): void {
  store
    .prepare(`UPDATE runs SET state = 'running', started_at = ? WHERE run_id = ?`)
    .run(new Date().toISOString(), runId);
}

/** How its network is computed, once a trainer has said so. */
export function setRunPath(store: Store, runId: number, path: RunSummary['path']): void {
  store.prepare('UPDATE runs SET path = ? WHERE run_id = ?').run(path, runId);
}

/** Ends a run; folds that still wait or run share its fate. */
export function finishRun(
  store: Store,
  runId: number,
  end: {
    readonly state: 'done' | 'cancelled' | 'failed';
    readonly seconds: number;
    readonly message: string | null;
    readonly scores: RunScores;
  },
): void {
  const { accuracy, accuracyInterval, uar, uarInterval } = end.scores;
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
    store
      .prepare(`UPDATE run_folds SET state = ? WHERE run_id = ? AND state IN ('waiting', 'running')`)
      .run(end.state === 'failed' ? 'failed' : 'cancelled', runId);
  });
}

/** Folds with their epochs, in order. */
export function listFolds(store: Store, runId: number): Fold[] {
  const epochs = Map.groupBy(listEpochs(store, runId), ({ fold }) => fold);
  const rows = store
    .prepare(
      `SELECT fold AS "index", held_out_speakers AS heldOutSpeakers, train_clips AS trainClips,
         test_clips AS testClips, state, accuracy, uar, error
       FROM run_folds WHERE run_id = ? ORDER BY fold`,
    )
    .all(runId) as (Omit<Fold, 'epochs' | 'heldOutSpeakers'> & { heldOutSpeakers: string })[];
  return rows.map((row) => ({
    ...row,
    heldOutSpeakers: JSON.parse(row.heldOutSpeakers) as string[],
    epochs: (epochs.get(row.index) ?? []).map(({ epoch }) => epoch),
  }));
}

/** Epochs of all folds of a run, by fold and epoch. */
export function listEpochs(store: Store, runId: number): { fold: number; epoch: Epoch }[] {
  const rows = store
    .prepare(
      `SELECT fold, epoch, loss, accuracy, held_out_loss AS heldOutLoss, held_out_accuracy AS heldOutAccuracy, seconds
       FROM run_epochs WHERE run_id = ? ORDER BY fold, epoch`,
    )
    .all(runId) as (Epoch & { fold: number })[];
  return rows.map(({ fold, ...epoch }) => ({ fold, epoch }));
}

export function markFoldRunning(store: Store, runId: number, fold: number): void {
  store.prepare(`UPDATE run_folds SET state = 'running' WHERE run_id = ? AND fold = ?`).run(runId, fold);
}

export function insertEpoch(store: Store, runId: number, fold: number, epoch: Epoch): void {
  store
    .prepare(
      `INSERT INTO run_epochs (run_id, fold, epoch, loss, accuracy, held_out_loss, held_out_accuracy, seconds)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      runId,
      fold,
      epoch.epoch,
      epoch.loss,
      epoch.accuracy,
      epoch.heldOutLoss,
      epoch.heldOutAccuracy,
      epoch.seconds,
    );
}

/** Ends a fold with what it leaves behind. */
export function finishFold(
  store: Store,
  runId: number,
  fold: number,
  end: {
    readonly state: 'done' | 'cancelled' | 'failed';
    readonly accuracy: number | null;
    readonly uar: number | null;
    readonly error: string | null;
    readonly predictions: readonly { clipId: number; predicted: number; probabilities: Float32Array }[];
  },
): void {
  store.transaction(() => {
    store
      .prepare(
        'UPDATE run_folds SET state = ?, accuracy = ?, uar = ?, error = ? WHERE run_id = ? AND fold = ?',
      )
      .run(end.state, end.accuracy, end.uar, end.error, runId, fold);
    const insert = store.prepare(
      'INSERT INTO run_predictions (run_id, fold, clip_id, predicted, probabilities) VALUES (?, ?, ?, ?, ?)',
    );
    for (const { clipId, predicted, probabilities } of end.predictions)
      insert.run(
        runId,
        fold,
        clipId,
        predicted,
        Buffer.from(probabilities.buffer, probabilities.byteOffset, probabilities.byteLength),
      );
  });
}

/** Clips of a run, in the order of their paths: the order of its feature matrices. */
export function runClips(store: Store, runId: number): RunClip[] {
  return store
    .prepare(
      `SELECT clip_id AS clipId, path, speaker, label, test_fold AS testFold
       FROM run_clips WHERE run_id = ? ORDER BY path`,
    )
    .all(runId) as RunClip[];
}

/** One clip of a run; undefined where the run did not use it. */
export function runClip(store: Store, runId: number, clipId: number): RunClip | undefined {
  return store
    .prepare(
      `SELECT clip_id AS clipId, path, speaker, label, test_fold AS testFold
       FROM run_clips WHERE run_id = ? AND clip_id = ?`,
    )
    .get(runId, clipId) as RunClip | undefined;
}

/** A clip that the run used and that has this content now; undefined where there is none. */
export function runClipByContent(store: Store, runId: number, contentHash: string): number | undefined {
  return store
    .prepare(
      `SELECT clip_id FROM clips JOIN run_clips USING (clip_id)
       WHERE content_hash = ? AND run_id = ? AND state = 'good' ORDER BY clip_id LIMIT 1`,
    )
    .pluck()
    .get(contentHash, runId) as number | undefined;
}

/** Test predictions of all folds that left some, by path. */
export function listPredictions(store: Store, runId: number): StoredPrediction[] {
  const rows = store
    .prepare(
      `SELECT p.clip_id AS clipId, c.path, c.speaker, c.label, p.predicted, p.probabilities, p.fold,
         f.state AS foldState
       FROM run_predictions p
       JOIN run_clips c ON c.run_id = p.run_id AND c.clip_id = p.clip_id
       JOIN run_folds f ON f.run_id = p.run_id AND f.fold = p.fold
       WHERE p.run_id = ? ORDER BY c.path`,
    )
    .all(runId) as (Omit<StoredPrediction, 'probabilities'> & { probabilities: Buffer })[];
  return rows.map((row) => ({
    ...row,
    // Copied to an aligned buffer.
    probabilities: new Float32Array(new Uint8Array(row.probabilities).buffer),
  }));
}
