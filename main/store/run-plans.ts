// Reads and writes what a run is planned to do: its clips, and which fold uses which of them for what.
import type { Sex } from '../../shared/contract/schemas.ts';
import type { Store } from './database.ts';

/** A clip a run can use: good and labelled. */
export interface TrainableClip {
  readonly clipId: number;
  readonly corpusId: number;
  /** Relative to the corpus folder. */
  readonly path: string;
  readonly contentHash: string;
  readonly speaker: string | null;
  readonly sex: Sex;
  readonly utterance: string | null;
  readonly label: string;
}

/** A clip as a run has it; `label` is an index into the run's labels. */
export interface RunClip {
  readonly clipId: number;
  readonly corpusId: number;
  readonly path: string;
  /** Null in runs of the first version whose clip has changed since. */
  readonly contentHash: string | null;
  readonly speaker: string | null;
  readonly sex: Sex;
  readonly utterance: string | null;
  readonly label: number;
  /** The fold that tests on it; null where none does. */
  readonly testFold: number | null;
}

/** What a fold uses a clip for, as a byte. */
export const ROLES = { none: 0, train: 1, validation: 2, test: 3 } as const;

/** A fold before it begins. */
export interface NewFold {
  readonly index: number;
  readonly heldOutSpeakers: readonly string[];
  readonly validationSpeakers: readonly string[];
  readonly trainClips: number;
  readonly validationClips: number;
  readonly testClips: number;
  readonly duplicatesLeftOut: number;
  /** One of ROLES for every clip of the run, by its position. */
  readonly roles: Uint8Array;
}

/**
 * Good, labelled clips of a corpus, in the order of their paths.
 * @param flagged those that are flagged as bad recordings: with the others, not at all, or alone
 */
export function trainableClips(
  store: Store,
  corpusId: number,
  flagged: 'kept' | 'left out' | 'alone' = 'left out',
): TrainableClip[] {
  const bad = { kept: '', 'left out': 'AND bad = 0', alone: 'AND bad = 1' }[flagged];
  return store
    .prepare(
      `SELECT clip_id AS clipId, corpus_id AS corpusId, path, content_hash AS contentHash, speaker, sex, utterance,
         label
       FROM clips WHERE corpus_id = ? AND state = 'good' AND label IS NOT NULL ${bad} ORDER BY path`,
    )
    .all(corpusId) as TrainableClip[];
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

/** Adds the plan of a run that has none; a clip's position is its place in `clips`. */
export function insertPlan(
  store: Store,
  runId: number,
  folds: readonly NewFold[],
  clips: readonly RunClip[],
): void {
  const fold = store.prepare(
    `INSERT INTO run_folds (run_id, fold, held_out_speakers, validation_speakers, train_clips, validation_clips,
       test_clips, duplicates_left_out, roles, state)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting')`,
  );
  for (const plan of folds)
    fold.run(
      runId,
      plan.index,
      JSON.stringify(plan.heldOutSpeakers),
      JSON.stringify(plan.validationSpeakers),
      plan.trainClips,
      plan.validationClips,
      plan.testClips,
      plan.duplicatesLeftOut,
      Buffer.from(plan.roles),
    );
  const clip = store.prepare(
    `INSERT INTO run_clips (run_id, clip_id, position, corpus_id, path, speaker, sex, utterance, content_hash, label,
       test_fold)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  clips.forEach((one, position) =>
    clip.run(
      runId,
      one.clipId,
      position,
      one.corpusId,
      one.path,
      one.speaker,
      one.sex,
      one.utterance,
      one.contentHash,
      one.label,
      one.testFold,
    ),
  );
}

const CLIP_COLUMNS = `clip_id AS clipId, corpus_id AS corpusId, path, speaker, sex, utterance,
  content_hash AS contentHash, label, test_fold AS testFold`;

/** Clips of a run, by position: the order of its feature matrices. */
export function runClips(store: Store, runId: number): RunClip[] {
  return store
    .prepare(`SELECT ${CLIP_COLUMNS} FROM run_clips WHERE run_id = ? ORDER BY position`)
    .all(runId) as RunClip[];
}

/** One clip of a run; undefined where the run did not use it. */
export function runClip(store: Store, runId: number, clipId: number): RunClip | undefined {
  return store
    .prepare(`SELECT ${CLIP_COLUMNS} FROM run_clips WHERE run_id = ? AND clip_id = ?`)
    .get(runId, clipId) as RunClip | undefined;
}

/** A clip that the run used and that has this content now; undefined where there is none. */
export function runClipByContent(store: Store, runId: number, contentHash: string): number | undefined {
  return store
    .prepare(
      `SELECT r.clip_id FROM clips c JOIN run_clips r USING (clip_id)
       WHERE c.content_hash = ? AND r.run_id = ? AND c.state = 'good' ORDER BY r.clip_id LIMIT 1`,
    )
    .pluck()
    .get(contentHash, runId) as number | undefined;
}

interface PlanRow extends Omit<NewFold, 'heldOutSpeakers' | 'validationSpeakers' | 'roles'> {
  readonly heldOutSpeakers: string;
  readonly validationSpeakers: string;
  readonly roles: Buffer | null;
}

/** The folds of a run as they were planned, in order. @param clips the run's, by position */
export function plannedFolds(store: Store, runId: number, clips: readonly RunClip[]): NewFold[] {
  const rows = store
    .prepare(
      `SELECT fold AS "index", held_out_speakers AS heldOutSpeakers, validation_speakers AS validationSpeakers,
         train_clips AS trainClips, validation_clips AS validationClips, test_clips AS testClips,
         duplicates_left_out AS duplicatesLeftOut, roles
       FROM run_folds WHERE run_id = ? ORDER BY fold`,
    )
    .all(runId) as PlanRow[];
  return rows.map((row) => ({
    ...row,
    heldOutSpeakers: JSON.parse(row.heldOutSpeakers) as string[],
    validationSpeakers: JSON.parse(row.validationSpeakers) as string[],
    roles:
      row.roles ??
      Uint8Array.from(clips, ({ testFold }) => (testFold === row.index ? ROLES.test : ROLES.train)),
  }));
}
