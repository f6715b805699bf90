// Decides labels of clips, takes decisions back, and tells how a rater's undo and redo stand.
import { UserError } from '../../shared/contract/errors.ts';
import type {
  LabelPatch,
  LabelResult,
  LedgerEvent,
  LedgerState,
  Saw,
} from '../../shared/contract/schemas.ts';
import { getClips } from './clips.ts';
import type { Store } from './database.ts';
import { labelVersion } from './label-version.ts';
import { appendDecision, ledgerHead, type DecisionInfo } from './ledger.ts';
import type { NewEvent } from './ledger-derive.ts';
import { decisionEvents, getEvent, refuseUnseen, touchedClips } from './ledger-events.ts';
import { segmentsById } from './segment-rows.ts';

/**
 * One decision over one or many clips of one corpus, also those that had it already. On disk when it returns.
 * `saw`: what the rater had seen; a decision without it is about the clips as they are.
 * @throws UserError NOT_FOUND for an unknown clip, BAD_INPUT for a defective one or clips of two corpora,
 *   CONFLICT where somebody else has decided since
 */
export function decideLabels(
  store: Store,
  clipIds: readonly number[],
  patch: LabelPatch,
  info: DecisionInfo & { readonly saw?: Saw },
): LabelResult {
  const ids = [...new Set(clipIds)];
  return store.transaction(() => {
    const corpusId = corpusOfClips(store, ids);
    if (info.saw !== undefined) refuseUnseenClips(store, clipIds, info.saw, info.rater);
    const changes = changesOf(store, ids, patch, info.rater);
    const events = ids.map((clipId) => ({ clipId, segmentId: null, changes: changes(clipId) }));
    const decisionId = appendDecision(store, { ...info, corpusId, kind: 'label', events });
    return labelResult(store, corpusId, info.rater, decisionId);
  });
}

/** Gives clips a label (null: unsure) and says no more of them. @throws as decideLabels */
export function setLabels(
  store: Store,
  clipIds: readonly number[],
  label: string | null,
  info: DecisionInfo,
): LabelResult {
  return decideLabels(store, clipIds, { label }, info);
}

/** @throws UserError CONFLICT, and BAD_INPUT where `saw` is of another length than the clips */
export function refuseUnseenClips(store: Store, clipIds: readonly number[], saw: Saw, rater: string): void {
  if (Array.isArray(saw) && saw.length !== clipIds.length) {
    throw new UserError('BAD_INPUT', 'What was seen must be said of every clip, in the same order.');
  }
  const sawOf = (index: number): number => (Array.isArray(saw) ? saw[index]! : saw.upTo);
  const seen = new Map(clipIds.map((id, index) => [id, { id, saw: sawOf(index) }]));
  refuseUnseen(store, 'clip', [...seen.values()], rater);
}

/** What the event of each clip sets: the patch, with a label's three parts together. */
function changesOf(
  store: Store,
  clipIds: readonly number[],
  patch: LabelPatch,
  rater: string,
): (clipId: number) => LabelPatch {
  const { label, secondaryLabel, confidence, ...remarks } = patch;
  if (Object.values(patch).every((value) => value === undefined)) {
    throw new UserError('BAD_INPUT', 'The decision says nothing.');
  }
  if (label !== undefined) {
    const changes = { label, secondaryLabel: secondaryLabel ?? null, confidence: confidence ?? null };
    return () => ({ ...changes, ...remarks });
  }
  if (secondaryLabel === undefined && confidence === undefined) return () => remarks;
  const standing = ownOrCurrent(store, clipIds, rater);
  return (clipId) => {
    const own = standing.get(clipId)!;
    return {
      label: own.label,
      secondaryLabel: secondaryLabel === undefined ? own.secondaryLabel : secondaryLabel,
      confidence: confidence === undefined ? own.confidence : confidence,
      ...remarks,
    };
  };
}

interface StandingLabel {
  clipId: number;
  label: string | null;
  secondaryLabel: string | null;
  confidence: number | null;
}

