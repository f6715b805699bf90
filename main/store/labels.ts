// Writes and reads the label ledger: decisions are appended, undone and redone by appending; labels follow in the same transaction.
import { UserError } from '../../shared/contract/errors.ts';
import type { Clip, LabelResult, LabelVersion, LedgerEvent } from '../../shared/contract/schemas.ts';
import { getClips } from './clips.ts';
import type { Store } from './database.ts';
import { digestBytes, digestFromBytes, replaceLabel, shortHash, sumLabels } from './label-digest.ts';

/** Who decides, why, and whether without sight of the label that stood there. `at`: ISO time, by default now. */
export interface DecisionInfo {
  readonly rater: string;
  readonly reason?: string | null;
  readonly blind?: boolean;
  readonly at?: string;
}

/**
 * A clip's last event whose decision stands: of several rows in a group, SQLite's max() takes the others' values from
 * the row that holds the maximum (https://sqlite.org/lang_select.html#bareagg).
 */
const EFFECTIVE_EVENTS = `
  SELECT e.clip_id, max(e.event_id) AS event_id, e.label, s.rater
  FROM label_events e JOIN decision_states s ON s.decision_id = e.decision_id AND s.state = 'active'`;

/**
 * One decision over one or many clips of one corpus: they all get `label` (null: unsure), also those that had it.
 * On disk when it returns.
 * @throws UserError NOT_FOUND for an unknown clip, BAD_INPUT for a defective one or clips of two corpora
 */
export function setLabels(
  store: Store,
  clipIds: readonly number[],
  label: string | null,
  info: DecisionInfo,
): LabelResult {
  const ids = JSON.stringify([...new Set(clipIds)]);
  const corpusId = store.transaction(() => {
    const corpusId = corpusOfClips(store, ids);
    const before = labelsOf(store, ids);
    const decisionId = appendDecision(store, { corpusId, kind: 'label', target: null, ...info });
    store
      .prepare(
        `INSERT INTO label_events (decision_id, clip_id, label, previous_label, supersedes)
         SELECT ?, c.clip_id, ?, c.label,
           coalesce(f.event_id, CASE WHEN c.imported_label IS NOT NULL THEN 0 END)
         FROM json_each(?) j JOIN clips c ON c.clip_id = j.value
         LEFT JOIN (${EFFECTIVE_EVENTS} WHERE e.clip_id IN (SELECT value FROM json_each(?)) GROUP BY e.clip_id) f
           ON f.clip_id = c.clip_id
         ORDER BY j.key`,
      )
      .run(decisionId, label, ids, ids);
    store
      .prepare(
        `UPDATE decision_states SET state = 'dropped' WHERE corpus_id = ? AND rater = ? AND state = 'undone'`,
      )
      .run(corpusId, info.rater);
    store
      .prepare(
        `INSERT INTO decision_states (decision_id, corpus_id, rater, state) VALUES (?, ?, ?, 'active')`,
      )
      .run(decisionId, corpusId, info.rater);
    store
      .prepare('UPDATE clips SET label = ?, rater = ? WHERE clip_id IN (SELECT value FROM json_each(?))')
      .run(label, info.rater, ids);
    moveDigest(store, corpusId, before, ids);
    return corpusId;
  });
  return labelResult(store, corpusId, info.rater, getClips(store, JSON.parse(ids) as number[]));
}

/** Takes back the rater's last decision that stands. @throws UserError BAD_INPUT where there is none */
export function undo(store: Store, corpusId: number, rater: string, at?: string): LabelResult {
  return reverse(store, 'undo', corpusId, rater, at);
}

/** Brings back the rater's last undone decision. @throws UserError BAD_INPUT where there is none */
export function redo(store: Store, corpusId: number, rater: string, at?: string): LabelResult {
  return reverse(store, 'redo', corpusId, rater, at);
}

function reverse(
  store: Store,
  kind: 'undo' | 'redo',
  corpusId: number,
  rater: string,
  at: string | undefined,
): LabelResult {
  const clipIds = store.transaction(() => {
    const next = reversible(store, corpusId, rater);
    const target = next[kind];
    if (target === null) throw new UserError('BAD_INPUT', `There is nothing to ${kind}.`);
    const clipIds = clipsOfDecision(store, target);
    const ids = JSON.stringify(clipIds);
    const before = labelsOf(store, ids);
    const superseded = lastDecisionAbout(store, target);
    const decisionId = appendDecision(store, { corpusId, kind, target, rater, at });
    store
      .prepare('UPDATE decision_states SET state = ? WHERE decision_id = ?')
      .run(kind === 'undo' ? 'undone' : 'active', target);
    appendReversal(store, decisionId, superseded, ids);
    deriveLabels(store, ids);
    moveDigest(store, corpusId, before, ids);
    return clipIds;
  });
  return labelResult(store, corpusId, rater, getClips(store, clipIds));
}

