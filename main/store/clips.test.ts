// Filters, search, places and flags, against what a walk over all clips says.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClipFilter, ClipMark, ClipSort } from '../../shared/contract/schemas.ts';
import { resolveLabels } from './agreement.ts';
import { clipCheck, duplicateGroups, flagClips, saveChecks, uncheckedClips } from './checks.ts';
import { clipIds, clipPage, clipPlace, countBySpeakerAndLabel, getClip } from './clips.ts';
import { corpusReport, crosstab, forgetCorpus, saveCorpus } from './corpora.ts';
import { openStore, type Store } from './database.ts';
import { finishIndex, indexedClips, writeClips, type ClipRecord } from './indexing.ts';
import { decideLabels } from './labels.ts';
import { MOST_LOOKED_THROUGH } from './short-search.ts';

let store: Store;
beforeEach(() => (store = openStore(':memory:')));
afterEach(() => store.close());

function record(path: string, facts: Partial<ClipRecord> = {}): ClipRecord {
  return {
    ...{ path, speaker: null, sex: null, utterance: null, text: null, take: null, label: null },
    ...{ durationSeconds: 2, sampleRateHz: 16_000, channels: 1, encoding: '16-bit PCM' },
    ...{ audioDefect: null, nameDefect: null, sizeBytes: 1, modifiedMs: 1, contentHash: path, opinion: null },
    ...facts,
  };
}

function corpusOf(records: readonly ClipRecord[], folder = '/corpus'): number {
  const named = { folder, name: 'corpus', adapter: 'folders', synthetic: false, table: null } as const;
  const corpusId = saveCorpus(store, named);
  const known = indexedClips(store, corpusId);
  const writes = records.map((one) => ({ known: known.get(one.path), record: one }));
  writeClips(store, corpusId, writes, null);
  finishIndex(store, corpusId, []);
  return corpusId;
}

const sorts = fc.record({
  key: fc.constantFrom<ClipSort['key']>('path', 'speaker', 'label', 'duration'),
  descending: fc.boolean(),
});
const filters = fc.record({
  labels: fc.uniqueArray(fc.constantFrom('anger', 'fear', null), { maxLength: 2 }),
  speakers: fc.uniqueArray(fc.constantFrom('1', '2', ''), { maxLength: 2 }),
  search: fc.constantFrom('', 'a', 'ab', 'abc', 'B"c', 'bcä', 'Ää', '%', '.wav', 'wavx'),
});
const facts = fc.record({
  stem: fc.string({ unit: fc.constantFrom('a', 'b', 'c', '"', 'ä', 'Ä', '%'), maxLength: 6 }),
  label: fc.constantFrom('anger', 'fear', null),
  speaker: fc.constantFrom('1', '2', null),
  durationSeconds: fc.constantFrom(1, 2, 3),
});

describe('clips under a filter', () => {
  it('are those that a walk finds, by page, by place and by count, beside another corpus', () => {
    fc.assert(
      fc.property(fc.array(facts, { maxLength: 40 }), filters, sorts, (clips, filter, sort) => {
        store.close();
        store = openStore(':memory:');
        corpusOf([record('abc.wav'), record('xabcä.wav')], '/other');
        const records = clips.map(({ stem, ...rest }, i) => record(`${i}${stem}.wav`, rest));
        const corpusId = corpusOf(records);
        const fits = ({ path, label, speaker }: ClipRecord): boolean =>
          (filter.labels.length === 0 || filter.labels.includes(label as 'fear' | null)) &&
          (filter.speakers.length === 0 || filter.speakers.some((one) => one === (speaker ?? ''))) &&
          path.normalize('NFC').toLowerCase().includes(filter.search.toLowerCase());
        const expected = records.filter(fits).map(({ path }) => path);
        const { total, clips: found } = clipPage(store, corpusId, filter, sort, 0, 100);
        expect(found.map(({ path }) => path).sort()).toEqual([...expected].sort());
        expect(total).toBe(expected.length);
        const ids = clipIds(store, corpusId, filter, sort);
        expect(ids).toEqual(found.map(({ clipId }) => clipId));
        expect(clipIds(store, corpusId, filter, sort, { offset: 3, limit: 5 })).toEqual(ids.slice(3, 8));
        expect(ids.map((id) => clipPlace(store, corpusId, filter, sort, id))).toEqual(ids.map((_, i) => i));
        const counted = countBySpeakerAndLabel(store, corpusId, filter);
        expect(counted.reduce((sum, row) => sum + row.clips, 0)).toBe(expected.length);
      }),
      { numRuns: 150 },
    );
  });

  it('have no place where the filter leaves them out', () => {
    const corpusId = corpusOf([record('a.wav', { label: 'fear' }), record('b.wav')]);
    const byPath: ClipSort = { key: 'path' };
    expect(clipPlace(store, corpusId, { labels: [null] }, byPath, 1)).toBe(null);
    expect(clipPlace(store, corpusId, { labels: [null] }, byPath, 2)).toBe(0);
    expect(clipPlace(store, corpusId, {}, byPath, 99)).toBe(null);
  });

  it('are found by a text that has changed, and no longer by the one before', () => {
    const corpusId = corpusOf([record('a.wav', { text: 'the morning' })]);
    corpusOf([record('a.wav', { text: 'the evening' })]);
    const count = (search: string): number =>
      clipPage(store, corpusId, { search }, { key: 'path' }, 0, 1).total;
    expect([count('morning'), count('evening')]).toEqual([0, 1]);
  });

  it('are found one by one where few match among many', () => {
    const records = Array.from({ length: 200 }, (_, i) => record(`clip-${String(i).padStart(3, '0')}.wav`));
    const corpusId = corpusOf(records);
    const filter: ClipFilter = { search: '-07' };
    const { clips, total } = clipPage(store, corpusId, filter, { key: 'path', descending: true }, 8, 5);
    expect(total).toBe(10);
    expect(clips.map(({ path }) => path)).toEqual(['clip-071.wav', 'clip-070.wav']);
  });
});

