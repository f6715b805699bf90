// Histories, undo and refusals of the ledger, and the counts and filters that rest on it.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  corpusSummarySchema,
  labelResultSchema,
  ledgerEventSchema,
  crosstabSchema,
} from '../../shared/contract/schemas.ts';
import { clipIds, clipPage, countBySpeakerAndLabel, getClip } from './clips.ts';
import { corpusSummary, crosstab, defects, forgetCorpus } from './corpora.ts';
import { openStore, type Store } from './database.ts';
import { labelVersion } from './label-version.ts';
import { redo, setLabels, undo } from './labels.ts';
import { history } from './ledger-events.ts';
import { clipRecord as record, corpusOf as corpusOfRecords, sixClips as sixClipsOf } from './testing.ts';

let store: Store;
beforeEach(() => {
  store = openStore(':memory:');
});
afterEach(() => store.close());

const sixClips = (): number => sixClipsOf(store);
const corpusOf = (records: Parameters<typeof corpusOfRecords>[1], folder?: string): number =>
  corpusOfRecords(store, records, folder);

/** All that is kept beside the ledger. */
function derived(): unknown[] {
  return [
    store.db.prepare('SELECT clip_id, label, rater FROM clips ORDER BY clip_id').all(),
    store.db.prepare('SELECT * FROM decision_states ORDER BY decision_id').all(),
    store.db.prepare('SELECT * FROM clip_counts WHERE clips > 0').all(),
  ];
}

describe('the ledger in the store', () => {
  it('tells a clip its history, with what each event stands in for', () => {
    const corpusId = sixClips();
    setLabels(store, [1], 'fear', {
      rater: 'ann',
      reason: 'clear',
      blind: true,
      at: '2026-01-02T03:04:05.000Z',
    });
    setLabels(store, [1, 2], 'sadness', { rater: 'bob' });
    undo(store, corpusId, 'bob');
    const events = history(store, 1);
    for (const event of events) ledgerEventSchema.parse(event);
    const [imported, first, second, taken] = events;
    expect(imported).toMatchObject({ eventId: 0, kind: 'import', label: 'anger', rater: null });
    expect(first).toMatchObject({ kind: 'label', label: 'fear', previousLabel: 'anger', supersedes: 0 });
    expect(first).toMatchObject({ reason: 'clear', blind: true, at: '2026-01-02T03:04:05.000Z' });
    expect(second).toMatchObject({ label: 'sadness', supersedes: first!.eventId, undone: true });
    expect(taken).toMatchObject({ kind: 'undo', label: 'fear', previousLabel: 'sadness', undone: false });
    expect(taken).toMatchObject({ supersedes: second!.eventId, rater: 'bob' });
    redo(store, corpusId, 'bob');
    expect(history(store, 1).map((event) => event.undone)).toEqual([false, false, false, true, false]);
    expect(history(store, 2).at(-1)).toMatchObject({
      kind: 'redo',
      label: 'sadness',
      previousLabel: 'anger',
    });
  });

  it('undoes a bulk decision as one, and not what another rater decided later', () => {
    const corpusId = sixClips();
    setLabels(store, [1, 2, 3, 3], 'sadness', { rater: 'ann' });
    setLabels(store, [3], 'joyless', { rater: 'bob' });
    const result = labelResultSchema.parse(undo(store, corpusId, 'ann'));
    expect(result.clips.map(({ clipId, label, rater }) => [clipId, label, rater])).toEqual([
      [1, 'anger', null],
      [2, 'anger', null],
      [3, 'joyless', 'bob'],
    ]);
    expect(result).toMatchObject({ canUndo: false, canRedo: true, labelVersion: { version: 4 } });
  });

  it('refuses unknown, defective and mixed clips and changes nothing', () => {
    const corpusId = sixClips();
    corpusOf([record('7.wav'), record('8.wav', { audioDefect: 'is empty' })], '/other');
    const before = derived();
    const set = (ids: number[]) => () => setLabels(store, ids, 'fear', { rater: 'ann' });
    expect(set([1, 99])).toThrow('no clip 99');
    expect(set([8])).toThrow('8.wav could not be read');
    expect(set([1, 7])).toThrow('one corpus');
    expect(set([])).toThrow('No clip');
    expect(derived()).toEqual(before);
    expect(labelVersion(store, corpusId).version).toBe(1);
  });
});

describe('a forgotten corpus', () => {
  it('is gone from every list, and comes back with its ledger', () => {
    const corpusId = sixClips();
    setLabels(store, [2], 'fear', { rater: 'ann' });
    const { hash } = labelVersion(store, corpusId);
    forgetCorpus(store, corpusId);
    expect(() => corpusSummary(store, corpusId)).toThrow('no corpus');
    expect(() => getClip(store, 2)).toThrow('no clip 2');
    expect(sixClips()).toBe(corpusId);
    expect(getClip(store, 2)).toMatchObject({ label: 'fear', rater: 'ann', importedLabel: 'anger' });
    expect(labelVersion(store, corpusId)).toEqual({ version: 2, hash });
    expect(corpusSummary(store, corpusId).clips).toBe(6);
  });
});

