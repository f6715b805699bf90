// Substring search by trigrams, and what listening to every clip once has told: clipping, silence, broken data.
import type { Migration } from './migration.ts';

export const searchAndChecks: Migration = {
  version: 6,
  name: 'search and checks',
  sql: `
    -- Every substring of three characters or more is found here; the text itself stays in clips. It is in lower case
    -- already, so that nothing is folded here.
    CREATE VIRTUAL TABLE clip_text
    USING fts5(search, content='', contentless_delete=1, tokenize='trigram case_sensitive 1');
    INSERT INTO clip_text (rowid, search) SELECT clip_id, search FROM clips;
    CREATE TRIGGER clips_searched_in AFTER INSERT ON clips
    BEGIN INSERT INTO clip_text (rowid, search) VALUES (new.clip_id, new.search); END;
    CREATE TRIGGER clips_searched_anew AFTER UPDATE OF search ON clips WHEN new.search <> old.search
    BEGIN UPDATE clip_text SET search = new.search WHERE rowid = new.clip_id; END;

    -- By content: a clip that moves is not listened to again.
    CREATE TABLE audio_checks (
      content_hash TEXT PRIMARY KEY,
      -- Largest magnitude of a sample, full scale 1.
      peak REAL NOT NULL,
      -- Root mean square of the loudest 20 ms, full scale 1.
      loudest REAL NOT NULL,
      -- Samples in runs of at least three at full scale.
      clipped_samples INTEGER NOT NULL,
      -- Why the data could not be decoded to their end, as a clause about the file.
      fault TEXT
    ) STRICT, WITHOUT ROWID;

    -- Derived: what there is to look at in a good clip.
    CREATE TABLE clip_flags (
      corpus_id INTEGER NOT NULL,
      flag TEXT NOT NULL CHECK (flag IN ('clipped', 'silent', 'broken', 'duplicate')),
      clip_id INTEGER NOT NULL REFERENCES clips,
      PRIMARY KEY (corpus_id, flag, clip_id)
    ) STRICT, WITHOUT ROWID;
  `,
};
