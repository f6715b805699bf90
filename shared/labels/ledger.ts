// The ledger's algebra: what a sequence of decisions means. Pure; the store keeps the same results materialised.
//
// A decision is never changed or removed. Undo and redo are decisions themselves: they switch an earlier decision
// off and on at its own place in the sequence. So a clip's label is that of the last decision over it that is
// switched on, whoever made it, and undoing one's own decision never takes away what somebody else decided later.

/** What the corpus itself says of clips from now on (its file names or its table have changed). */
export interface ImportDecision {
  readonly id: number;
  readonly kind: 'import';
  readonly labels: ReadonlyMap<number, string | null>;
}

/** A rater's label over one or many clips; null: unsure, no label. */
export interface LabelDecision {
  readonly id: number;
  readonly kind: 'label';
  readonly rater: string;
  readonly clipIds: readonly number[];
  readonly label: string | null;
}

/** Takes the decision `target` of the same rater back, or brings it back. */
export interface ReverseDecision {
  readonly id: number;
  readonly kind: 'undo' | 'redo';
  readonly rater: string;
  readonly target: number;
}

export type Decision = ImportDecision | LabelDecision | ReverseDecision;

/** active: counts. undone: redo brings it back. dropped: undone for good, since its rater has decided anew. */
export type DecisionState = 'active' | 'undone' | 'dropped';

/** Where every label decision stands after the sequence, oldest first. */
export function decisionStates(decisions: readonly Decision[]): Map<number, DecisionState> {
  const states = new Map<number, DecisionState>();
  const raters = new Map<number, string>();
  for (const decision of decisions) {
    if (decision.kind === 'import') continue;
    if (decision.kind !== 'label') {
      states.set(decision.target, decision.kind === 'undo' ? 'undone' : 'active');
      continue;
    }
    for (const [id, state] of states) {
      if (state === 'undone' && raters.get(id) === decision.rater) states.set(id, 'dropped');
    }
    states.set(decision.id, 'active');
    raters.set(decision.id, decision.rater);
  }
  return states;
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
    if (decision.kind === 'import' || decision.rater !== rater) continue;
    if (decision.kind === 'label') {
      undo.push(decision.id);
      redo.length = 0;
    } else if (decision.kind === 'undo') {
      redo.push(undo.pop()!);
    } else {
      undo.push(redo.pop()!);
    }
  }
  return { undo: undo.at(-1) ?? null, redo: redo.at(-1) ?? null };
}

/** `rater`: who decided it; null for the label that the corpus came with. */
export interface CurrentLabel {
  readonly label: string | null;
  readonly rater: string | null;
}

/** Labels after a sequence of decisions, from those that the corpus came with. */
export function currentLabels(
  imported: ReadonlyMap<number, string | null>,
  decisions: readonly Decision[],
): Map<number, CurrentLabel> {
  const states = decisionStates(decisions);
  const labels = new Map<number, CurrentLabel>();
  for (const [clipId, label] of imported) labels.set(clipId, { label, rater: null });
  for (const decision of decisions) {
    if (decision.kind === 'import') {
      for (const [clipId, label] of decision.labels) {
        if (!labels.get(clipId)?.rater) labels.set(clipId, { label, rater: null });
      }
    } else if (decision.kind === 'label' && states.get(decision.id) === 'active') {
      for (const clipId of decision.clipIds) {
        labels.set(clipId, { label: decision.label, rater: decision.rater });
      }
    }
  }
  return labels;
}