describe('summary and cross-tab', () => {
  it('count good clips by speaker and label, in the order of the label set', () => {
    const corpusId = corpusOf([
      record('a.wav', { speaker: '10', label: 'zeal' }),
      record('b.wav', { speaker: '2', label: 'calm', sex: 'male' }),
      record('c.wav', { speaker: null, sex: null, label: 'anger', sampleRateHz: 8000 }),
      record('d.wav', { speaker: '2', label: null, sex: null }),
      record('e.wav', { speaker: '2', label: 'calm', audioDefect: 'is empty' }),
    ]);
    setLabels(store, [1], 'anger', { rater: 'ann' });
    const summary = corpusSummarySchema.parse(corpusSummary(store, corpusId));
    expect(summary).toMatchObject({ clips: 4, defects: 1, unlabelled: 1, durationSeconds: 6 });
    expect(summary.sampleRatesHz).toEqual([8000, 16000]);
    expect(summary.speakers).toEqual([
      { speaker: '2', sex: 'male', clips: 2 },
      { speaker: '10', sex: 'female', clips: 1 },
    ]);
    expect(summary.labels).toEqual([
      { label: 'anger', clips: 2 },
      { label: 'calm', clips: 1 },
      { label: 'zeal', clips: 0 },
    ]);
    expect(crosstabSchema.parse(crosstab(store, corpusId)).counts).toEqual([
      [0, 1, 0],
      [1, 0, 0],
      [1, 0, 0],
    ]);
    expect(crosstab(store, corpusId, { search: 'C.WAV' }).counts).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [1, 0, 0],
    ]);
    expect(defects(store, corpusId)).toEqual([{ path: 'e.wav', reason: 'is empty' }]);
  });
});

describe('clipPage', () => {
  const arbitraryClip = fc.record({
    speaker: fc.constantFrom('ann', 'bob', null),
    sex: fc.constantFrom('female' as const, 'male' as const, null),
    label: fc.constantFrom('anger', 'fear', 'x%', null),
    text: fc.constantFrom('Żółć', '100%', 'a_b', "it's", null),
    durationSeconds: fc.integer({ min: 1, max: 4 }),
    audioDefect: fc.constantFrom(null, null, 'is empty'),
    rated: fc.boolean(),
  });
  const arbitraryFilter = fc.record({
    labels: fc.subarray(['anger', 'fear', 'x%']),
    speakers: fc.subarray(['ann', 'bob', '']),
    sexes: fc.subarray(['female' as const, 'male' as const]),
    search: fc.constantFrom('', '', 'żÓŁ', '%', '_', "'", '.WAV', '\\'),
    defects: fc.constantFrom(false, false, true),
    rated: fc.constantFrom(undefined, true, false),
  });
  const arbitrarySort = fc.record({
    key: fc.constantFrom('path', 'speaker', 'utterance', 'label', 'duration', 'rater' as const),
    descending: fc.boolean(),
  }) as fc.Arbitrary<{ key: 'path'; descending: boolean }>;

  it('finds exactly what a look at every clip finds, and pages through it in one order', () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryClip, { minLength: 1, maxLength: 20 }),
        arbitraryFilter,
        arbitrarySort,
        (clips, filter, sort) => {
          store.close();
          store = openStore(':memory:');
          const corpusId = corpusOf(
            clips.map(({ rated: _, ...clip }, index) => record(`${index}.wav`, clip)),
          );
          const rated = clips.flatMap((clip, i) => (clip.rated && !clip.audioDefect ? [i + 1] : []));
          for (const id of rated) setLabels(store, [id], clips[id - 1]!.label, { rater: 'ann' });
          const expected = clips.flatMap((clip, index) => {
            const isRated = rated.includes(index + 1);
            const text = `${index}.wav\n${clip.text ?? ''}`.toLowerCase();
            const fits =
              (clip.audioDefect !== null) === filter.defects &&
              (filter.labels.length === 0 || filter.labels.includes(clip.label ?? '?')) &&
              (filter.speakers.length === 0 || filter.speakers.includes(clip.speaker ?? '')) &&
              (filter.sexes.length === 0 || filter.sexes.includes(clip.sex as 'male')) &&
              (filter.rated === undefined || filter.rated === isRated) &&
              text.includes(filter.search.toLowerCase());
            return fits ? [index + 1] : [];
          });
          const ids = clipIds(store, corpusId, filter, sort);
          expect([...ids].sort((a, b) => a - b)).toEqual(expected);
          const pages = [0, 7, 14].map((offset) => clipPage(store, corpusId, filter, sort, offset, 7));
          expect(pages.flatMap((page) => page.clips.map((clip) => clip.clipId))).toEqual(ids);
          expect(pages.every((page) => page.total === expected.length)).toBe(true);
          const reverse = clipIds(store, corpusId, filter, { ...sort, descending: !sort.descending });
          expect(reverse).toEqual([...ids].reverse());
          const counted = countBySpeakerAndLabel(store, corpusId, filter);
          expect(counted.reduce((sum, { clips: count }) => sum + count, 0)).toBe(expected.length);
        },
      ),
      { numRuns: 150 },
    );
  });
});
