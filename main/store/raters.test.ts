// Several raters on one corpus: conflicts, own labels, agreement, disagreements and what ends them; versions and label sets.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../shared/contract/errors.ts';
import {
  agreementSchema,
  conflictSchema,
  disagreementSchema,
  labelResultSchema,
  labelSetSchema,
  namedVersionSchema,
  versionComparisonSchema,
} from '../../shared/contract/schemas.ts';
import { agreement, disagreements, resolveLabels } from './agreement.ts';
import { getClip } from './clips.ts';
import { openStore, type Store } from './database.ts';
import { chooseLabelSet, corpusLabelSet, listLabelSets, removeLabelSet, saveLabelSet } from './label-sets.ts';
import { compareVersions, createVersion, listVersions, renameVersion } from './label-versions.ts';
import { decideLabels, redo, revert, setLabels, undo } from './labels.ts';
import { history } from './ledger-events.ts';
import { listRaters, ownLabels } from './raters.ts';
import { clipSegments } from './segment-rows.ts';
import { editSegments } from './segments.ts';
import { clipRecord, corpusOf, sixClips } from './testing.ts';

let store: Store;
let corpusId: number;
beforeEach(() => {
  store = openStore(':memory:');
  corpusId = sixClips(store);
});
afterEach(() => store.close());

/** The refusal of `act`. */
function refusal(act: () => unknown): UserError {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError) return error;
  }
  throw new Error('It was not refused.');
}

describe('a decision that has not seen a newer one', () => {
  it('is refused with the newer event, and may be made again once it has', () => {
    const [seen] = setLabels(store, [1], 'fear', { rater: 'ann' }).clips;
    decideLabels(store, [1], { label: 'calm', confidence: 4 }, { rater: 'bob', saw: [seen!.eventId] });
    const again = (saw: number) => () =>
      decideLabels(store, [2, 1], { label: 'joy' }, { rater: 'ann', saw: [0, saw] });
    const { code, message, data } = refusal(again(seen!.eventId));
    expect(code).toBe('CONFLICT');
    expect(message).toBe('bob has decided about 1.wav since you saw it. Nothing was changed.');
    const [conflict] = data!.conflicts!.map((item) => conflictSchema.parse(item));
    expect(conflict).toMatchObject({ clipId: 1, saw: seen!.eventId, event: { rater: 'bob', label: 'calm' } });
    expect(getClip(store, 2)).toMatchObject({ label: 'anger', rater: null });
    expect(again(conflict!.event.eventId)().clips.map(({ label }) => label)).toEqual(['joy', 'joy']);
  });

  it("counts undo and flags of others, not one's own and not segments", () => {
    const saw = { upTo: 0 };
    const decide = (): unknown => decideLabels(store, [1], { label: 'joy' }, { rater: 'ann', saw });
    decide();
    decide();
    editSegments(store, [{ ...segment(0, 1) }], { rater: 'bob' });
    decide();
    decideLabels(store, [1], { bad: true }, { rater: 'bob' });
    expect(refusal(decide).code).toBe('CONFLICT');
    const { head } = undo(store, corpusId, 'bob');
    expect(() => decideLabels(store, [1], { label: 'joy' }, { rater: 'ann', saw: [head - 1] })).toThrow(
      'bob',
    );
    decideLabels(store, [1], { label: 'joy' }, { rater: 'ann', saw: [head] });
  });
});

function segment(startSeconds: number, endSeconds: number, clipId = 1) {
  return {
    ...({ op: 'create', clipId, startSeconds, endSeconds, tier: 'speech' } as const),
    ...{ label: 'fear', locked: false, note: null },
  };
}

describe('a patch', () => {
  it('leaves alone what it does not name; confidence alone adopts the current label', () => {
    setLabels(store, [1], 'fear', { rater: 'ann' });
    decideLabels(store, [1], { bad: true, note: 'clipped' }, { rater: 'bob' });
    expect(getClip(store, 1)).toMatchObject({ label: 'fear', rater: 'ann', bad: true, note: 'clipped' });
    expect(ownLabels(store, corpusId, 'bob')).toEqual([]);
    decideLabels(store, [1, 2], { confidence: 5 }, { rater: 'bob', blind: true });
    expect(ownLabels(store, corpusId, 'bob')).toMatchObject([
      { clipId: 1, label: 'fear', confidence: 5, blind: true },
      { clipId: 2, label: 'anger', confidence: 5 },
    ]);
    decideLabels(store, [1], { label: 'calm' }, { rater: 'bob' });
    expect(getClip(store, 1)).toMatchObject({ label: 'calm', confidence: null, bad: true });
    expect(refusal(() => decideLabels(store, [1], {}, { rater: 'bob' })).code).toBe('BAD_INPUT');
  });
});

