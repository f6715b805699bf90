// A filter over the clips of a corpus as SQL: by covering indexes, by counts, by trigrams, by marks; every value bound.
import { clipFilterSchema, type ClipFilter, type ClipMark } from '../../shared/contract/schemas.ts';
import type { Store } from './database.ts';
import { beginning, MOST_LOOKED_THROUGH, type Beginning, type Part } from './short-search.ts';

/** Text as it is searched: lower case in any script, composed accents. */
export function searchText(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** A condition and the table that it is about, with the index to use where that is known. */
export interface Condition extends Part {
  readonly source: string;
  /** True where so few clips can fit that all of them are found and sorted sooner than an index is walked. */
  readonly few: boolean;
  /** The same as it is sooner counted, where that is another way. */
  readonly counted: Part;
}

type ParsedFilter = ReturnType<typeof clipFilterSchema.parse>;

/** Trigrams find a substring of at least this many characters. */
const TRIGRAM = 3;
/** Walking past a clip in a sort index costs about a thirtieth of looking one up and sorting it (measured). */
const WALKED_PER_FOUND = 30;
/** What more than this part of the clips have in common is found sooner by looking at each (measured). */
const COMMON = 4;

/** What each mark is, as main/store/migrations/009 indexes it under its name. */
const MARKED: Readonly<Record<ClipMark, string>> = {
  bad: 'bad = 1',
  noted: 'note IS NOT NULL',
  disputed: 'disputed = 1',
  resolved: 'resolved = 1',
  relabelled: 'label IS NOT imported_label',
};

/** Ids of a corpus's clips with one of the marks. */
function markedClips(corpusId: number, marks: readonly ClipMark[]): Part {
  const one = (mark: ClipMark): string =>
    `SELECT clip_id FROM clips INDEXED BY clips_${mark} WHERE corpus_id = ? AND state = 'good' AND ${MARKED[mark]}`;
  return { sql: marks.map(one).join(' UNION ALL '), values: marks.map(() => corpusId) };
}

/** Good clips of a corpus with a mark. */
export function countMarked(store: Store, corpusId: number, mark: ClipMark): number {
  return count(store, markedClips(corpusId, [mark]));
}

function count(store: Store, { sql, values }: Part): number {
  const text = `SELECT count(*) FROM (${sql})`;
  return store
    .prepare(text)
    .pluck()
    .get(...values) as number;
}

/** A filter over clips. */
export function clipCondition(store: Store, corpusId: number, filter: ClipFilter): Condition {
  const parsed = clipFilterSchema.parse(filter);
  const clips = clipsIn(store, corpusId);
  const sets = idSets(corpusId, parsed).map((set) => ({
    ...set,
    few: count(store, set) * WALKED_PER_FOUND < clips,
  }));
  const search = searchCondition(store, corpusId, parsed, clips);
  const few = search.few || sets.some((set) => set.few);
  const parts = [
    ...plainParts(corpusId, parsed, few),
    // "+": many clips are no way into the table.
    ...sets.map((set) => ({ ...set, sql: `${set.few ? 'clip_id' : '+clip_id'} IN (${set.sql})` })),
  ];
  const { source, found, counted = found } = search;
  return { ...joined([...parts, ...found]), source, few, counted: joined([...parts, ...counted]) };
}

function joined(parts: readonly Part[]): Part {
  return {
    sql: parts.map(({ sql }) => sql).join(' AND '),
    values: parts.flatMap(({ values }) => values),
  };
}

/** What sort indexes hold. */
function plainParts(corpusId: number, parsed: ParsedFilter, few: boolean): Part[] {
  const parts: Part[] = [
    // Literal, not bound: a partial index is used only where its condition stands in the query.
    { sql: `state = ${parsed.defects ? "'defective'" : "'good'"}`, values: [] },
    // The plus keeps SQLite from an index of the corpus where the clips that fit are known one by one.
    { sql: few ? '+corpus_id = ?' : 'corpus_id = ?', values: [corpusId] },
  ];
  const member = (column: string, values: readonly string[], none: boolean): void => {
    const unknown = none ? `${column} IS NULL OR ` : '';
    parts.push({ sql: `(${unknown}${few ? '+' : ''}${column} IN (${places(values)}))`, values });
  };
  const speakers = parsed.speakers.filter((speaker) => speaker !== '');
  if (parsed.speakers.length > 0) member('speaker', speakers, speakers.length < parsed.speakers.length);
  const labels = parsed.labels.filter((label) => label !== null);
  if (parsed.labels.length > 0) member('label', labels, labels.length < parsed.labels.length);
  if (parsed.sexes.length > 0) member('sex', parsed.sexes, false);
  if (parsed.rated !== undefined)
    parts.push({ sql: `rater IS ${parsed.rated ? 'NOT NULL' : 'NULL'}`, values: [] });
  return parts;
}

/** Clips that flags and marks leave, as queries of their ids. */
function idSets(corpusId: number, { flags, marks }: ParsedFilter): Part[] {
  const sets: Part[] = [];
  if (flags.length > 0) {
    const sql = `SELECT clip_id FROM clip_flags WHERE corpus_id = ? AND flag IN (${places(flags)})`;
    sets.push({ sql, values: [corpusId, ...flags] });
  }
  if (marks.length > 0) sets.push(markedClips(corpusId, marks));
  return sets;
}

interface SearchCondition {
  readonly found: readonly Part[];
  readonly counted?: readonly Part[];
  readonly source: string;
  readonly few: boolean;
}

/**
 * How a substring is looked for: one by one where trigrams find few; in a walk where they find many, or where it is too
 * short for them. Too short a one among very many clips is looked for where something begins with it.
 */
function searchCondition(
  store: Store,
  corpusId: number,
  filter: ParsedFilter,
  clips: number,
): SearchCondition {
  const search = searchText(filter.search.trim());
  if (search === '') return { found: [], source: 'clips', few: false };
  const begins = beginningOf(store, corpusId, filter, clips);
  if (begins) {
    const { part, walked } = begins;
    const few = begins.clips * WALKED_PER_FOUND < clips;
    return { found: [few ? part : walked], counted: [part], source: 'clips', few };
  }
  const phrase = `"${search.replaceAll('"', '""')}"`;
  const matches = isShort(search) || filter.defects ? Infinity : matchesOf(store, phrase);
  if (matches * COMMON > clips) {
    // Not LIKE: nothing in what was typed is a pattern.
    const source = filter.defects ? 'clips' : 'clips INDEXED BY clips_by_search';
    return { found: [{ sql: 'instr(search, ?) > 0', values: [search] }], source, few: false };
  }
  const few = matches * WALKED_PER_FOUND < clips;
  const way = few ? 'clip_id' : '+clip_id';
  const sql = `${way} IN (SELECT rowid FROM clip_text WHERE clip_text MATCH ?)`;
  return { found: [{ sql, values: [phrase] }], source: 'clips', few };
}

const isShort = (search: string): boolean => [...search].length < TRIGRAM;

/** What is looked for instead of a substring that is too short for so many clips. */
function beginningOf(
  store: Store,
  corpusId: number,
  filter: ParsedFilter,
  clips = clipsIn(store, corpusId),
): Beginning | undefined {
  const search = searchText(filter.search.trim());
  if (search === '' || !isShort(search) || filter.defects || clips <= MOST_LOOKED_THROUGH) return undefined;
  return beginning(store, corpusId, search, searchText, Math.ceil(clips / WALKED_PER_FOUND));
}

/** The last phrase's matches in the workspace: one view asks many questions about the same phrase. Only a plan rests on it. */
const lastMatches = new WeakMap<Store, { phrase: string; matches: number }>();

function matchesOf(store: Store, phrase: string): number {
  const last = lastMatches.get(store);
  if (last?.phrase === phrase) return last.matches;
  const matches = store
    .prepare('SELECT count(*) FROM clip_text WHERE clip_text MATCH ?')
    .pluck()
    .get(phrase) as number;
  lastMatches.set(store, { phrase, matches });
  return matches;
}

function clipsIn(store: Store, corpusId: number): number {
  return store
    .prepare('SELECT coalesce(sum(clips), 0) FROM clip_counts WHERE corpus_id = ?')
    .pluck()
    .get(corpusId) as number;
}

/** The same over clip_counts; undefined where a filter asks what the counts do not hold. */
export function countedCondition(store: Store, corpusId: number, filter: ParsedFilter): Part | undefined {
  const { defects, flags, marks, search } = filter;
  if (defects || flags.length + marks.length > 0) return undefined;
  const begins = beginningOf(store, corpusId, filter);
  if (search.trim() !== '' && !begins?.ofSpeakers) return undefined;
  const parts: Part[] = [{ sql: 'corpus_id = ?', values: [corpusId] }];
  if (begins) parts.push(begins.part);
  const memberships: [string, readonly string[]][] = [
    ['speaker', filter.speakers],
    ['label', filter.labels.map((label) => label ?? '')],
    ['sex', filter.sexes],
  ];
  for (const [column, members] of memberships) {
    if (members.length > 0) parts.push({ sql: `${column} IN (${places(members)})`, values: members });
  }
  if (filter.rated !== undefined) parts.push({ sql: `rated = ${filter.rated ? 1 : 0}`, values: [] });
  return joined(parts);
}

function places(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}
