// What the ledger's first form held is all there in its second.
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { migrate } from '../database.ts';
import { migrations } from './index.ts';

it('takes over every decision and event, and derives what is new', () => {
  const db = new Database(':memory:');
  db.pragma('foreign_keys = ON');
  migrate(
    db,
    'memory',
    migrations.filter(({ version }) => version < 5),
  );
  db.exec(`
    INSERT INTO corpora (corpus_id, folder, name, adapter, created_at) VALUES (1, '/x', 'x', 'folders', '');
    INSERT INTO clips (clip_id, corpus_id, path, state, label, rater, imported_label, duration_seconds, search,
      sample_rate_hz, channels, encoding, added_at)
    VALUES (1, 1, 'a.wav', 'good', 'fear', 'ann', 'anger', 1, '', 8000, 1, '', ''),
      (2, 1, 'b.wav', 'good', 'calm', NULL, 'calm', 1, '', 8000, 1, '', '');
    INSERT INTO decisions (decision_id, corpus_id, kind, rater, at, reason, blind, target)
    VALUES (1, 1, 'label', 'ann', '2026-01-01', 'clear', 1, NULL), (2, 1, 'label', 'bob', '2026-01-02', NULL, 0, NULL),
      (3, 1, 'undo', 'bob', '2026-01-03', NULL, 0, 2), (7, 1, 'import', NULL, '2026-01-04', NULL, 0, NULL);
    INSERT INTO label_events (event_id, decision_id, clip_id, label, previous_label, supersedes)
    VALUES (1, 1, 1, 'fear', 'anger', 0), (2, 2, 1, NULL, 'fear', 1), (3, 3, 1, 'fear', NULL, 2),
      (9, 7, 2, 'calm', 'joy', NULL);
    INSERT INTO decision_states (decision_id, corpus_id, rater, state)
    VALUES (1, 1, 'ann', 'active'), (2, 1, 'bob', 'undone');`);
  migrate(db, 'memory', migrations);
  expect(db.pragma('foreign_key_check')).toEqual([]);
  const rows = (sql: string): unknown[] => db.prepare(sql).raw().all();
  expect(rows('SELECT decision_id, kind, rater, at, reason, blind, target FROM decisions')).toEqual([
    [1, 'label', 'ann', '2026-01-01', 'clear', 1, null],
    [2, 'label', 'bob', '2026-01-02', null, 0, null],
    [3, 'undo', 'bob', '2026-01-03', null, 0, 2],
    [7, 'import', null, '2026-01-04', null, 0, null],
  ]);
  expect(rows('SELECT event_id, decision_id, label, previous_label, supersedes FROM label_events')).toEqual([
    [1, 1, 'fear', 'anger', 0],
    [2, 2, null, 'fear', 1],
    [3, 3, 'fear', null, 2],
    [9, 7, 'calm', 'joy', null],
  ]);
  expect(rows(`SELECT json_extract(changes, '$.label') FROM label_events`).flat()).toEqual([
    ...['fear', null, null, 'calm'],
  ]);
  expect(rows('SELECT clip_id, rater, event_id, label FROM rater_labels')).toEqual([[1, 'ann', 1, 'fear']]);
  expect(rows('SELECT clip_id, event_id FROM clips')).toEqual([
    [1, 3],
    [2, 9],
  ]);
  expect(rows('SELECT decisions FROM corpora')).toEqual([[4]]);
  expect(rows('SELECT rater FROM raters').flat()).toEqual(['ann', 'bob']);
  // Ids are never used again, and nothing changes what was said.
  expect(rows(`SELECT seq FROM sqlite_sequence WHERE name = 'label_events'`)).toEqual([[9]]);
  expect(() => db.exec('UPDATE decisions SET reason = NULL')).toThrow('append-only');
  expect(() => db.exec('DELETE FROM label_events')).toThrow('append-only');
  db.close();
});