/** The rater's own labels; of clips where there is none, the current label alone. */
function ownOrCurrent(store: Store, clipIds: readonly number[], rater: string): Map<number, StandingLabel> {
  const rows = store
    .prepare(
      `SELECT c.clip_id AS clipId, CASE WHEN o.clip_id IS NULL THEN c.label ELSE o.label END AS label,
         o.secondary_label AS secondaryLabel, o.confidence
       FROM json_each(?) j JOIN clips c ON c.clip_id = j.value
       LEFT JOIN rater_labels o ON o.clip_id = c.clip_id AND o.rater = ?`,
    )
    .all(JSON.stringify(clipIds), rater) as StandingLabel[];
  return new Map(rows.map((row) => [row.clipId, row]));
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
  return store.transaction(() => {
    const target = reversible(store, corpusId, rater)[kind];
    if (target === null) throw new UserError('BAD_INPUT', `There is nothing to ${kind}.`);
    const events = eventsAbout(store, target);
    const decisionId = appendDecision(store, {
      ...{ corpusId, kind, target, rater, events },
      ...(at !== undefined && { at }),
    });
    return labelResult(store, corpusId, rater, decisionId);
  });
}

/** An event each for what a decision was about. */
function eventsAbout(store: Store, decisionId: number): NewEvent[] {
  const rows = store
    .prepare(
      `SELECT clip_id AS clipId, segment_id AS segmentId FROM label_events
       WHERE decision_id = ? GROUP BY clip_id, segment_id ORDER BY min(event_id)`,
    )
    .all(decisionId) as { clipId: number; segmentId: number | null }[];
  return rows.map((row) => ({ ...row, changes: {} }));
}

/**
 * Takes out one event of any rater, or every event of its decision that counts.
 * @throws UserError NOT_FOUND for an unknown event, BAD_INPUT for one that does not count or cannot be reverted
 */
export function revert(
  store: Store,
  eventId: number,
  scope: 'event' | 'decision',
  info: DecisionInfo,
): LabelResult {
  return store.transaction(() => {
    const event = getEvent(store, eventId);
    if (!event.revertible) throw new UserError('BAD_INPUT', whyNotRevertible(event));
    const reverted =
      scope === 'event'
        ? [event]
        : decisionEvents(store, event.decisionId).filter(({ revertible }) => revertible);
    const { corpusId } = touchedClips(store, event.decisionId);
    const events = reverted.map(({ clipId, segmentId, eventId: reverts }) => ({
      ...{ clipId, segmentId, reverts },
      changes: {},
    }));
    const decisionId = appendDecision(store, { ...info, corpusId, kind: 'revert', events });
    return labelResult(store, corpusId, info.rater, decisionId);
  });
}

function whyNotRevertible({ kind, undone }: LedgerEvent): string {
  if (kind === 'import') return 'What the corpus says of a clip cannot be reverted; give the clip a label.';
  if (kind === 'undo' || kind === 'redo') return `An ${kind} is not reverted; its rater can redo or undo.`;
  return undone ? 'This event was taken back already.' : 'This event cannot be reverted.';
}

/** What an interface shows beside undo and redo. */
export function labelState(store: Store, corpusId: number, rater: string): LedgerState {
  const next = reversible(store, corpusId, rater);
  return {
    labelVersion: labelVersion(store, corpusId),
    head: ledgerHead(store),
    canUndo: next.undo !== null,
    canRedo: next.redo !== null,
  };
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

/**
 * The corpus that clips are of.
 * @throws UserError NOT_FOUND for an unknown clip, BAD_INPUT for a defective one, for none, or clips of two corpora
 */
export function corpusOfClips(store: Store, clipIds: readonly number[]): number {
  const row = store
    .prepare(
      `SELECT min(c.corpus_id) AS corpusId, count(DISTINCT c.corpus_id) AS corpora,
         min(CASE WHEN c.clip_id IS NULL OR c.state = 'forgotten' THEN j.value END) AS unknown,
         min(CASE WHEN c.state = 'defective' THEN c.path END) AS defective
       FROM json_each(?) j LEFT JOIN clips c ON c.clip_id = j.value`,
    )
    .get(JSON.stringify(clipIds)) as {
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

/** What a decision has changed, and how its rater stands now. */
export function labelResult(store: Store, corpusId: number, rater: string, decisionId: number): LabelResult {
  const about = eventsAbout(store, decisionId);
  const clipIds = about.filter(({ segmentId }) => segmentId === null).map(({ clipId }) => clipId);
  const segmentIds = about.map(({ segmentId }) => segmentId).filter((id) => id !== null);
  const segments = segmentsById(store, segmentIds);
  const present = new Set(segments.map(({ segmentId }) => segmentId));
  return {
    decisionId,
    clips: getClips(store, clipIds),
    segments,
    goneSegmentIds: segmentIds.filter((id) => !present.has(id)),
    ...labelState(store, corpusId, rater),
    savedAt: new Date().toISOString(),
  };
}