/** An event a clip of the decision `superseded`, before clips are changed: the label that the ledger now gives, and the old. */
function appendReversal(store: Store, decisionId: number, superseded: number, ids: string): void {
  store
    .prepare(
      `INSERT INTO label_events (decision_id, clip_id, label, previous_label, supersedes)
       SELECT ?, c.clip_id, CASE WHEN f.event_id IS NULL THEN c.imported_label ELSE f.label END, c.label, e.event_id
       FROM label_events e JOIN clips c ON c.clip_id = e.clip_id
       LEFT JOIN (${EFFECTIVE_EVENTS} WHERE e.clip_id IN (SELECT value FROM json_each(?)) GROUP BY e.clip_id) f
         ON f.clip_id = e.clip_id
       WHERE e.decision_id = ? ORDER BY e.event_id`,
    )
    .run(decisionId, ids, superseded);
}

/**
 * Appends that the corpus itself now says something else of clips; a rater's decision still stands above it.
 * Within the caller's transaction. `decisionId`: an import decision to add to; returns it, or the one it has made.
 */
export function appendImport(
  store: Store,
  corpusId: number,
  decisionId: number | null,
  changes: readonly { clipId: number; before: string | null; after: string | null }[],
): number {
  const id = decisionId ?? appendDecision(store, { corpusId, kind: 'import', target: null, rater: null });
  const insert = store.prepare(
    'INSERT INTO label_events (decision_id, clip_id, label, previous_label) VALUES (?, ?, ?, ?)',
  );
  for (const { clipId, before, after } of changes) insert.run(id, clipId, after, before);
  return id;
}

/** Version and hash of a corpus's labels. */
export function labelVersion(store: Store, corpusId: number): LabelVersion {
  const decisions = store
    .prepare('SELECT count(*) FROM decisions WHERE corpus_id = ?')
    .pluck()
    .get(corpusId) as number;
  return { version: 1 + decisions, hash: shortHash(labelDigest(store, corpusId)) };
}

/** What an interface shows beside undo and redo. */
export function labelState(
  store: Store,
  corpusId: number,
  rater: string,
): { labelVersion: LabelVersion; canUndo: boolean; canRedo: boolean } {
  const next = reversible(store, corpusId, rater);
  return {
    labelVersion: labelVersion(store, corpusId),
    canUndo: next.undo !== null,
    canRedo: next.redo !== null,
  };
}

interface HistoryRow {
  eventId: number;
  label: string | null;
  previousLabel: string | null;
  kind: LedgerEvent['kind'];
  rater: string | null;
  at: string;
  reason: string | null;
  blind: number;
  supersedes: number | null;
  undone: number;
}

/**
 * Everything that was ever decided about a clip, oldest first. The first entry, event 0, is what the corpus came with.
 * @throws UserError NOT_FOUND for an unknown clip
 */
export function history(store: Store, clipId: number): LedgerEvent[] {
  const clip = store
    .prepare('SELECT imported_label AS importedLabel, added_at AS addedAt FROM clips WHERE clip_id = ?')
    .get(clipId) as { importedLabel: string | null; addedAt: string } | undefined;
  if (!clip) throw new UserError('NOT_FOUND', `There is no clip ${clipId}.`);
  const rows = store
    .prepare(
      `SELECT e.event_id AS eventId, e.label, e.previous_label AS previousLabel, d.kind, d.rater, d.at, d.reason,
         d.blind, e.supersedes,
         CASE WHEN d.target IS NULL THEN coalesce(s.state <> 'active', 0)
           ELSE EXISTS (SELECT 1 FROM decisions l WHERE l.target = d.target AND l.decision_id > d.decision_id)
         END AS undone
       FROM label_events e JOIN decisions d USING (decision_id) LEFT JOIN decision_states s USING (decision_id)
       WHERE e.clip_id = ? ORDER BY e.event_id`,
    )
    .all(clipId) as HistoryRow[];
  const events = rows.map((row) => ({ ...row, clipId, blind: row.blind === 1, undone: row.undone === 1 }));
  const firstImport = rows.find((row) => row.kind === 'import');
  return [
    importEvent(clipId, firstImport ? firstImport.previousLabel : clip.importedLabel, clip.addedAt),
    ...events,
  ];
}

