// Derives anew from the ledger, for one corpus, all that is kept beside it.
import { decisionStates, standingEvents, type Decision } from '../../shared/labels/ledger.ts';
import type { Store } from './database.ts';
import { deriveAll } from './ledger-derive.ts';

/**
 * Derives decision states, labels, segments, counts and the digest. Changes nothing where they are right; a way back
 * where they are not.
 */
export function rebuildLabels(store: Store, corpusId: number): void {
  store.transaction(() => {
    const decisions = readDecisions(store, corpusId);
    rebuildStates(store, corpusId, decisions);
    rebuildReverted(store, corpusId, decisions);
    deriveAll(store, corpusId);
    rebuildCounts(store, corpusId);
    store.prepare('UPDATE corpora SET label_digest = NULL WHERE corpus_id = ?').run(corpusId);
  });
}

function readDecisions(store: Store, corpusId: number): Decision[] {
  const rows = store
    .prepare(
      `SELECT decision_id AS decisionId, kind, rater, target FROM decisions
       WHERE corpus_id = ? AND kind <> 'import' ORDER BY decision_id`,
    )
    .all(corpusId) as Omit<Decision, 'events'>[];
  const events = store
    .prepare(
      `SELECT decision_id AS decisionId, event_id AS eventId, reverts FROM label_events
       JOIN decisions USING (decision_id) WHERE corpus_id = ? ORDER BY event_id`,
    )
    .all(corpusId) as { decisionId: number; eventId: number; reverts: number | null }[];
  const byDecision = Map.groupBy(events, ({ decisionId }) => decisionId);
  return rows.map((row) => ({
    ...row,
    events: (byDecision.get(row.decisionId) ?? []).map(({ eventId, reverts }) => ({
      eventId,
      ...(reverts !== null && { reverts }),
    })),
  }));
}

function rebuildStates(store: Store, corpusId: number, decisions: readonly Decision[]): void {
  store.prepare('DELETE FROM decision_states WHERE corpus_id = ?').run(corpusId);
  const insert = store.prepare(
    'INSERT INTO decision_states (decision_id, corpus_id, rater, state) VALUES (?, ?, ?, ?)',
  );
  const states = decisionStates(decisions);
  for (const { decisionId, rater } of decisions) {
    const state = states.get(decisionId);
    if (state) insert.run(decisionId, corpusId, rater, state);
  }
}

function rebuildReverted(store: Store, corpusId: number, decisions: readonly Decision[]): void {
  store
    .prepare(
      `DELETE FROM reverted_events WHERE event_id IN
         (SELECT event_id FROM label_events JOIN decisions USING (decision_id) WHERE corpus_id = ?)`,
    )
    .run(corpusId);
  const standing = standingEvents(decisions);
  const insert = store.prepare('INSERT INTO reverted_events (event_id) VALUES (?) ON CONFLICT DO NOTHING');
  for (const { eventId, reverts } of decisions.flatMap(({ events }) => events)) {
    if (reverts !== undefined && standing.has(eventId)) insert.run(reverts);
  }
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
