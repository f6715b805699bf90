// Appends decisions to the ledger, and writes in the same transaction all that is derived from them.
import type { EventKind } from '../../shared/contract/schemas.ts';
import {
  foldClip,
  foldSegment,
  type ClipEvent,
  type ClipState,
  type SegmentChanges,
} from '../../shared/labels/ledger.ts';
import type { Store } from './database.ts';
import { moveDigest } from './label-version.ts';

/** Who decides, why, and whether without sight of the label that stood there. `at`: ISO time, by default now. */
export interface DecisionInfo {
  readonly rater: string;
  readonly reason?: string | null;
  readonly blind?: boolean;
  readonly at?: string;
}

/** An event to be: about a clip, or about a segment of it (`segmentId`). `reverts`: the event that it takes out. */
export interface NewEvent {
  readonly clipId: number;
  readonly segmentId: number | null;
  readonly changes: object;
  readonly reverts?: number;
}

export interface NewDecision extends DecisionInfo {
  readonly corpusId: number;
  readonly kind: Exclude<EventKind, 'import'>;
  /** The decision that an undo or redo is about. */
  readonly target?: number;
  readonly events: readonly NewEvent[];
}

interface NumberedEvent extends NewEvent {
  readonly eventId: number;
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

/** Writes clips and segments of a corpus as its standing events have them. Within the caller's transaction. */
export function deriveAll(store: Store, corpusId: number): void {
  const clipIds = store
    .prepare('SELECT clip_id FROM clips WHERE corpus_id = ?')
    .pluck()
    .all(corpusId) as number[];
  const last = lastEvents(store, corpusId);
  store
    .prepare('DELETE FROM rater_labels WHERE clip_id IN (SELECT clip_id FROM clips WHERE corpus_id = ?)')
    .run(corpusId);
  for (const clip of clipStates(store, clipIds).values()) {
    writeClip(store, clip, last.clips.get(clip.clipId)?.eventId ?? 0);
    writeOwnLabels(store, clip, foldClip([]));
  }
  for (const segment of segmentStates(store, [...last.segments.keys()], []).values()) {
    const { rater, eventId } = last.segments.get(segment.segmentId)!;
    writeSegment(store, segment, rater!, eventId);
  }
}

interface LastEvent {
  readonly eventId: number;
  readonly rater: string | null;
}

/** The last event about every clip and every segment of a corpus. */
function lastEvents(
  store: Store,
  corpusId: number,
): { clips: Map<number, LastEvent>; segments: Map<number, LastEvent> } {
  const rows = store
    .prepare(
      `SELECT e.clip_id AS clipId, e.segment_id AS segmentId, e.event_id AS eventId, d.rater
       FROM label_events e JOIN decisions d USING (decision_id) WHERE d.corpus_id = ? ORDER BY e.event_id`,
    )
    .all(corpusId) as ({ clipId: number; segmentId: number | null } & LastEvent)[];
  const clips = new Map<number, LastEvent>();
  const segments = new Map<number, LastEvent>();
  for (const { clipId, segmentId, eventId, rater } of rows) {
    if (segmentId === null) clips.set(clipId, { eventId, rater });
    else segments.set(segmentId, { eventId, rater });
  }
  return { clips, segments };
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

/** Events whose decision is active and that no standing revert takes out. */
const STANDING = `
  JOIN decisions d ON d.decision_id = e.decision_id
  JOIN decision_states s ON s.decision_id = e.decision_id AND s.state = 'active'
  WHERE NOT EXISTS (SELECT 1 FROM reverted_events r WHERE r.event_id = e.event_id)`;

/** A clip as the ledger has it, with what it had before any event. */
interface LedgerClip {
  readonly clipId: number;
  readonly path: string;
  readonly good: number;
  readonly importedLabel: string | null;
  readonly events: readonly ClipEvent[];
  readonly state: ClipState;
}

function clipStates(store: Store, clipIds: readonly number[]): Map<number, LedgerClip> {
  if (clipIds.length === 0) return new Map();
  const ids = JSON.stringify(clipIds);
  const rows = store
    .prepare(
      `SELECT clip_id AS clipId, path, state = 'good' AS good, imported_label AS importedLabel
       FROM clips WHERE clip_id IN (SELECT value FROM json_each(?))`,
    )
    .all(ids) as Omit<LedgerClip, 'events' | 'state'>[];
  const standing = store
    .prepare(
      `SELECT e.clip_id AS clipId, e.event_id AS eventId, d.kind, d.rater, e.changes
       FROM json_each(?) j JOIN label_events e ON e.clip_id = j.value AND e.segment_id IS NULL
       ${STANDING} AND d.kind IN ('label', 'resolve') ORDER BY e.event_id`,
    )
    .all(ids) as {
    clipId: number;
    eventId: number;
    kind: ClipEvent['kind'];
    rater: string;
    changes: string;
  }[];
  const byClip = Map.groupBy(standing, ({ clipId }) => clipId);
  return new Map(
    rows.map((row) => {
      const events = (byClip.get(row.clipId) ?? []).map(({ eventId, kind, rater, changes }) => ({
        ...{ eventId, kind, rater },
        changes: JSON.parse(changes) as ClipEvent['changes'],
      }));
      return [row.clipId, { ...row, events, state: foldClip(events) }];
    }),
  );
}

/** The same clips after one more standing event each. */
function withEvents(
  clips: ReadonlyMap<number, LedgerClip>,
  added: readonly NumberedEvent[],
  kind: ClipEvent['kind'],
  rater: string,
): Map<number, LedgerClip> {
  return new Map(
    added.map(({ clipId, eventId, changes }) => {
      const clip = clips.get(clipId)!;
      const events = [...clip.events, { eventId, kind, rater, changes }];
      return [clipId, { ...clip, events, state: foldClip(events) }];
    }),
  );
}

/** Current label of a clip. */
function labelOf({ importedLabel, state }: LedgerClip): string | null {
  return state.verdict ? state.verdict.label : importedLabel;
}

/** A segment's row before, and what the ledger makes of it. */
interface LedgerSegment {
  readonly segmentId: number;
  readonly previousLabel: string | null;
  readonly previousEvent: number | null;
  readonly present: boolean;
  readonly fields: Required<ReturnType<typeof foldSegment>['fields']>;
}

/** States of segments from what stands, with events that are about to be appended to a standing decision. */
function segmentStates(
  store: Store,
  segmentIds: readonly number[],
  added: readonly NumberedEvent[],
): Map<number, LedgerSegment> {
  if (segmentIds.length === 0) return new Map();
  const ids = JSON.stringify(segmentIds);
  const rows = store
    .prepare(
      `SELECT segment_id AS segmentId, start_seconds AS startSeconds, end_seconds AS endSeconds, tier, label,
         locked = 1 AS locked, note, event_id AS eventId
       FROM segments WHERE segment_id IN (SELECT value FROM json_each(?))`,
    )
    .all(ids) as (Required<SegmentChanges> & { segmentId: number; eventId: number })[];
  const standing = store
    .prepare(
      `SELECT e.segment_id AS segmentId, e.changes FROM json_each(?) j JOIN label_events e ON e.segment_id = j.value
       ${STANDING} AND d.kind = 'segment' ORDER BY e.event_id`,
    )
    .all(ids) as { segmentId: number; changes: string }[];
  const changesOf = Map.groupBy(standing, ({ segmentId }) => segmentId);
  const addedTo = Map.groupBy(added, ({ segmentId }) => segmentId);
  return new Map(
    rows.map(({ segmentId, eventId, startSeconds, endSeconds, tier, label, locked, note }) => {
      const { present, fields } = foldSegment([
        ...(changesOf.get(segmentId) ?? []).map(({ changes }) => JSON.parse(changes) as SegmentChanges),
        ...(addedTo.get(segmentId) ?? []).map(({ changes }) => changes as SegmentChanges),
      ]);
      return [
        segmentId,
        {
          ...{ segmentId, present },
          previousLabel: eventId === 0 ? null : label,
          previousEvent: eventId === 0 ? null : eventId,
          fields: { startSeconds, endSeconds, tier, label, note, locked: Boolean(locked), ...fields },
        },
      ];
    }),
  );
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

/** The event that says a clip's current label; 0: the corpus; null: nobody. */
function superseded({ importedLabel, state }: LedgerClip): number | null {
  return state.verdict?.eventId ?? (importedLabel === null ? null : 0);
}

/** Writes clips as the ledger now has them, every rater's own label, and the corpus's digest. */
function writeClips(
  store: Store,
  corpusId: number,
  before: ReadonlyMap<number, LedgerClip>,
  after: ReadonlyMap<number, LedgerClip>,
  events: readonly NumberedEvent[],
): void {
  const lastEvent = new Map(events.map(({ clipId, eventId }) => [clipId, eventId]));
  for (const clip of after.values()) {
    writeClip(store, clip, lastEvent.get(clip.clipId)!);
    writeOwnLabels(store, clip, before.get(clip.clipId)!.state);
  }
  const changes = [...after.values()].flatMap((clip) => {
    if (clip.good === 0) return [];
    return [{ path: clip.path, before: labelOf(before.get(clip.clipId)!), after: labelOf(clip) }];
  });
  moveDigest(store, corpusId, changes);
}

function writeClip(store: Store, clip: LedgerClip, eventId: number): void {
  const { verdict, resolved, note, bad } = clip.state;
  store
    .prepare(
      `UPDATE clips SET label = ?, rater = ?, secondary_label = ?, confidence = ?, resolved = ?, note = ?, bad = ?,
         event_id = ? WHERE clip_id = ?`,
    )
    .run(
      labelOf(clip),
      verdict?.rater ?? null,
      verdict?.secondaryLabel ?? null,
      verdict?.confidence ?? null,
      resolved ? 1 : 0,
      note,
      bad ? 1 : 0,
      eventId,
      clip.clipId,
    );
}

function writeOwnLabels(store: Store, { clipId, state }: LedgerClip, before: ClipState): void {
  const remove = store.prepare('DELETE FROM rater_labels WHERE clip_id = ? AND rater = ?');
  for (const rater of before.own.keys()) if (!state.own.has(rater)) remove.run(clipId, rater);
  for (const [rater, verdict] of state.own) {
    const { eventId, label, secondaryLabel, confidence } = verdict;
    if (before.own.get(rater)?.eventId === eventId) continue;
    store
      .prepare(
        `INSERT OR REPLACE INTO rater_labels (clip_id, rater, event_id, label, secondary_label, confidence)
         VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(clipId, rater, eventId, label, secondaryLabel, confidence);
  }
}

function writeSegments(
  store: Store,
  segments: ReadonlyMap<number, LedgerSegment>,
  rater: string,
  events: readonly NumberedEvent[],
): void {
  const lastEvent = new Map(events.map(({ segmentId, eventId }) => [segmentId, eventId]));
  for (const segment of segments.values()) {
    writeSegment(store, segment, rater, lastEvent.get(segment.segmentId)!);
  }
}

function writeSegment(
  store: Store,
  { segmentId, present, fields }: LedgerSegment,
  rater: string,
  eventId: number,
): void {
  const { startSeconds, endSeconds, tier, label, locked, note } = fields;
  const flags = [present ? 1 : 0, locked ? 1 : 0];
  store
    .prepare(
      `UPDATE segments SET present = ?, locked = ?, start_seconds = ?, end_seconds = ?, tier = ?, label = ?, note = ?,
         rater = ?, event_id = ? WHERE segment_id = ?`,
    )
    .run(...flags, startSeconds, endSeconds, tier, label, note, rater, eventId, segmentId);
}

function clipIdsOf(events: readonly NewEvent[]): number[] {
  return events.filter(({ segmentId }) => segmentId === null).map(({ clipId }) => clipId);
}

function segmentIdsOf(events: readonly NewEvent[]): number[] {
  return [...new Set(events.map(({ segmentId }) => segmentId).filter((id) => id !== null))];
}
