// Laws that the ledger's algebra keeps, and what a clip and a segment are after their events.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decisionStates,
  foldClip,
  foldSegment,
  reversible,
  standingEvents,
  type ClipEvent,
  type Decision,
} from './ledger.ts';

const RATERS = ['ann', 'bob'];

const step = fc.record({
  kind: fc.constantFrom('label', 'label', 'revert', 'undo', 'redo'),
  rater: fc.constantFrom(...RATERS),
  events: fc.integer({ min: 1, max: 3 }),
  reverts: fc.nat(),
});

/** Only decisions that are possible: an undo of nothing, or a revert of what does not stand, is left out. */
const sequence = fc.array(step, { maxLength: 30 }).map((steps) => {
  const decisions: Decision[] = [];
  let lastEvent = 0;
  for (const { kind, rater, events, reverts } of steps) {
    const decisionId = decisions.length + 1;
    if (kind === 'label') {
      const ids = Array.from({ length: events }, () => ({ eventId: ++lastEvent }));
      decisions.push({ decisionId, kind, rater, events: ids });
    } else if (kind === 'revert') {
      const standing = [...standingEvents(decisions)].sort((a, b) => a - b);
      if (standing.length === 0) continue;
      const taken = standing[reverts % standing.length]!;
      decisions.push({ decisionId, kind, rater, events: [{ eventId: ++lastEvent, reverts: taken }] });
    } else {
      const target = reversible(decisions, rater)[kind as 'undo' | 'redo'];
      if (target !== null)
        decisions.push({ decisionId, kind: kind as 'undo' | 'redo', rater, target, events: [] });
    }
  }
  return decisions;
});

function step2(decisions: readonly Decision[], next: Omit<Decision, 'decisionId'>): Decision[] {
  return [...decisions, { decisionId: decisions.length + 1, ...next }];
}

describe('what stands', () => {
  it('is the same after an undo and its redo, and after a decision or a revert and its undo', () => {
    fc.assert(
      fc.property(sequence, fc.constantFrom(...RATERS), fc.nat(), (decisions, rater, pick) => {
        const before = standingEvents(decisions);
        const { undo } = reversible(decisions, rater);
        if (undo !== null) {
          const undone = step2(decisions, { kind: 'undo', rater, target: undo, events: [] });
          const there = step2(undone, { kind: 'redo', rater, target: undo, events: [] });
          expect(standingEvents(there)).toEqual(before);
          expect(reversible(there, rater)).toEqual(reversible(decisions, rater));
        }
        const taken = [...before][pick % Math.max(1, before.size)];
        const events = [{ eventId: 1e6, ...(taken !== undefined && { reverts: taken }) }];
        const kind = taken === undefined ? 'label' : 'revert';
        const decided = step2(decisions, { kind, rater, events });
        if (taken !== undefined) expect(standingEvents(decided).has(taken)).toBe(false);
        const target = decided.length;
        const back = step2(decided, { kind: 'undo', rater, target, events: [] });
        expect(standingEvents(back)).toEqual(before);
      }),
    );
  });

  it('comes back when the revert is reverted', () => {
    fc.assert(
      fc.property(sequence, fc.nat(), (decisions, pick) => {
        const before = [...standingEvents(decisions)];
        fc.pre(before.length > 0);
        const reverts = before[pick % before.length]!;
        const once = step2(decisions, { kind: 'revert', rater: 'ann', events: [{ eventId: 1e6, reverts }] });
        const twice = step2(once, {
          ...{ kind: 'revert', rater: 'bob' },
          events: [{ eventId: 1e6 + 1, reverts: 1e6 }],
        });
        expect([...standingEvents(twice)].filter((id) => id < 1e6).sort()).toEqual(before.sort());
      }),
    );
  });

  it('is nothing when everybody has undone everything', () => {
    fc.assert(
      fc.property(sequence, (decisions) => {
        let all = decisions;
        for (const rater of RATERS) {
          for (let { undo } = reversible(all, rater); undo !== null; { undo } = reversible(all, rater)) {
            all = step2(all, { kind: 'undo', rater, target: undo, events: [] });
          }
        }
        expect([...standingEvents(all)]).toEqual([]);
        expect([...decisionStates(all).values()]).not.toContain('active');
      }),
    );
  });
});

describe('a clip', () => {
  const event = (eventId: number, rater: string, changes: ClipEvent['changes']): ClipEvent => ({
    ...{ eventId, kind: 'label', rater, changes },
  });

  it('has the label of the last decision of anybody, and each rater their own', () => {
    const state = foldClip([
      event(1, 'ann', { label: 'anger', confidence: 2 }),
      event(2, 'bob', { label: null }),
      event(3, 'ann', { note: 'door slams' }),
      event(4, 'cy', { bad: true }),
    ]);
    expect(state.verdict).toEqual({
      ...{ eventId: 2, rater: 'bob', label: null, secondaryLabel: null, confidence: null },
    });
    expect(state).toMatchObject({ resolved: false, note: 'door slams', bad: true });
    expect([...state.own].map(([rater, { label }]) => [rater, label])).toEqual([
      ['ann', 'anger'],
      ['bob', null],
    ]);
  });

  it("keeps a resolution above later decisions, and as nobody's own label", () => {
    const resolution = { ...event(2, 'cy', { label: 'fear' }), kind: 'resolve' } as const;
    const state = foldClip([
      event(1, 'ann', { label: 'anger' }),
      resolution,
      event(3, 'bob', { label: 'calm' }),
    ]);
    expect(state).toMatchObject({ verdict: { label: 'fear', rater: 'cy' }, resolved: true });
    expect([...state.own.keys()]).toEqual(['ann', 'bob']);
  });
});

describe('a segment', () => {
  it('is there while its making stands and no deletion does', () => {
    const made = { created: true, startSeconds: 0, endSeconds: 1, label: null };
    expect(foldSegment([made, { label: 'fear' }, { startSeconds: 0.2, endSeconds: 1 }])).toEqual({
      present: true,
      fields: { startSeconds: 0.2, endSeconds: 1, label: 'fear' },
    });
    expect(foldSegment([made, { deleted: true }]).present).toBe(false);
    expect(foldSegment([{ label: 'fear' }]).present).toBe(false);
  });
});
