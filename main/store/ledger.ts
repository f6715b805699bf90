// Appends decisions to the ledger, and writes in the same transaction all that is derived from them.
import type { EventKind } from '../../shared/contract/schemas.ts';
import type { Store } from './database.ts';
import {
  clipStates,
  labelOf,
  segmentStates,
  superseded,
  withEvents,
  writeClips,
  writeSegments,
  type LedgerClip,
  type LedgerSegment,
  type NewEvent,
  type NumberedEvent,
} from './ledger-derive.ts';

/** Who decides, why, and whether without sight of the label that stood there. `at`: ISO time, by default now. */
export interface DecisionInfo {
  readonly rater: string;
  readonly reason?: string | null;
  readonly blind?: boolean;
  readonly at?: string;
}

export interface NewDecision extends DecisionInfo {
  readonly corpusId: number;
  readonly kind: Exclude<EventKind, 'import'>;
  /** The decision that an undo or redo is about. */
  readonly target?: number;
  readonly events: readonly NewEvent[];
}

/** The ledger's last event; 0 where there is none. */
export function ledgerHead(store: Store): number {
  const last = store.prepare(`SELECT seq FROM sqlite_sequence WHERE name = 'label_events'`).pluck().get();
  return (last as number | undefined) ?? 0;
}

/** Appends a decision with its events and derives what follows, within the caller's transaction. Returns its id. */
export function appendDecision(store: Store, decision: NewDecision): number {
  const { kind, target, rater } = decision;
  addRater(store, rater, decision.at);
  const decisionId = insertDecision(store, decision);
  const head = ledgerHead(store);
  const events = decision.events.map((event, index) => ({ ...event, eventId: head + 1 + index }));
  const clips = clipStates(store, clipIdsOf(events));
  if (kind === 'undo' || kind === 'redo') {
    switchDecision(store, target!, kind === 'undo' ? 'undone' : 'active');
  } else {
    openDecision(store, decisionId, decision);
    for (const { reverts } of events) if (reverts !== undefined) takeOut(store, reverts);
  }
  const after =
    kind === 'label' || kind === 'resolve'
      ? withEvents(clips, events, kind, rater)
      : clipStates(store, clipIdsOf(events));
  const segments = segmentStates(store, segmentIdsOf(events), events);
  insertEvents(store, decisionId, events, clips, after, segments);
  writeClips(store, decision.corpusId, clips, after, events);
  writeSegments(store, segments, rater, events);
  return decisionId;
}

/** Remembers a rater. `at`: ISO time, by default now. */
export function addRater(store: Store, rater: string, at = new Date().toISOString()): void {
  store.prepare('INSERT INTO raters (rater, added_at) VALUES (?, ?) ON CONFLICT DO NOTHING').run(rater, at);
}

/**
 * Appends that the corpus itself now says something else of clips; a rater's decision still stands above it.
 * Within the caller's transaction, after the clips were written. `before` and `after`: the corpus's own labels.
 * `decisionId`: an import decision to add to; returns it, or the one it has made.
 */
export function appendImport(
  store: Store,
  corpusId: number,
  decisionId: number | null,
  changes: readonly { clipId: number; before: string | null; after: string | null }[],
): number {
  const id =
    decisionId ??
    Number(
      store
        .prepare(`INSERT INTO decisions (corpus_id, kind, at, blind) VALUES (?, 'import', ?, 0)`)
        .run(corpusId, new Date().toISOString()).lastInsertRowid,
    );
  const insert = store.prepare(
    `INSERT INTO label_events (decision_id, clip_id, changes, label, previous_label)
     SELECT ?, clip_id, ?, label, CASE WHEN rater IS NULL THEN ? ELSE label END FROM clips WHERE clip_id = ?`,
  );
  const seen = store.prepare('UPDATE clips SET event_id = ? WHERE clip_id = ?');
  for (const { clipId, before, after } of changes) {
    const said = JSON.stringify({ label: after, previousLabel: before });
    seen.run(insert.run(id, said, before, clipId).lastInsertRowid, clipId);
  }
  return id;
}