describe('marks', () => {
  it('leave the clips that raters have remarked on, beside the rest of a filter', () => {
    const corpusId = corpusOf(
      Array.from({ length: 90 }, (_, i) => record(`${String(i).padStart(2, '0')}.wav`, { label: 'fear' })),
    );
    const rater = { rater: 'ann' };
    decideLabels(store, [1, 2], { bad: true }, rater);
    decideLabels(store, [2, 3], { note: 'hum' }, rater);
    decideLabels(store, [4, 5], { label: 'anger' }, rater);
    decideLabels(store, [5, 6], { label: 'calm' }, { rater: 'bob' });
    resolveLabels(store, [6], { method: 'expert', label: 'fear' }, rater);
    const under = (marks: ClipMark[], rest: ClipFilter = {}): number[] => {
      const filter = { ...rest, marks };
      const { total, clips } = clipPage(store, corpusId, filter, { key: 'path' }, 0, 50);
      expect(total).toBe(clips.length);
      const counted = countBySpeakerAndLabel(store, corpusId, filter);
      expect(counted.reduce((sum, row) => sum + row.clips, 0)).toBe(total);
      return clips.map(({ clipId }) => clipId);
    };
    expect(under(['bad'])).toEqual([1, 2]);
    expect(under(['noted'])).toEqual([2, 3]);
    expect(under(['bad', 'noted'])).toEqual([1, 2, 3]);
    expect(under(['relabelled'])).toEqual([4, 5]);
    expect(under(['disputed'])).toEqual([5]);
    expect(under(['resolved'])).toEqual([6]);
    expect(under(['bad', 'relabelled'], { labels: ['anger'], search: '3.w' })).toEqual([4]);
    expect(corpusReport(store, corpusId).marks).toEqual({
      ...{ bad: 2, noted: 2, disputed: 1, resolved: 1, relabelled: 2 },
    });
  });
});

