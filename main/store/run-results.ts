// Reads and writes what came of a run's folds: their states, epochs and test predictions.
import type { Epoch, Fold, Sex } from '../../shared/contract/schemas.ts';
import type { Store } from './database.ts';

/** A test clip's outcome. */
export interface StoredPrediction {
  readonly clipId: number;
  readonly corpusId: number;
  readonly path: string;
  readonly speaker: string | null;
  readonly sex: Sex;
  readonly utterance: string | null;
  /** Indices into the run's labels. */
  readonly label: number;
  readonly predicted: number;
  readonly probabilities: Float32Array;
  readonly fold: number;
  readonly foldState: Fold['state'];
}

/** Folds with their epochs, in order. */
export function listFolds(store: Store, runId: number): Fold[] {
  const epochs = Map.groupBy(listEpochs(store, runId), ({ fold }) => fold);
  const rows = store
    .prepare(
      `SELECT fold AS "index", held_out_speakers AS heldOutSpeakers, validation_speakers AS validationSpeakers,
         train_clips AS trainClips, validation_clips AS validationClips, test_clips AS testClips,
         duplicates_left_out AS duplicatesLeftOut, state, kept_epoch AS keptEpoch, stopped_early AS stoppedEarly,
         accuracy, uar, error
       FROM run_folds WHERE run_id = ? ORDER BY fold`,
    )
    .all(runId) as (Omit<Fold, 'epochs' | 'heldOutSpeakers' | 'validationSpeakers' | 'stoppedEarly'> & {
    heldOutSpeakers: string;
    validationSpeakers: string;
    stoppedEarly: number;
  })[];
  return rows.map((row) => ({
    ...row,
    heldOutSpeakers: JSON.parse(row.heldOutSpeakers) as string[],
    validationSpeakers: JSON.parse(row.validationSpeakers) as string[],
    stoppedEarly: row.stoppedEarly === 1,
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

/** @param reason why, where the state is not what was hoped for */
export function setFoldState(
  store: Store,
  runId: number,
  fold: number,
  state: Fold['state'],
  reason: string | null = null,
): void {
  store
    .prepare('UPDATE run_folds SET state = ?, error = ? WHERE run_id = ? AND fold = ?')
    .run(state, reason, runId, fold);
}

/** Adds an epoch, or puts it in the place of the same one trained before. */
export function saveEpoch(store: Store, runId: number, fold: number, epoch: Epoch): void {
  store
    .prepare(
      `INSERT OR REPLACE INTO run_epochs
         (run_id, fold, epoch, loss, accuracy, held_out_loss, held_out_accuracy, seconds)
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

/**
 * Makes a fold's epochs those of the checkpoint it goes on from: later ones are trained once more, and those that its
 * trainer finished when there was no engine any more to write them down are taken over.
 */
export function takeUpEpochs(store: Store, runId: number, fold: number, epochs: readonly Epoch[]): void {
  store.transaction(() => {
    store
      .prepare('DELETE FROM run_epochs WHERE run_id = ? AND fold = ? AND epoch > ?')
      .run(runId, fold, epochs.at(-1)?.epoch ?? 0);
    for (const epoch of epochs) saveEpoch(store, runId, fold, epoch);
  });
}

/** What a fold leaves behind at its end. */
export interface FoldEnd {
  readonly state: 'done' | 'cancelled' | 'failed';
  readonly keptEpoch: number | null;
  readonly stoppedEarly: boolean;
  readonly accuracy: number | null;
  readonly uar: number | null;
  readonly error: string | null;
  readonly predictions: readonly { clipId: number; predicted: number; probabilities: Float32Array }[];
}

/** Ends a fold with what it leaves behind. */
export function finishFold(store: Store, runId: number, fold: number, end: FoldEnd): void {
  store.transaction(() => {
    store
      .prepare(
        `UPDATE run_folds SET state = ?, kept_epoch = ?, stopped_early = ?, accuracy = ?, uar = ?, error = ?
         WHERE run_id = ? AND fold = ?`,
      )
      .run(end.state, end.keptEpoch, Number(end.stoppedEarly), end.accuracy, end.uar, end.error, runId, fold);
    store.prepare('DELETE FROM run_predictions WHERE run_id = ? AND fold = ?').run(runId, fold);
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

/** Test predictions of all folds that left some, by path. */
export function listPredictions(store: Store, runId: number): StoredPrediction[] {
  const rows = store
    .prepare(
      `SELECT p.clip_id AS clipId, c.corpus_id AS corpusId, c.path, c.speaker, c.sex, c.utterance, c.label,
         p.predicted, p.probabilities, p.fold, f.state AS foldState
       FROM run_predictions p
       JOIN run_clips c ON c.run_id = p.run_id AND c.clip_id = p.clip_id
       JOIN run_folds f ON f.run_id = p.run_id AND f.fold = p.fold
       WHERE p.run_id = ? ORDER BY c.path, p.clip_id`,
    )
    .all(runId) as (Omit<StoredPrediction, 'probabilities'> & { probabilities: Buffer })[];
  return rows.map((row) => ({
    ...row,
    // Copied to an aligned buffer.
    probabilities: new Float32Array(new Uint8Array(row.probabilities).buffer),
  }));
}