function insertDecision(store: Store, decision: NewDecision): number {
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
      decision.target ?? null,
    );
  return Number(lastInsertRowid);
}

/** A new decision stands, and closes its rater's way back to what was undone. */
function openDecision(store: Store, decisionId: number, { corpusId, rater }: NewDecision): void {
  store
    .prepare(
      `UPDATE decision_states SET state = 'dropped' WHERE corpus_id = ? AND rater = ? AND state = 'undone'`,
    )
    .run(corpusId, rater);
  store
    .prepare(`INSERT INTO decision_states (decision_id, corpus_id, rater, state) VALUES (?, ?, ?, 'active')`)
    .run(decisionId, corpusId, rater);
}

/** Switches a decision off or on; what its reverts took out comes back or goes again. */
function switchDecision(store: Store, decisionId: number, state: 'undone' | 'active'): void {
  store.prepare('UPDATE decision_states SET state = ? WHERE decision_id = ?').run(state, decisionId);
  const reverted = store
    .prepare('SELECT reverts FROM label_events WHERE decision_id = ? AND reverts IS NOT NULL')
    .pluck()
    .all(decisionId) as number[];
  for (const eventId of reverted) settle(store, eventId);
}

/** Finds out anew whether a standing revert takes an event out; if that has changed, the same for what it reverts itself. */
function settle(store: Store, eventId: number): void {
  const reverted = store
    .prepare(
      `SELECT EXISTS (SELECT 1 FROM label_events e JOIN decision_states s USING (decision_id)
         WHERE e.reverts = ? AND s.state = 'active'
           AND NOT EXISTS (SELECT 1 FROM reverted_events r WHERE r.event_id = e.event_id))`,
    )
    .pluck()
    .get(eventId);
  if (reverted === 1) takeOut(store, eventId);
  else if (store.prepare('DELETE FROM reverted_events WHERE event_id = ?').run(eventId).changes > 0) {
    settleReverted(store, eventId);
  }
}

function takeOut(store: Store, eventId: number): void {
  const added = store
    .prepare('INSERT INTO reverted_events (event_id) VALUES (?) ON CONFLICT DO NOTHING')
    .run(eventId);
  if (added.changes > 0) settleReverted(store, eventId);
}

function settleReverted(store: Store, eventId: number): void {
  const reverts = store.prepare('SELECT reverts FROM label_events WHERE event_id = ?').pluck().get(eventId);
  if (typeof reverts === 'number') settle(store, reverts);
}

function insertEvents(
  store: Store,
  decisionId: number,
  events: readonly NumberedEvent[],
  before: ReadonlyMap<number, LedgerClip>,
  after: ReadonlyMap<number, LedgerClip>,
  segments: ReadonlyMap<number, LedgerSegment>,
): void {
  const insert = store.prepare(
    `INSERT INTO label_events
       (event_id, decision_id, clip_id, segment_id, changes, label, previous_label, supersedes, reverts)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const { eventId, clipId, segmentId, changes, reverts } of events) {
    const segment = segmentId === null ? undefined : segments.get(segmentId)!;
    const [label, previous, supersedes] = segment
      ? [segment.present ? segment.fields.label : null, segment.previousLabel, segment.previousEvent]
      : [labelOf(after.get(clipId)!), labelOf(before.get(clipId)!), superseded(before.get(clipId)!)];
    const row = [eventId, decisionId, clipId, segmentId, JSON.stringify(changes), label, previous];
    insert.run(...row, supersedes, reverts ?? null);
  }
}

function clipIdsOf(events: readonly NewEvent[]): number[] {
  return events.filter(({ segmentId }) => segmentId === null).map(({ clipId }) => clipId);
}

function segmentIdsOf(events: readonly NewEvent[]): number[] {
  return [...new Set(events.map(({ segmentId }) => segmentId).filter((id) => id !== null))];
}
