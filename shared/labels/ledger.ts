// The ledger's algebra: what a sequence of decisions means. Pure; the store keeps the same results materialised.
//
// A decision is a group of events, each about a clip or a segment; none is ever changed or removed. Undo, redo and
// revert are decisions themselves: an undo switches its rater's earlier decision off at its own place in the sequence
// and a redo on again; a revert takes out single events of anybody, reverts among them, for as long as it stands.
// What is left stands, and the state of a clip or segment is the fold of its standing events in their order. So
// undoing one's own decision never takes away what somebody else decided later.

/** What one event sets; what it leaves out stays as it was. `label`, `secondaryLabel` and `confidence` come together. */
export interface ClipChanges {
  readonly label?: string | null;
  readonly secondaryLabel?: string | null;
  readonly confidence?: number | null;
  readonly note?: string | null;
  readonly bad?: boolean;
}

/** A standing event about a clip. */
export interface ClipEvent {
  readonly eventId: number;
  readonly kind: 'label' | 'resolve';
  readonly rater: string;
  readonly changes: ClipChanges;
}

/** A label as somebody has decided it; null: unsure. `confidence` 1..5. */
export interface Verdict {
  readonly eventId: number;
  readonly rater: string;
  readonly label: string | null;
  readonly secondaryLabel: string | null;
  readonly confidence: number | null;
}

export interface ClipState {
  /** The current label; null while it is the one that the corpus came with. */
  readonly verdict: Verdict | null;
  /** The current label is a resolution. */
  readonly resolved: boolean;
  readonly note: string | null;
  readonly bad: boolean;
  /** Each rater's own label, by rater. */
  readonly own: ReadonlyMap<string, Verdict>;
}

/**
 * A clip's state from its standing events, oldest first. The current label is that of the last resolution; without
 * one, the last label of any rater; without one, the corpus's own. A resolution is nobody's own label.
 */
export function foldClip(events: readonly ClipEvent[]): ClipState {
  const own = new Map<string, Verdict>();
  let last: Verdict | null = null;
  let resolution: Verdict | null = null;
  let note: string | null = null;
  let bad = false;
  for (const { eventId, kind, rater, changes } of events) {
    if (changes.note !== undefined) note = changes.note;
    if (changes.bad !== undefined) bad = changes.bad;
    if (changes.label === undefined) continue;
    const { label, secondaryLabel = null, confidence = null } = changes;
    const verdict = { eventId, rater, label, secondaryLabel, confidence };
    if (kind === 'resolve') {
      resolution = verdict;
    } else {
      last = verdict;
      own.set(rater, verdict);
    }
  }
  return { verdict: resolution ?? last, resolved: resolution !== null, note, bad, own };
}

/** Whether raters differ ("unsure" differs from nothing) and no resolution has ended it, or one has since been gainsaid. */
export function isDisputed({ own, resolved, verdict }: ClipState): boolean {
  const verdicts = [...own.values()];
  const labels = new Set(verdicts.map(({ label }) => label).filter((label) => label !== null));
  if (labels.size < 2) return false;
  return (
    !resolved || verdicts.some(({ eventId, label }) => eventId > verdict!.eventId && label !== verdict!.label)
  );
}

/** What one event sets of a segment. Start and end come together, so that no undo leaves an end before its start. */
export interface SegmentChanges {
  readonly created?: boolean;
  readonly deleted?: boolean;
  readonly startSeconds?: number;
  readonly endSeconds?: number;
  readonly tier?: string;
  readonly label?: string | null;
  readonly locked?: boolean;
  readonly note?: string | null;
}

export interface SegmentState {
  /** Its making stands and no deletion does. */
  readonly present: boolean;
  /** The fields that standing events have set. */
  readonly fields: Omit<SegmentChanges, 'created' | 'deleted'>;
}

/** A segment's state from the changes of its standing events, oldest first. */
export function foldSegment(events: readonly SegmentChanges[]): SegmentState {
  const { created, deleted, ...fields } = Object.assign({}, ...events) as SegmentChanges;
  return { present: created === true && deleted !== true, fields };
}

/** active: counts. undone: redo brings it back. dropped: undone for good, since its rater has decided anew. */
export type DecisionState = 'active' | 'undone' | 'dropped';

/** A decision as the algebra sees it: everything but an import. `events`: ids; of a revert, with what each takes out. */
export interface Decision {
  readonly decisionId: number;
  readonly kind: 'label' | 'resolve' | 'segment' | 'revert' | 'undo' | 'redo';
  readonly rater: string;
  /** The decision that an undo or redo is about. */
  readonly target?: number;
  readonly events: readonly { readonly eventId: number; readonly reverts?: number }[];
}

/** Where every decision that can be undone stands after the sequence. */
export function decisionStates(decisions: readonly Decision[]): Map<number, DecisionState> {
  const states = new Map<number, DecisionState>();
  const undone = new Map<string, Set<number>>();
  for (const { decisionId, kind, rater, target } of decisions) {
    let waiting = undone.get(rater);
    if (!waiting) undone.set(rater, (waiting = new Set()));
    if (kind === 'undo') {
      states.set(target!, 'undone');
      waiting.add(target!);
    } else if (kind === 'redo') {
      states.set(target!, 'active');
      waiting.delete(target!);
    } else {
      for (const id of waiting) states.set(id, 'dropped');
      waiting.clear();
      states.set(decisionId, 'active');
    }
  }
  return states;
}

/** Ids of the events that stand: their decision is active and no standing revert takes them out. */
export function standingEvents(decisions: readonly Decision[]): Set<number> {
  const states = decisionStates(decisions);
  const standing = new Set<number>();
  const reverted = new Set<number>();
  // A revert is later than what it takes out, so from the end every verdict on an event is known when it is met.
  for (const { decisionId, events } of [...decisions].reverse()) {
    for (const { eventId, reverts } of events) {
      if (states.get(decisionId) !== 'active' || reverted.has(eventId)) continue;
      standing.add(eventId);
      if (reverts !== undefined) reverted.add(reverts);
    }
  }
  return standing;
}

/** The decision that a rater's next undo takes back and the one that the next redo brings back; null where there is none. */
export interface Reversible {
  readonly undo: number | null;
  readonly redo: number | null;
}

/** Each rater has undo and redo of their own: last made, first undone; last undone, first redone. */
export function reversible(decisions: readonly Decision[], rater: string): Reversible {
  const undo: number[] = [];
  const redo: number[] = [];
  for (const decision of decisions) {
    if (decision.rater !== rater) continue;
    if (decision.kind === 'undo') {
      redo.push(undo.pop()!);
    } else if (decision.kind === 'redo') {
      undo.push(redo.pop()!);
    } else {
      undo.push(decision.decisionId);
      redo.length = 0;
    }
  }
  return { undo: undo.at(-1) ?? null, redo: redo.at(-1) ?? null };
}