function importEvent(clipId: number, label: string | null, at: string): LedgerEvent {
  return {
    ...{ eventId: 0, clipId, label, previousLabel: null, kind: 'import', rater: null, at },
    ...{ reason: null, blind: false, supersedes: null, undone: false },
  };
}

/**
 * Derives from the ledger, for one corpus, all that is kept beside it: decision states, labels, counts and the digest.
 * Changes nothing where they are right; a way back where they are not.
 */
export function rebuildLabels(store: Store, corpusId: number): void {
  store.transaction(() => {
    store.prepare('DELETE FROM decision_states WHERE corpus_id = ?').run(corpusId);
    store
      .prepare(
        `INSERT INTO decision_states (decision_id, corpus_id, rater, state)
         SELECT d.decision_id, d.corpus_id, d.rater,
           CASE WHEN coalesce(l.kind, 'redo') = 'redo' THEN 'active'
             WHEN EXISTS (SELECT 1 FROM decisions n WHERE n.corpus_id = d.corpus_id AND n.rater = d.rater
               AND n.kind = 'label' AND n.decision_id > l.decision_id) THEN 'dropped'
             ELSE 'undone' END
         FROM decisions d LEFT JOIN decisions l
           ON l.decision_id = (SELECT max(decision_id) FROM decisions WHERE target = d.decision_id)
         WHERE d.corpus_id = ? AND d.kind = 'label'`,
      )
      .run(corpusId);
    const ids = store.prepare('SELECT clip_id FROM clips WHERE corpus_id = ?').pluck().all(corpusId);
    deriveLabels(store, JSON.stringify(ids));
    rebuildCounts(store, corpusId);
    store.prepare('UPDATE corpora SET label_digest = NULL WHERE corpus_id = ?').run(corpusId);
  });
}

function rebuildCounts(store: Store, corpusId: number): void {
  store.prepare('DELETE FROM clip_counts WHERE corpus_id = ?').run(corpusId);
  store
    .prepare(
      `INSERT INTO clip_counts
         (corpus_id, speaker, sex, label, imported_label, rated, sample_rate_hz, clips, microseconds)
       SELECT corpus_id, coalesce(speaker, ''), coalesce(sex, ''), coalesce(label, ''), coalesce(imported_label, ''),
         rater IS NOT NULL, sample_rate_hz, count(*), sum(CAST(round(duration_seconds * 1e6) AS INTEGER))
       FROM clips WHERE corpus_id = ? AND state = 'good' GROUP BY 1, 2, 3, 4, 5, 6, 7`,
    )
    .run(corpusId);
}

/** Writes label and rater of clips (ids as a JSON array) as the ledger has them. */
function deriveLabels(store: Store, ids: string): void {
  store
    .prepare(
      `UPDATE clips SET label = d.label, rater = d.rater
       FROM (SELECT c.clip_id, f.rater,
           CASE WHEN f.event_id IS NULL THEN c.imported_label ELSE f.label END AS label
         FROM clips c
         LEFT JOIN (${EFFECTIVE_EVENTS} WHERE e.clip_id IN (SELECT value FROM json_each(?)) GROUP BY e.clip_id) f
           ON f.clip_id = c.clip_id
         WHERE c.clip_id IN (SELECT value FROM json_each(?))) d
       WHERE clips.clip_id = d.clip_id`,
    )
    .run(ids, ids);
}

interface NewDecision {
  corpusId: number;
  kind: LedgerEvent['kind'];
  target: number | null;
  rater: string | null;
  reason?: string | null;
  blind?: boolean;
  at?: string;
}

function appendDecision(store: Store, decision: NewDecision): number {
  const { lastInsertRowid } = store
    .prepare(
      'INSERT INTO decisions (corpus_id, kind, rater, at, reason, blind, target) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    .run(
      decision.corpusId,
      decision.kind,
      decision.rater,
      decision.at ?? new Date().toISOString(),
      decision.reason ?? null,
      decision.blind ? 1 : 0,
      decision.target,
    );
  return Number(lastInsertRowid);
}

