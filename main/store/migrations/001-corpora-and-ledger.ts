// Corpora, their clips, the append-only label ledger, the feature cache and settings.
import type { Migration } from './migration.ts';

/** Refuses to change or delete a row: a ledger only grows. */
function appendOnly(table: string): string {
  return `
    CREATE TRIGGER ${table}_never_updated BEFORE UPDATE ON ${table}
    BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;
    CREATE TRIGGER ${table}_never_deleted BEFORE DELETE ON ${table}
    BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;`;
}

/** Key of a row of clip_counts as a clip has it; '' and 0 stand for unknown, so that the key has no NULL. */
function countKey(row: 'old' | 'new'): string {
  return (
    `${row}.corpus_id, coalesce(${row}.speaker, ''), coalesce(${row}.sex, ''), coalesce(${row}.label, ''), ` +
    `coalesce(${row}.imported_label, ''), ${row}.rater IS NOT NULL, ${row}.sample_rate_hz`
  );
}

const COUNT_COLUMNS = 'corpus_id, speaker, sex, label, imported_label, rated, sample_rate_hz';

function countIn(row: 'new'): string {
  return `
    INSERT INTO clip_counts (${COUNT_COLUMNS}, clips, microseconds)
    VALUES (${countKey(row)}, 1, CAST(round(${row}.duration_seconds * 1e6) AS INTEGER))
    ON CONFLICT DO UPDATE SET clips = clips + 1, microseconds = microseconds + excluded.microseconds;`;
}

function countOut(row: 'old'): string {
  return `
    UPDATE clip_counts
    SET clips = clips - 1, microseconds = microseconds - CAST(round(${row}.duration_seconds * 1e6) AS INTEGER)
    WHERE (${COUNT_COLUMNS}) = (${countKey(row)});`;
}

/** Columns that a filter looks at; every sort index carries them, so that a page is found without touching clips. */
const FILTER_COLUMNS = 'label, speaker, sex, rater';

function sortIndex(key: string): string {
  return `
    CREATE INDEX clips_by_${key} ON clips (corpus_id, ${key}, clip_id, ${FILTER_COLUMNS}) WHERE state = 'good';`;
}