describe('segments', () => {
  it('are made, changed, split, merged and deleted, a decision a call, undone as one', () => {
    const made = editSegments(store, [segment(0, 0.5), segment(0.4, 1.5)], { rater: 'ann' });
    labelResultSchema.parse(made);
    const [first, second] = made.createdSegmentIds;
    const saw = made.segments.map(({ eventId }) => eventId);
    const split = editSegments(store, [{ op: 'split', segmentId: first!, saw: saw[0]!, atSeconds: 0.25 }], {
      rater: 'ann',
    });
    expect(clipSegments(store, 1).map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds])).toEqual([
      ...[
        [0, 0.25],
        [0.25, 0.5],
        [0.4, 1.5],
      ],
    ]);
    const third = split.createdSegmentIds[0]!;
    const merged = editSegments(
      store,
      [{ op: 'merge', segmentIds: [third, second!], saw: [split.head, saw[1]!] }],
      { rater: 'bob' },
    );
    expect(merged.goneSegmentIds).toEqual([second]);
    expect(merged.segments).toMatchObject([{ segmentId: third, startSeconds: 0.25, endSeconds: 1.5 }]);
    undo(store, corpusId, 'bob');
    expect(clipSegments(store, 1)).toHaveLength(3);
    redo(store, corpusId, 'bob');
    undo(store, corpusId, 'ann');
    undo(store, corpusId, 'ann');
    expect(clipSegments(store, 1)).toEqual([]);
    expect(history(store, 1).filter(({ segmentId }) => segmentId !== null).length).toBeGreaterThan(5);
  });

  it('stay inside their clip, and as they are while locked', () => {
    const edit = (edits: Parameters<typeof editSegments>[1]) => () =>
      editSegments(store, edits, { rater: 'ann' });
    for (const [start, end] of [
      [1, 1],
      [1, 0.5],
      [0, 1.6],
    ]) {
      expect(refusal(edit([segment(0, 1), segment(start!, end!)])).message).toContain('1.wav');
    }
    expect(clipSegments(store, 1)).toEqual([]);
    expect(refusal(edit([segment(0, 1, 99)])).code).toBe('NOT_FOUND');
    const { createdSegmentIds, head: saw } = edit([{ ...segment(0, 1.5), locked: true }])();
    const segmentId = createdSegmentIds[0]!;
    const move = { op: 'change', segmentId, saw, endSeconds: 1 } as const;
    expect(refusal(edit([move])).message).toContain('locked');
    expect(refusal(edit([{ op: 'delete', segmentId, saw }])).message).toContain('locked');
    expect(edit([{ ...move, locked: false }])().segments).toMatchObject([{ endSeconds: 1, locked: false }]);
    const bob = (): unknown => editSegments(store, [move], { rater: 'bob' });
    expect(refusal(bob)).toMatchObject({ code: 'CONFLICT', data: { conflicts: [{ clipId: 1, segmentId }] } });
  });
});

describe('raters', () => {
  beforeEach(() => {
    const say = (rater: string, labels: (string | null | undefined)[]): void =>
      labels.forEach((label, i) => {
        if (label !== undefined) setLabels(store, [i + 1], label, { rater, blind: i < 2 });
      });
    say('ann', ['anger', 'fear', 'fear', 'calm', null]);
    say('bob', ['anger', 'calm', 'fear', 'calm', 'fear']);
    say('cy', ['anger', 'calm', undefined, 'fear', 'fear']);
  });

  it('are listed with what is their own, and compared', () => {
    expect(listRaters(store, corpusId).map(({ rater, clips }) => [rater, clips])).toEqual([
      ['ann', 5],
      ['bob', 5],
      ['cy', 4],
    ]);
    const report = agreementSchema.parse(agreement(store, corpusId, {}));
    expect(report).toMatchObject({ clips: 5, completeClips: 3, labels: ['anger', 'fear', 'calm'] });
    const [annBob] = report.pairs;
    expect(annBob).toMatchObject({ raters: ['ann', 'bob'], clips: 4, agreement: 0.75 });
    // Observed 3/4; by chance (1*1 + 2*1 + 1*2) / 16.
    expect(annBob!.cohensKappa).toBeCloseTo((0.75 - 5 / 16) / (1 - 5 / 16), 12);
    const withCorpus = agreement(store, corpusId, { raters: ['ann'], corpusLabels: true });
    expect(withCorpus.pairs).toMatchObject([{ raters: ['ann', null], clips: 4, agreement: 0.5 }]);
    expect(agreement(store, corpusId, { blindOnly: true }).clips).toBe(2);
    expect(agreement(store, corpusId, { filter: { search: '3.wav' } }).clips).toBe(1);
  });

  it('queue where they disagree, until it is resolved; a later dissent opens it again', () => {
    const queue = (): [number, string | null, boolean][] => {
      const { total, rows } = disagreements(store, corpusId, {}, { offset: 0, limit: 10 });
      expect(total).toBe(rows.length);
      return rows.map((row) => {
        const { clip, majority, reopened } = disagreementSchema.parse(row);
        return [clip.clipId, majority, reopened];
      });
    };
    expect(queue()).toEqual([
      [2, 'calm', false],
      [4, 'calm', false],
    ]);
    const resolved = resolveLabels(
      store,
      [2, 4, 6],
      { method: 'majority' },
      { rater: 'dee', saw: { upTo: 99 } },
    );
    expect(resolved.unresolved).toEqual([6]);
    expect(resolved.clips).toMatchObject([
      { clipId: 2, label: 'calm', resolved: true, rater: 'dee' },
      { clipId: 4, label: 'calm', resolved: true },
    ]);
    expect(queue()).toEqual([]);
    setLabels(store, [2], 'fear', { rater: 'bob' });
    expect(getClip(store, 2)).toMatchObject({ label: 'calm', resolved: true });
    expect(queue()).toEqual([[2, 'fear', true]]);
    resolveLabels(store, [2], { method: 'labels-of', expert: 'cy' }, { rater: 'dee' });
    expect(queue()).toEqual([]);
    undo(store, corpusId, 'dee');
    const event = history(store, 2).findLast(({ kind }) => kind === 'resolve');
    expect(event).toMatchObject({ reason: 'labels of cy', undone: true });
    revert(store, resolved.clips[0]!.eventId, 'decision', { rater: 'bob' });
    expect(getClip(store, 4)).toMatchObject({ label: 'fear', rater: 'cy', resolved: false });
    const tie = resolveLabels(store, [6], { method: 'majority' }, { rater: 'dee' });
    expect(tie).toMatchObject({ decisionId: null, unresolved: [6] });
    expect(listRaters(store, corpusId).find(({ rater }) => rater === 'dee')).toMatchObject({ clips: 0 });
  });
});