/** The decisions that a rater's next undo and redo are about. Undone last means redone first: the smallest id. */
function reversible(
  store: Store,
  corpusId: number,
  rater: string,
): { undo: number | null; redo: number | null } {
  return store
    .prepare(
      `SELECT
         (SELECT max(decision_id) FROM decision_states WHERE corpus_id = ? AND rater = ? AND state = 'active') AS undo,
         (SELECT min(decision_id) FROM decision_states WHERE corpus_id = ? AND rater = ? AND state = 'undone') AS redo`,
    )
    .get(corpusId, rater, corpusId, rater) as { undo: number | null; redo: number | null };
}

/** The last decision about `target`: itself, or the undo or redo that its state comes from. */
function lastDecisionAbout(store: Store, target: number): number {
  return store
    .prepare('SELECT coalesce(max(decision_id), ?) FROM decisions WHERE target = ?')
    .pluck()
    .get(target, target) as number;
}

function clipsOfDecision(store: Store, decisionId: number): number[] {
  return store
    .prepare('SELECT clip_id FROM label_events WHERE decision_id = ? ORDER BY event_id')
    .pluck()
    .all(decisionId) as number[];
}

function corpusOfClips(store: Store, ids: string): number {
  const row = store
    .prepare(
      `SELECT min(c.corpus_id) AS corpusId, count(DISTINCT c.corpus_id) AS corpora,
         min(CASE WHEN c.clip_id IS NULL OR c.state = 'forgotten' THEN j.value END) AS unknown,
         min(CASE WHEN c.state = 'defective' THEN c.path END) AS defective
       FROM json_each(?) j LEFT JOIN clips c ON c.clip_id = j.value`,
    )
    .get(ids) as {
    corpusId: number | null;
    corpora: number;
    unknown: number | null;
    defective: string | null;
  };
  if (row.unknown !== null) throw new UserError('NOT_FOUND', `There is no clip ${row.unknown}.`);
  if (row.defective !== null) {
    throw new UserError('BAD_INPUT', `${row.defective} could not be read, so it takes no label.`, {
      path: row.defective,
    });
  }
  if (row.corpusId === null) throw new UserError('BAD_INPUT', 'No clip was named.');
  if (row.corpora > 1) throw new UserError('BAD_INPUT', 'One decision is about clips of one corpus.');
  return row.corpusId;
}

interface LabelRow {
  clipId: number;
  path: string;
  label: string | null;
  good: number;
}

function labelsOf(store: Store, ids: string): LabelRow[] {
  return store
    .prepare(
      `SELECT clip_id AS clipId, path, label, state = 'good' AS good
       FROM clips WHERE clip_id IN (SELECT value FROM json_each(?)) ORDER BY clip_id`,
    )
    .all(ids) as LabelRow[];
}

/** Brings the stored digest from the labels `before` to those of now; one that was never taken is left so. */
function moveDigest(store: Store, corpusId: number, before: readonly LabelRow[], ids: string): void {
  const stored = storedDigest(store, corpusId);
  if (stored === null) return;
  const after = labelsOf(store, ids);
  let sum = stored;
  before.forEach(({ path, label, good }, index) => {
    if (good) sum = replaceLabel(sum, path, label, after[index]!.label);
  });
  saveDigest(store, corpusId, sum);
}

/** The sum over the good clips; taken anew, and kept, where there is none. */
function labelDigest(store: Store, corpusId: number): bigint {
  const stored = storedDigest(store, corpusId);
  if (stored !== null) return stored;
  const rows = store
    .prepare(`SELECT path, label FROM clips WHERE corpus_id = ? AND state = 'good' AND label IS NOT NULL`)
    .raw()
    .iterate(corpusId) as IterableIterator<[string, string]>;
  const sum = sumLabels(rows);
  saveDigest(store, corpusId, sum);
  return sum;
}

function storedDigest(store: Store, corpusId: number): bigint | null {
  const bytes = store.prepare('SELECT label_digest FROM corpora WHERE corpus_id = ?').pluck().get(corpusId);
  return bytes instanceof Uint8Array ? digestFromBytes(bytes) : null;
}

function saveDigest(store: Store, corpusId: number, sum: bigint): void {
  store.prepare('UPDATE corpora SET label_digest = ? WHERE corpus_id = ?').run(digestBytes(sum), corpusId);
}

function labelResult(store: Store, corpusId: number, rater: string, clips: Clip[]): LabelResult {
  return { clips, ...labelState(store, corpusId, rater), savedAt: new Date().toISOString() };
}