export const corporaAndLedger: Migration = {
  version: 1,
  name: 'corpora and ledger',
  sql: `
    CREATE TABLE corpora (
      corpus_id INTEGER PRIMARY KEY AUTOINCREMENT,
      folder TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      adapter TEXT NOT NULL,
      synthetic INTEGER NOT NULL DEFAULT 0,
      table_spec TEXT,
      created_at TEXT NOT NULL,
      -- When an indexing last came to its end; NULL until the first one has, and after forgetting.
      indexed_at TEXT,
      -- Sum over the labelled clips (main/store/label-digest.ts); NULL where it has to be taken anew.
      label_digest BLOB
    ) STRICT;

    -- A clip is its corpus and path; rows are never deleted, for the ledger points at them.
    CREATE TABLE clips (
      clip_id INTEGER PRIMARY KEY AUTOINCREMENT,
      corpus_id INTEGER NOT NULL REFERENCES corpora,
      path TEXT NOT NULL,
      -- good | defective (listed with its reason) | forgotten (file or corpus gone, ledger kept)
      state TEXT NOT NULL CHECK (state IN ('good', 'defective', 'forgotten')),
      speaker TEXT,
      sex TEXT CHECK (sex IN ('female', 'male')),
      -- Derived from the ledger, written in one transaction with it.
      label TEXT,
      rater TEXT,
      imported_label TEXT,
      duration_seconds REAL NOT NULL,
      utterance TEXT,
      text TEXT,
      take TEXT,
      -- Path, utterance and text in lower case, a line each.
      search TEXT NOT NULL,
      sample_rate_hz REAL NOT NULL,
      channels INTEGER NOT NULL,
      encoding TEXT NOT NULL,
      -- Why the file's data are no good; the adapter's complaint is kept apart, so that it can change without a reading.
      audio_defect TEXT,
      name_defect TEXT,
      -- As last read; NULL: never, or to be read again.
      size_bytes INTEGER,
      modified_ms REAL,
      content_hash TEXT,
      added_at TEXT NOT NULL,
      UNIQUE (corpus_id, path)
    ) STRICT;
    CREATE INDEX clips_by_content ON clips (corpus_id, content_hash) WHERE content_hash IS NOT NULL;
    CREATE INDEX clips_defective ON clips (corpus_id, path) WHERE state = 'defective';
    ${['path', 'speaker', 'utterance', 'label', 'duration_seconds', 'rater'].map(sortIndex).join('')}
    -- A substring is looked for in every clip: in this index, which is a tenth of the table.
    CREATE INDEX clips_by_search ON clips (corpus_id, search, clip_id, ${FILTER_COLUMNS}) WHERE state = 'good';

    -- How many good clips of every kind there are: summaries and cross-tabs without a walk over the clips.
    CREATE TABLE clip_counts (
      corpus_id INTEGER NOT NULL,
      speaker TEXT NOT NULL,
      sex TEXT NOT NULL,
      label TEXT NOT NULL,
      imported_label TEXT NOT NULL,
      rated INTEGER NOT NULL,
      sample_rate_hz REAL NOT NULL,
      clips INTEGER NOT NULL,
      microseconds INTEGER NOT NULL,
      PRIMARY KEY (${COUNT_COLUMNS})
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER clips_counted_in AFTER INSERT ON clips WHEN new.state = 'good' BEGIN ${countIn('new')} END;
    CREATE TRIGGER clips_recounted_out
    AFTER UPDATE OF corpus_id, state, speaker, sex, label, imported_label, rater, sample_rate_hz, duration_seconds
    ON clips WHEN old.state = 'good' BEGIN ${countOut('old')} END;
    CREATE TRIGGER clips_recounted_in
    AFTER UPDATE OF corpus_id, state, speaker, sex, label, imported_label, rater, sample_rate_hz, duration_seconds
    ON clips WHEN new.state = 'good' BEGIN ${countIn('new')} END;

    -- One decision over one or many clips. target: the decision that an undo takes back or a redo brings back.
    CREATE TABLE decisions (
      decision_id INTEGER PRIMARY KEY AUTOINCREMENT,
      corpus_id INTEGER NOT NULL REFERENCES corpora,
      kind TEXT NOT NULL CHECK (kind IN ('import', 'label', 'undo', 'redo')),
      rater TEXT,
      at TEXT NOT NULL,
      reason TEXT,
      blind INTEGER NOT NULL,
      target INTEGER REFERENCES decisions,
      CHECK ((kind IN ('undo', 'redo')) = (target IS NOT NULL)),
      CHECK ((kind = 'import') = (rater IS NULL))
    ) STRICT;
    CREATE INDEX decisions_by_corpus ON decisions (corpus_id);
    CREATE INDEX decisions_by_target ON decisions (target) WHERE target IS NOT NULL;

    CREATE TABLE label_events (
      event_id INTEGER PRIMARY KEY AUTOINCREMENT,
      decision_id INTEGER NOT NULL REFERENCES decisions,
      clip_id INTEGER NOT NULL REFERENCES clips,
      -- The clip's label after and before this event.
      label TEXT,
      previous_label TEXT,
      -- The event in whose place this one stands; 0: the label that the corpus came with.
      supersedes INTEGER
    ) STRICT;
    CREATE INDEX label_events_by_clip ON label_events (clip_id);
    CREATE INDEX label_events_by_decision ON label_events (decision_id);
    ${appendOnly('decisions')}
    ${appendOnly('label_events')}

    -- Derived from decisions: what a rater's next undo and redo take. One row a decision of kind 'label'.
    CREATE TABLE decision_states (
      decision_id INTEGER PRIMARY KEY REFERENCES decisions,
      corpus_id INTEGER NOT NULL,
      rater TEXT NOT NULL,
      -- active | undone (redo brings it back) | dropped (undone, and a newer decision has closed the way back)
      state TEXT NOT NULL CHECK (state IN ('active', 'undone', 'dropped'))
    ) STRICT;
    CREATE INDEX decision_states_by_rater ON decision_states (corpus_id, rater, state, decision_id);

    CREATE TABLE features (
      content_hash TEXT NOT NULL,
      feature_hash TEXT NOT NULL,
      frames INTEGER NOT NULL,
      coefficients INTEGER NOT NULL,
      -- float32, little-endian, row by row
      matrix BLOB NOT NULL,
      PRIMARY KEY (content_hash, feature_hash)
    ) STRICT;

    CREATE TABLE settings (
      key TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
