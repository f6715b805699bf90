// Every protocol, pauses, and what people note about runs: tables made anew, for SQLite cannot loosen a CHECK.
import type { Migration } from './migration.ts';

export const protocols: Migration = {
  version: 4,
  name: 'protocols',
  sql: `
    CREATE TABLE runs_next (
      run_id INTEGER PRIMARY KEY AUTOINCREMENT,
      corpus_id INTEGER NOT NULL REFERENCES corpora,
      -- As it was called when the run began.
      corpus_name TEXT NOT NULL,
      synthetic INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'paused', 'done', 'cancelled', 'failed')),
      -- The whole recipe as JSON, its epochs as the run has them.
      recipe TEXT NOT NULL,
      -- The split with its settings as JSON.
      split TEXT NOT NULL,
      seed INTEGER NOT NULL,
      backend TEXT NOT NULL CHECK (backend IN ('tensorflow', 'wasm')),
      path TEXT NOT NULL,
      folds_in_parallel INTEGER NOT NULL,
      threads INTEGER NOT NULL,
      -- JSON array; label indices elsewhere refer to it.
      labels TEXT NOT NULL,
      label_version INTEGER NOT NULL,
      label_hash TEXT NOT NULL,
      -- JSON: studio, node, platform.
      versions TEXT NOT NULL,
      name TEXT NOT NULL DEFAULT '',
      notes TEXT NOT NULL DEFAULT '',
      -- JSON array
      tags TEXT NOT NULL DEFAULT '[]',
      deleted_at TEXT,
      created_at TEXT NOT NULL,
      -- Of the present sitting, where it runs.
      started_at TEXT,
      -- Wall time of the sittings that are over; NULL before the first is.
      seconds REAL,
      message TEXT,
      accuracy REAL,
      accuracy_low REAL,
      accuracy_high REAL,
      uar REAL,
      uar_low REAL,
      uar_high REAL
    ) STRICT;
    INSERT INTO runs_next
    SELECT run_id, corpus_id, corpus_name, synthetic, state, recipe,
      CASE split WHEN 'random' THEN '{"name":"random","share":0.2}' ELSE '{"name":"loso"}' END,
      seed, backend, path, 1, 1, labels, label_version, label_hash,
      '{"studio":"","node":"","platform":""}', '', '', '[]', NULL,
      created_at, started_at, seconds, message,
      accuracy, accuracy_low, accuracy_high, uar, uar_low, uar_high
    FROM runs;

    CREATE TABLE run_folds_next (
      run_id INTEGER NOT NULL REFERENCES runs_next,
      fold INTEGER NOT NULL,
      -- JSON arrays
      held_out_speakers TEXT NOT NULL,
      validation_speakers TEXT NOT NULL,
      train_clips INTEGER NOT NULL,
      validation_clips INTEGER NOT NULL,
      test_clips INTEGER NOT NULL,
      duplicates_left_out INTEGER NOT NULL,
      -- A byte a clip, by its position: 0 unused, 1 training, 2 validation, 3 test.
      -- NULL in runs of the first version: a clip is tested in its test_fold and trained on in the others.
      roles BLOB,
      state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'paused', 'done', 'cancelled', 'failed')),
      -- The epoch whose weights stand behind the predictions.
      kept_epoch INTEGER,
      stopped_early INTEGER NOT NULL DEFAULT 0,
      accuracy REAL,
      uar REAL,
      error TEXT,
      PRIMARY KEY (run_id, fold)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO run_folds_next
    SELECT run_id, fold, held_out_speakers, '[]', train_clips, 0, test_clips, 0, NULL, state,
      CASE WHEN accuracy IS NULL THEN NULL ELSE (
        SELECT max(epoch) FROM run_epochs e WHERE e.run_id = f.run_id AND e.fold = f.fold
      ) END,
      0, accuracy, uar, error
    FROM run_folds f;

    -- What a run was trained and scored on, as labelled and known when it began.
    CREATE TABLE run_clips_next (
      run_id INTEGER NOT NULL REFERENCES runs_next,
      clip_id INTEGER NOT NULL REFERENCES clips,
      -- From 0: the order of its feature matrices.
      position INTEGER NOT NULL,
      corpus_id INTEGER NOT NULL REFERENCES corpora,
      path TEXT NOT NULL,
      speaker TEXT,
      sex TEXT,
      utterance TEXT,
      content_hash TEXT,
      label INTEGER NOT NULL,
      -- The fold that tests on it; NULL: none does.
      test_fold INTEGER,
      PRIMARY KEY (run_id, clip_id)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO run_clips_next
    SELECT r.run_id, r.clip_id, row_number() OVER (PARTITION BY r.run_id ORDER BY r.path) - 1,
      c.corpus_id, r.path, r.speaker, c.sex, c.utterance, c.content_hash, r.label, r.test_fold
    FROM run_clips r JOIN clips c USING (clip_id);

    CREATE TABLE run_epochs_next (
      run_id INTEGER NOT NULL REFERENCES runs_next,
      fold INTEGER NOT NULL,
      epoch INTEGER NOT NULL,
      loss REAL NOT NULL,
      accuracy REAL NOT NULL,
      held_out_loss REAL NOT NULL,
      held_out_accuracy REAL NOT NULL,
      seconds REAL NOT NULL,
      PRIMARY KEY (run_id, fold, epoch)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO run_epochs_next SELECT * FROM run_epochs;

    CREATE TABLE run_predictions_next (
      run_id INTEGER NOT NULL REFERENCES runs_next,
      fold INTEGER NOT NULL,
      clip_id INTEGER NOT NULL REFERENCES clips,
      predicted INTEGER NOT NULL,
      -- float32, little-endian, one a label
      probabilities BLOB NOT NULL,
      PRIMARY KEY (run_id, fold, clip_id)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO run_predictions_next SELECT * FROM run_predictions;

    DROP TABLE run_predictions;
    DROP TABLE run_epochs;
    DROP TABLE run_clips;
    DROP TABLE run_folds;
    DROP TABLE runs;
    -- References follow a table's new name.
    ALTER TABLE runs_next RENAME TO runs;
    ALTER TABLE run_folds_next RENAME TO run_folds;
    ALTER TABLE run_clips_next RENAME TO run_clips;
    ALTER TABLE run_epochs_next RENAME TO run_epochs;
    ALTER TABLE run_predictions_next RENAME TO run_predictions;
    CREATE INDEX runs_by_corpus ON runs (corpus_id);
  `,
};
