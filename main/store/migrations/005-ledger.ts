// The ledger for several raters: segments, reverts, resolutions, each rater's own labels; label sets, named versions, listening tests.
import type { Migration } from './migration.ts';

/** Refuses to change or delete a row: a ledger only grows. */
function appendOnly(table: string): string {
  return `
    CREATE TRIGGER ${table}_never_updated BEFORE UPDATE ON ${table}
    BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;
    CREATE TRIGGER ${table}_never_deleted BEFORE DELETE ON ${table}
    BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;`;
}

export const ledger: Migration = {
  version: 5,
  name: 'ledger',
  sql: `
    -- Derived from the ledger, as label and rater are.
    ALTER TABLE clips ADD COLUMN secondary_label TEXT;
    ALTER TABLE clips ADD COLUMN confidence INTEGER;
    ALTER TABLE clips ADD COLUMN resolved INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE clips ADD COLUMN note TEXT;
    ALTER TABLE clips ADD COLUMN bad INTEGER NOT NULL DEFAULT 0;
    -- The last event about the clip as a whole; 0: none.
    ALTER TABLE clips ADD COLUMN event_id INTEGER NOT NULL DEFAULT 0;

    CREATE TABLE raters (
      rater TEXT PRIMARY KEY,
      added_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- Derived from the ledger but for its identity; rows are never deleted, for the ledger points at them.
    CREATE TABLE segments (
      segment_id INTEGER PRIMARY KEY AUTOINCREMENT,
      clip_id INTEGER NOT NULL REFERENCES clips,
      -- 1: it is there. 0: deleted, or its making was undone.
      present INTEGER NOT NULL,
      start_seconds REAL NOT NULL,
      end_seconds REAL NOT NULL,
      tier TEXT NOT NULL,
      label TEXT,
      locked INTEGER NOT NULL,
      note TEXT,
      rater TEXT NOT NULL,
      event_id INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX segments_by_clip ON segments (clip_id, start_seconds) WHERE present = 1;

    -- Both tables of the ledger are made anew, for a CHECK cannot be changed; every row is taken over.
    CREATE TABLE new_decisions (
      decision_id INTEGER PRIMARY KEY AUTOINCREMENT,
      corpus_id INTEGER NOT NULL REFERENCES corpora,
      kind TEXT NOT NULL CHECK (kind IN ('import', 'label', 'resolve', 'segment', 'undo', 'redo', 'revert')),
      rater TEXT,
      at TEXT NOT NULL,
      reason TEXT,
      blind INTEGER NOT NULL,
      -- The decision that an undo takes back or a redo brings back.
      target INTEGER REFERENCES new_decisions,
      CHECK ((kind IN ('undo', 'redo')) = (target IS NOT NULL)),
      CHECK ((kind = 'import') = (rater IS NULL))
    ) STRICT;
    INSERT INTO new_decisions (decision_id, corpus_id, kind, rater, at, reason, blind, target)
    SELECT decision_id, corpus_id, kind, rater, at, reason, blind, target FROM decisions ORDER BY decision_id;

    CREATE TABLE new_label_events (
      event_id INTEGER PRIMARY KEY AUTOINCREMENT,
      decision_id INTEGER NOT NULL REFERENCES new_decisions,
      clip_id INTEGER NOT NULL REFERENCES clips,
      -- NULL: about the clip as a whole.
      segment_id INTEGER REFERENCES segments,
      -- What it sets while it stands, as a JSON object; of an import the corpus's label and the one before it.
      changes TEXT NOT NULL,
      -- Current label of the clip or segment after and before this event.
      label TEXT,
      previous_label TEXT,
      -- The event whose label stood there before; 0: the label that the corpus came with.
      supersedes INTEGER,
      -- The event that a revert takes out.
      reverts INTEGER REFERENCES new_label_events
    ) STRICT;
    INSERT INTO new_label_events (event_id, decision_id, clip_id, changes, label, previous_label, supersedes)
    SELECT e.event_id, e.decision_id, e.clip_id,
      CASE d.kind
        WHEN 'label' THEN json_object('label', e.label, 'secondaryLabel', NULL, 'confidence', NULL)
        WHEN 'import' THEN json_object('label', e.label, 'previousLabel', e.previous_label)
        ELSE '{}' END,
      e.label, e.previous_label, e.supersedes
    FROM label_events e JOIN decisions d USING (decision_id) ORDER BY e.event_id;

    CREATE TABLE new_decision_states (
      decision_id INTEGER PRIMARY KEY REFERENCES new_decisions,
      corpus_id INTEGER NOT NULL,
      rater TEXT NOT NULL,
      -- active | undone (redo brings it back) | dropped (undone, and a newer decision has closed the way back)
      state TEXT NOT NULL CHECK (state IN ('active', 'undone', 'dropped'))
    ) STRICT;
    INSERT INTO new_decision_states SELECT decision_id, corpus_id, rater, state FROM decision_states;

    DROP TABLE decision_states;
    DROP TABLE label_events;
    DROP TABLE decisions;
    ALTER TABLE new_decisions RENAME TO decisions;
    ALTER TABLE new_label_events RENAME TO label_events;
    ALTER TABLE new_decision_states RENAME TO decision_states;
    CREATE INDEX decisions_by_corpus ON decisions (corpus_id);
    CREATE INDEX decisions_by_target ON decisions (target) WHERE target IS NOT NULL;
    CREATE INDEX label_events_by_clip ON label_events (clip_id, segment_id);
    CREATE INDEX label_events_by_segment ON label_events (segment_id) WHERE segment_id IS NOT NULL;
    CREATE INDEX label_events_by_decision ON label_events (decision_id);
    CREATE INDEX label_events_by_reverted ON label_events (reverts) WHERE reverts IS NOT NULL;
    CREATE INDEX decision_states_by_rater ON decision_states (corpus_id, rater, state, decision_id);
    ${appendOnly('decisions')}
    ${appendOnly('label_events')}

    -- Counted as they come: a version is asked for after every decision.
    ALTER TABLE corpora ADD COLUMN decisions INTEGER NOT NULL DEFAULT 0;
    UPDATE corpora SET decisions = (SELECT count(*) FROM decisions d WHERE d.corpus_id = corpora.corpus_id);
    CREATE TRIGGER decisions_counted AFTER INSERT ON decisions
    BEGIN UPDATE corpora SET decisions = decisions + 1 WHERE corpus_id = new.corpus_id; END;

    -- Derived: events that a revert which stands has taken out.
    CREATE TABLE reverted_events (event_id INTEGER PRIMARY KEY REFERENCES label_events) STRICT;

    -- Derived: every rater's own label of a clip, from the event that says it.
    CREATE TABLE rater_labels (
      clip_id INTEGER NOT NULL REFERENCES clips,
      rater TEXT NOT NULL,
      event_id INTEGER NOT NULL,
      label TEXT,
      secondary_label TEXT,
      confidence INTEGER,
      PRIMARY KEY (clip_id, rater)
    ) STRICT, WITHOUT ROWID;

    INSERT INTO raters (rater, added_at)
    SELECT rater, min(at) FROM decisions WHERE rater IS NOT NULL GROUP BY rater;
    INSERT INTO rater_labels (clip_id, rater, event_id, label)
    SELECT e.clip_id, s.rater, max(e.event_id), e.label
    FROM label_events e JOIN decision_states s ON s.decision_id = e.decision_id AND s.state = 'active'
    GROUP BY e.clip_id, s.rater;
    UPDATE clips SET event_id = l.last
    FROM (SELECT clip_id, max(event_id) AS last FROM label_events GROUP BY clip_id) l
    WHERE clips.clip_id = l.clip_id;

    CREATE TABLE label_sets (
      label_set_id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL UNIQUE,
      -- JSON arrays, as the contract has them.
      items TEXT NOT NULL,
      mapping TEXT NOT NULL
    ) STRICT;
    CREATE TABLE corpus_label_sets (
      corpus_id INTEGER PRIMARY KEY REFERENCES corpora,
      label_set_id INTEGER NOT NULL REFERENCES label_sets ON DELETE CASCADE
    ) STRICT;

    CREATE TABLE named_versions (
      named_version_id INTEGER PRIMARY KEY AUTOINCREMENT,
      corpus_id INTEGER NOT NULL REFERENCES corpora,
      name TEXT NOT NULL,
      note TEXT,
      rater TEXT NOT NULL,
      at TEXT NOT NULL,
      version INTEGER NOT NULL,
      hash TEXT NOT NULL,
      clips INTEGER NOT NULL,
      UNIQUE (corpus_id, name)
    ) STRICT;
    CREATE TABLE named_version_labels (
      named_version_id INTEGER NOT NULL REFERENCES named_versions,
      clip_id INTEGER NOT NULL REFERENCES clips,
      label TEXT NOT NULL,
      PRIMARY KEY (named_version_id, clip_id)
    ) STRICT, WITHOUT ROWID;
    ${appendOnly('named_version_labels')}

    CREATE TABLE listening_tests (
      test_id INTEGER PRIMARY KEY AUTOINCREMENT,
      corpus_id INTEGER NOT NULL REFERENCES corpora,
      name TEXT NOT NULL,
      -- JSON array: the answers to choose from.
      labels TEXT NOT NULL,
      -- JSON: the filter that the sample was drawn under.
      filter TEXT NOT NULL,
      stratify_by TEXT NOT NULL CHECK (stratify_by IN ('label', 'speaker-label', 'none')),
      truth TEXT NOT NULL CHECK (truth IN ('imported', 'current')),
      seed INTEGER NOT NULL,
      created_at TEXT NOT NULL
    ) STRICT;
    CREATE TABLE listening_items (
      test_id INTEGER NOT NULL REFERENCES listening_tests,
      clip_id INTEGER NOT NULL REFERENCES clips,
      -- What counts as right, as it was when the sample was drawn.
      label TEXT NOT NULL,
      PRIMARY KEY (test_id, clip_id)
    ) STRICT, WITHOUT ROWID;
    -- The last answer of a rater about a clip counts.
    CREATE TABLE listening_answers (
      answer_id INTEGER PRIMARY KEY AUTOINCREMENT,
      test_id INTEGER NOT NULL,
      clip_id INTEGER NOT NULL,
      rater TEXT NOT NULL,
      label TEXT,
      confidence INTEGER,
      plays INTEGER,
      seconds REAL,
      at TEXT NOT NULL,
      FOREIGN KEY (test_id, clip_id) REFERENCES listening_items
    ) STRICT;
    CREATE INDEX listening_answers_by_rater ON listening_answers (test_id, rater, clip_id);
    ${appendOnly('listening_items')}
    ${appendOnly('listening_answers')}

    CREATE TABLE human_recalls (
      human_recall_id INTEGER PRIMARY KEY AUTOINCREMENT,
      corpus_id INTEGER NOT NULL REFERENCES corpora,
      name TEXT NOT NULL,
      imported_at TEXT NOT NULL,
      -- Of the table.
      rows INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE human_recall_clips (
      human_recall_id INTEGER NOT NULL REFERENCES human_recalls ON DELETE CASCADE,
      clip_id INTEGER NOT NULL REFERENCES clips,
      -- The label that the corpus came with.
      label TEXT NOT NULL,
      -- Share of listeners who heard it, 0..1.
      recall REAL NOT NULL,
      PRIMARY KEY (human_recall_id, clip_id)
    ) STRICT, WITHOUT ROWID;
  `,
};
