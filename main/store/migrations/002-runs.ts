// Runs, the clips and labels they were started with, their folds, epochs and test predictions.
import type { Migration } from './migration.ts';

export const runs: Migration = {
  version: 2,
  name: 'runs',
  sql: `
    CREATE TABLE runs (
      run_id INTEGER PRIMARY KEY AUTOINCREMENT,
      corpus_id INTEGER NOT NULL REFERENCES corpora,
      -- As it was called when the run began.
      corpus_name TEXT NOT NULL,
      synthetic INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'cancelled', 'failed')),
      -- The whole recipe as JSON, its epochs as the run has them.
      recipe TEXT NOT NULL,
      split TEXT NOT NULL CHECK (split IN ('loso', 'random')),
      seed INTEGER NOT NULL,
      backend TEXT NOT NULL CHECK (backend IN ('tensorflow', 'wasm')),
      path TEXT NOT NULL,
      -- JSON array; label indices elsewhere refer to it.
      labels TEXT NOT NULL,
      label_version INTEGER NOT NULL,
      label_hash TEXT NOT NULL,
      created_at TEXT NOT NULL,
      started_at TEXT,
      -- Wall time from start to end; NULL while it runs.
      seconds REAL,
      message TEXT,
      accuracy REAL,
      accuracy_low REAL,
      accuracy_high REAL,
      uar REAL,
      uar_low REAL,
      uar_high REAL
    ) STRICT;
    CREATE INDEX runs_by_corpus ON runs (corpus_id);

    CREATE TABLE run_folds (
      run_id INTEGER NOT NULL REFERENCES runs,
      fold INTEGER NOT NULL,
      -- JSON array
      held_out_speakers TEXT NOT NULL,
      train_clips INTEGER NOT NULL,
      test_clips INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'cancelled', 'failed')),
      accuracy REAL,
      uar REAL,
      error TEXT,
      PRIMARY KEY (run_id, fold)
    ) STRICT, WITHOUT ROWID;

    -- What a run was trained and scored on, as labelled when it began.
    CREATE TABLE run_clips (
      run_id INTEGER NOT NULL REFERENCES runs,
      clip_id INTEGER NOT NULL REFERENCES clips,
      path TEXT NOT NULL,
      speaker TEXT,
      label INTEGER NOT NULL,
      -- The fold that tests on it; NULL: it is trained on only.
      test_fold INTEGER,
      PRIMARY KEY (run_id, clip_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE run_epochs (
      run_id INTEGER NOT NULL REFERENCES runs,
      fold INTEGER NOT NULL,
      epoch INTEGER NOT NULL,
      loss REAL NOT NULL,
      accuracy REAL NOT NULL,
      held_out_loss REAL NOT NULL,
      held_out_accuracy REAL NOT NULL,
      seconds REAL NOT NULL,
      PRIMARY KEY (run_id, fold, epoch)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE run_predictions (
      run_id INTEGER NOT NULL REFERENCES runs,
      fold INTEGER NOT NULL,
      clip_id INTEGER NOT NULL REFERENCES clips,
      predicted INTEGER NOT NULL,
      -- float32, little-endian, one a label
      probabilities BLOB NOT NULL,
      PRIMARY KEY (run_id, fold, clip_id)
    ) STRICT, WITHOUT ROWID;
  `,
};
