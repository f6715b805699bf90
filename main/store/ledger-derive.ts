// What follows from the ledger's events: the states of clips and segments, and their rows.
import {
  foldClip,
  foldSegment,
  isDisputed,
  type ClipEvent,
  type ClipState,
  type SegmentChanges,
} from '../../shared/labels/ledger.ts';
import type { Store } from './database.ts';
import { digestLabel } from './label-digest.ts';
import { moveDigest } from './label-version.ts';

/** An event to be: about a clip, or about a segment of it (`segmentId`). `reverts`: the event that it takes out. */
export interface NewEvent {
  readonly clipId: number;
  readonly segmentId: number | null;
  readonly changes: object;
  readonly reverts?: number;
}

export interface NumberedEvent extends NewEvent {
  readonly eventId: number;
}

/** Events whose decision is active and that no standing revert takes out. */
const STANDING = `
  JOIN decisions d ON d.decision_id = e.decision_id
  JOIN decision_states s ON s.decision_id = e.decision_id AND s.state = 'active'
  WHERE NOT EXISTS (SELECT 1 FROM reverted_events r WHERE r.event_id = e.event_id)`;

/** A clip as the ledger has it, with what it had before any event. */
export interface LedgerClip {
  readonly clipId: number;
  readonly path: string;
  readonly good: number;
  readonly importedLabel: string | null;
  readonly events: readonly ClipEvent[];
  readonly state: ClipState;
}

export function clipStates(store: Store, clipIds: readonly number[]): Map<number, LedgerClip> {
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
export function withEvents(
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
export function labelOf({ importedLabel, state }: LedgerClip): string | null {
  return state.verdict ? state.verdict.label : importedLabel;
}

/** What a clip adds to the version of its corpus's labels. */
function versionedLabel(clip: LedgerClip): string | null {
  return digestLabel(labelOf(clip), clip.state.bad);
}

/** A segment's row before, and what the ledger makes of it. */
export interface LedgerSegment {
  readonly segmentId: number;
  readonly previousLabel: string | null;
  readonly previousEvent: number | null;
  readonly present: boolean;
  readonly fields: Required<ReturnType<typeof foldSegment>['fields']>;
}

/** States of segments from what stands, with events that are about to be appended to a standing decision. */
export function segmentStates(
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

/** The event that says a clip's current label; 0: the corpus; null: nobody. */
export function superseded({ importedLabel, state }: LedgerClip): number | null {
  return state.verdict?.eventId ?? (importedLabel === null ? null : 0);
}

/** Writes clips as the ledger now has them, every rater's own label, and the corpus's digest. */
export function writeClips(
  store: Store,
  corpusId: number,
  before: ReadonlyMap<number, LedgerClip>,
  after: ReadonlyMap<number, LedgerClip>,
  events: readonly NumberedEvent[],
): void {
  const lastEvent = new Map(events.map(({ clipId, eventId }) => [clipId, eventId]));
  for (const clip of after.values()) {
    const was = before.get(clip.clipId)!;
    writeClip(store, clip, lastEvent.get(clip.clipId)!, was);
    writeOwnLabels(store, clip, was.state);
  }
  const changes = [...after.values()].flatMap((clip) => {
    if (clip.good === 0) return [];
    return [
      { path: clip.path, before: versionedLabel(before.get(clip.clipId)!), after: versionedLabel(clip) },
    ];
  });
  moveDigest(store, corpusId, changes);
}

function writeClip(store: Store, clip: LedgerClip, eventId: number, before?: LedgerClip): void {
  const { verdict, resolved, note, bad } = clip.state;
  store
    .prepare(
      `UPDATE clips SET secondary_label = ?, confidence = ?, resolved = ?, disputed = ?, note = ?, bad = ?, event_id = ?
       WHERE clip_id = ?`,
    )
    .run(
      verdict?.secondaryLabel ?? null,
      verdict?.confidence ?? null,
      resolved ? 1 : 0,
      isDisputed(clip.state) ? 1 : 0,
      note,
      bad ? 1 : 0,
      eventId,
      clip.clipId,
    );
  const [label, rater] = [labelOf(clip), verdict?.rater ?? null];
  // Every index of clips holds these two, so they are not written for nothing.
  if (before && labelOf(before) === label && (before.state.verdict?.rater ?? null) === rater) return;
  store.prepare('UPDATE clips SET label = ?, rater = ? WHERE clip_id = ?').run(label, rater, clip.clipId);
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

export function writeSegments(
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
