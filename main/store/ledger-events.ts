// Reads the ledger's events: a clip's history, a corpus's, what somebody else has decided since.
import { UserError } from '../../shared/contract/errors.ts';
import type { Conflict, LedgerEvent } from '../../shared/contract/schemas.ts';
import type { Store } from './database.ts';

/** So many conflicts cross with the error. */
const MOST_CONFLICTS = 100;

interface EventRow extends Omit<
  LedgerEvent,
  'changes' | 'blind' | 'undone' | 'revertible' | 'decisionEvents'
> {
  changes: string;
  blind: number;
  undone: number;
}

/** Events that fit a condition on e (label_events) and d (decisions), oldest first. */
function readEvents(store: Store, where: string, ...values: (string | number)[]): LedgerEvent[] {
  const rows = store
    .prepare(
      `SELECT e.event_id AS eventId, e.decision_id AS decisionId, e.clip_id AS clipId, e.segment_id AS segmentId,
         d.kind, e.changes, e.label, e.previous_label AS previousLabel, d.rater, d.at, d.reason, d.blind,
         e.supersedes, e.reverts,
         CASE WHEN d.target IS NOT NULL
           THEN EXISTS (SELECT 1 FROM decisions l WHERE l.target = d.target AND l.decision_id > d.decision_id)
           ELSE coalesce(s.state <> 'active', 0)
             OR EXISTS (SELECT 1 FROM reverted_events r WHERE r.event_id = e.event_id)
         END AS undone
       FROM label_events e JOIN decisions d USING (decision_id) LEFT JOIN decision_states s USING (decision_id)
       WHERE ${where}`,
    )
    .all(...values) as EventRow[];
  const sizes = decisionSizes(store, rows);
  return rows.map((row) => ({
    ...row,
    decisionEvents: sizes.get(row.decisionId)!,
    changes: JSON.parse(row.changes) as LedgerEvent['changes'],
    blind: row.blind === 1,
    undone: row.undone === 1,
    revertible: row.undone === 0 && ['label', 'resolve', 'segment', 'revert'].includes(row.kind),
  }));
}

function decisionSizes(store: Store, rows: readonly EventRow[]): Map<number, number> {
  const ids = JSON.stringify([...new Set(rows.map(({ decisionId }) => decisionId))]);
  const sizes = store
    .prepare(
      `SELECT decision_id, count(*) FROM label_events WHERE decision_id IN (SELECT value FROM json_each(?)) GROUP BY 1`,
    )
    .raw()
    .all(ids) as [number, number][];
  return new Map(sizes);
}

/**
 * Everything that was ever decided about a clip and its segments, oldest first. The first entry, event 0, is what the
 * corpus came with.
 * @throws UserError NOT_FOUND for an unknown clip
 */
export function history(store: Store, clipId: number): LedgerEvent[] {
  const clip = store
    .prepare('SELECT imported_label AS importedLabel, added_at AS addedAt FROM clips WHERE clip_id = ?')
    .get(clipId) as { importedLabel: string | null; addedAt: string } | undefined;
  if (!clip) throw new UserError('NOT_FOUND', `There is no clip ${clipId}.`);
  const events = readEvents(store, 'e.clip_id = ? ORDER BY e.event_id', clipId);
  const firstImport = events.find(({ kind }) => kind === 'import');
  const first = firstImport ? (firstImport.changes['previousLabel'] as string | null) : clip.importedLabel;
  return [importEvent(clipId, first, clip.addedAt), ...events];
}

function importEvent(clipId: number, label: string | null, at: string): LedgerEvent {
  return {
    ...{ eventId: 0, decisionId: 0, decisionEvents: 1, clipId, segmentId: null, kind: 'import' },
    ...{ changes: { label }, label, previousLabel: null, rater: null, at, reason: null, blind: false },
    ...{ supersedes: null, reverts: null, undone: false, revertible: false },
  };
}

/** A corpus's events after one, oldest first. */
export function corpusEvents(store: Store, corpusId: number, after: number, limit: number): LedgerEvent[] {
  return readEvents(
    store,
    'e.event_id > ? AND d.corpus_id = ? ORDER BY e.event_id LIMIT ?',
    ...[after, corpusId, limit],
  );
}

/** One event. @throws UserError NOT_FOUND */
export function getEvent(store: Store, eventId: number): LedgerEvent {
  const [event] = readEvents(store, 'e.event_id = ?', eventId);
  if (!event) throw new UserError('NOT_FOUND', `There is no event ${eventId} in the ledger.`);
  return event;
}

/** Events of one decision. */
export function decisionEvents(store: Store, decisionId: number): LedgerEvent[] {
  return readEvents(store, 'e.decision_id = ? ORDER BY e.event_id', decisionId);
}

/** The corpus of a decision, and the clips that it touches, by themselves or by a segment. */
export function touchedClips(store: Store, decisionId: number): { corpusId: number; clipIds: number[] } {
  const corpusId = store
    .prepare('SELECT corpus_id FROM decisions WHERE decision_id = ?')
    .pluck()
    .get(decisionId) as number;
  const clipIds = store
    .prepare('SELECT DISTINCT clip_id FROM label_events WHERE decision_id = ? ORDER BY clip_id')
    .pluck()
    .all(decisionId) as number[];
  return { corpusId, clipIds };
}

/** A clip or segment that is to be changed, and the last event about it that the rater had seen. */
export interface Seen {
  readonly id: number;
  readonly saw: number;
}

/**
 * Refuses to go on where somebody else than `rater` has decided about a clip (or segment) since it was seen.
 * @throws UserError CONFLICT with the newest such event of each, a hundred at most
 */
export function refuseUnseen(
  store: Store,
  what: 'clip' | 'segment',
  seen: readonly Seen[],
  rater: string,
): void {
  const [table, about] = what === 'clip' ? ['clips', ' AND e.segment_id IS NULL'] : ['segments', ''];
  // Most have nothing new: that is seen in their own row.
  const rows = store
    .prepare(
      `SELECT max(e.event_id) AS eventId, json_extract(j.value, '$[1]') AS saw
       FROM json_each(?) j
       JOIN ${table} t ON t.${what}_id = json_extract(j.value, '$[0]') AND t.event_id > json_extract(j.value, '$[1]')
       JOIN label_events e ON e.${what}_id = t.${what}_id AND e.event_id > json_extract(j.value, '$[1]')${about}
       JOIN decisions d ON d.decision_id = e.decision_id AND d.rater <> ?
       GROUP BY t.${what}_id ORDER BY j.key`,
    )
    .all(JSON.stringify(seen.map(({ id, saw }) => [id, saw])), rater) as { eventId: number; saw: number }[];
  if (rows.length === 0) return;
  const conflicts = rows.slice(0, MOST_CONFLICTS).map(({ eventId, saw }): Conflict => {
    const event = getEvent(store, eventId);
    return { clipId: event.clipId, segmentId: event.segmentId, saw, event };
  });
  throw new UserError('CONFLICT', inWords(store, conflicts[0]!.event, rows.length), {
    next: 'Look at what was decided, then decide again.',
    conflicts,
  });
}

function inWords(store: Store, event: LedgerEvent, count: number): string {
  const path = store.prepare('SELECT path FROM clips WHERE clip_id = ?').pluck().get(event.clipId) as string;
  const others = count === 1 ? '' : ` and ${count - 1} more`;
  return `${event.rater} has decided about ${path}${others} since you saw it. Nothing was changed.`;
}