describe('named versions', () => {
  it('keep labels, are renamed, compared, and found by their hash', () => {
    const words = { name: 'first pass', note: null };
    const version = namedVersionSchema.parse(createVersion(store, corpusId, words, 'ann'));
    expect(version).toMatchObject({ clips: 5, current: true, runIds: [] });
    expect(refusal(() => createVersion(store, corpusId, words, 'bob')).message).toContain('first pass');
    setLabels(store, [1, 5], 'fear', { rater: 'ann' });
    setLabels(store, [3], null, { rater: 'ann' });
    const after = createVersion(store, corpusId, { name: 'second', note: 'by ann' }, 'ann');
    const expected = {
      ...{ changed: 3, unchanged: 3 },
      moves: [
        { before: null, after: 'fear', clips: 1 },
        { before: 'anger', after: 'fear', clips: 1 },
        { before: 'fear', after: null, clips: 1 },
      ],
    };
    for (const to of [after.namedVersionId, null]) {
      const comparison = versionComparisonSchema.parse(compareVersions(store, version.namedVersionId, to, 2));
      expect(comparison).toMatchObject(expected);
      expect(comparison.clips.map(({ path }) => path)).toEqual(['1.wav', '3.wav']);
    }
    for (let i = 0; i < 2; i++) undo(store, corpusId, 'ann');
    expect(listVersions(store, corpusId).map(({ name, current }) => [name, current])).toEqual([
      ['second', false],
      ['first pass', true],
    ]);
    expect(renameVersion(store, after.namedVersionId, { name: 'gold', note: null }).name).toBe('gold');
    const other = corpusOf(store, [clipRecord('x.wav')], '/other');
    const foreign = createVersion(store, other, words, 'ann');
    expect(() => compareVersions(store, version.namedVersionId, foreign.namedVersionId, 1)).toThrow(
      'one corpus',
    );
  });
});

describe('label sets', () => {
  it('are made of what the corpus has, until one is chosen', () => {
    const own = labelSetSchema.parse(corpusLabelSet(store, corpusId));
    expect(own.items.map(({ label, key }) => [label, key])).toEqual([
      ['anger', '1'],
      ['fear', '2'],
      ['sadness', '3'],
      ['bewilderment', '4'],
    ]);
    const items = [{ label: 'anger', key: 'a', colour: 'calm' as const }, { label: 'other' }];
    const mapping = [{ from: 'Wut', to: 'anger' }];
    const { labelSetId } = saveLabelSet(store, null, { name: 'mine', items, mapping });
    expect(labelSetSchema.parse(chooseLabelSet(store, corpusId, labelSetId))).toMatchObject({
      ...{ name: 'mine', mapping, corpusIds: [corpusId] },
      items: [{ key: 'a', colour: 'calm', shape: null }, { key: null }],
    });
    const save = (it: object) => () =>
      saveLabelSet(store, null, { name: 'x', items: [{ label: 'a' }], ...it } as never);
    expect(save({ name: 'mine' })).toThrow('already');
    expect(save({ items: [{ label: 'a' }, { label: 'a' }] })).toThrow('twice');
    expect(
      save({
        items: [
          { label: 'a', key: '1' },
          { label: 'b', key: '1' },
        ],
      }),
    ).toThrow('two labels');
    removeLabelSet(store, labelSetId!);
    expect(listLabelSets(store)).toEqual([]);
    expect(corpusLabelSet(store, corpusId).labelSetId).toBeNull();
  });
});