describe('clips of several corpora', () => {
  it('are merged in one order, page by page, each with its place', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(facts, fc.nat(2)), { maxLength: 30 }),
        filters,
        sorts,
        (clips, filter, sort) => {
          store.close();
          store = openStore(':memory:');
          const corpora = [0, 1, 2].map((corpus) =>
            corpusOf(
              clips.flatMap(([{ stem, ...rest }, of], i) =>
                of === corpus ? [record(`${i}${stem}.wav`, rest)] : [],
              ),
              `/${corpus}`,
            ),
          );
          const alone = corpora.flatMap((corpusId) => clipIds(store, corpusId, filter, sort));
          const ids = clipIds(store, corpora, filter, sort);
          expect([...ids].sort()).toEqual([...alone].sort());
          const value = (id: number): string | number | null => {
            const { path, speaker, label, durationSeconds } = getClip(store, id);
            return { path, speaker, label, duration: durationSeconds }[sort.key as 'path'];
          };
          const before = (a: number, b: number): number => {
            const [first, second] = [value(a), value(b)];
            if (first === second) return a - b;
            return first === null || (second !== null && first < second) ? -1 : 1;
          };
          expect(ids).toEqual([...ids].sort((a, b) => (sort.descending ? before(b, a) : before(a, b))));
          const pages = [0, 12, 24].map((offset) => clipPage(store, corpora, filter, sort, offset, 12));
          expect(pages.flatMap((page) => page.clips.map(({ clipId }) => clipId))).toEqual(ids);
          expect(pages.every(({ total }) => total === ids.length)).toBe(true);
          expect(ids.map((id) => clipPlace(store, corpora, filter, sort, id))).toEqual(ids.map((_, i) => i));
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('one or two characters among very many clips', () => {
  it('are found where speakers begin with them, else utterances, else file names', () => {
    const corpusId = corpusOf([]);
    const many = MOST_LOOKED_THROUGH + 1;
    const speakers = ['03', '3b', 'Ann', null];
    const utterances = ['a1', 'A2', 'b7', null];
    const stems = ['03x', '3y', 'an', 'b', 'zz'];
    const rows = Array.from({ length: many }, (_, i) => ({
      speaker: speakers[i % 4]!,
      utterance: utterances[Math.floor(i / 4) % 4]!,
      // Some stems are of very few clips.
      stem: `${i % 1000 === 7 ? 'q7' : stems[i % 5]!}${i}`,
    }));
    store.db
      .prepare(
        `INSERT INTO clips (corpus_id, path, state, speaker, label, imported_label, duration_seconds, utterance, search,
           sample_rate_hz, channels, encoding, added_at)
         SELECT ?, 'in/' || (value ->> 'stem'), 'good', value ->> 'speaker', 'fear', 'fear', 1, value ->> 'utterance',
           'in/' || (value ->> 'stem') || char(10) || 'the text', 16000, 1, 'PCM', '' FROM json_each(?)`,
      )
      .run(corpusId, JSON.stringify(rows));
    for (const search of ['03', '3', 'a', 'A1', 'AN', 'b', 'q7', 'zz', 'in', 'xx', '%']) {
      const starts = (text: string | null): boolean =>
        text?.toLowerCase().startsWith(search.toLowerCase()) ?? false;
      const of = (['speaker', 'utterance', 'stem'] as const).map(
        (key) => rows.filter((row) => starts(row[key])).length,
      );
      const fit = of.find((clips) => clips > 0) ?? 0;
      const { total, clips } = clipPage(store, corpusId, { search }, { key: 'path' }, 0, 100_000);
      expect([search, total, clips.length]).toEqual([search, fit, fit]);
      const counted = countBySpeakerAndLabel(store, corpusId, { search });
      expect(counted.reduce((sum, row) => sum + row.clips, 0)).toBe(fit);
    }
  });
});

describe('crosstab', () => {
  it('has a column for clips without a label, last, only where there are any', () => {
    const corpusId = corpusOf([
      record('a.wav', { speaker: '1', label: 'fear' }),
      record('b.wav', { speaker: '1' }),
      record('c.wav', { speaker: '1' }),
    ]);
    expect(crosstab(store, corpusId)).toMatchObject({ labels: ['fear', null], counts: [[1, 2]] });
    expect(crosstab(store, corpusId, { labels: ['fear'] }).counts).toEqual([[1, 0]]);
    const all = corpusOf([record('a.wav', { label: 'fear' })], '/all');
    expect(crosstab(store, all).labels).toEqual(['fear']);
  });
});

describe('checks', () => {
  const silence = { peak: 0.001, loudest: 0.0005, clippedSamples: 0, fault: null };
  const clipped = { peak: 1, loudest: 0.5, clippedSamples: 12, fault: null };

  it('are kept by content, and flag the clips that hold it', () => {
    const corpusId = corpusOf([
      record('a.wav', { contentHash: 'one', label: 'fear' }),
      record('b.wav', { contentHash: 'one', label: 'anger' }),
      record('c.wav', { contentHash: 'two' }),
      record('d.wav', { contentHash: 'three', audioDefect: 'is broken' }),
    ]);
    expect(uncheckedClips(store, corpusId)).toEqual([
      { contentHash: 'one', path: 'a.wav' },
      { contentHash: 'two', path: 'c.wav' },
    ]);
    saveChecks(store, [
      { contentHash: 'one', check: clipped },
      { contentHash: 'two', check: silence },
    ]);
    flagClips(store, corpusId);
    const under = (filter: ClipFilter): number[] => clipIds(store, corpusId, filter, { key: 'path' });
    expect(under({ flags: ['clipped'] })).toEqual([1, 2]);
    expect(under({ flags: ['silent'] })).toEqual([3]);
    expect(under({ flags: ['silent', 'duplicate'] })).toEqual([1, 2, 3]);
    expect(under({ flags: ['duplicate'], labels: ['anger'] })).toEqual([2]);
    expect(corpusReport(store, corpusId)).toMatchObject({
      ...{ checked: 3, clips: 3, clipped: 2, silent: 1, broken: 0, duplicates: 2, duplicateGroups: 1 },
      lengths: { shortest: 2, median: 2, longest: 2, total: 6 },
    });
    expect(duplicateGroups(store, corpusId)).toMatchObject({
      total: 1,
      groups: [{ disagree: true, clips: [{ path: 'a.wav' }, { path: 'b.wav' }] }],
    });
    expect(clipCheck(store, 1)).toMatchObject({
      audio: { peakDb: 0, clippedSamples: 12 },
      duplicates: [{ path: 'b.wav', label: 'anger' }],
    });
    forgetCorpus(store, corpusId);
    corpusOf([record('c.wav', { contentHash: 'two' })]);
    expect(under({ flags: ['silent'] })).toEqual([3]);
  });
});
