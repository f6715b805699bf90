// Reads clips: one, a page under a filter, their ids in order.
import { UserError } from '../../shared/contract/errors.ts';
import {
  clipFilterSchema,
  clipSortSchema,
  type Clip,
  type ClipFilter,
  type ClipSort,
} from '../../shared/contract/schemas.ts';
import type { Store } from './database.ts';

/** Text as it is searched: lower case in any script, composed accents. */
export function searchText(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** A condition, the table that it is about (with the index to use, where that is known) and its bound values, in order. */
interface Condition {
  readonly source: string;
  readonly sql: string;
  readonly values: readonly (string | number)[];
  /** True where so few clips can fit that all of them are found and sorted sooner than an index is walked. */
  readonly few: boolean;
}

type ParsedFilter = ReturnType<typeof clipFilterSchema.parse>;

const CLIP_COLUMNS = `
  clip_id AS clipId, corpus_id AS corpusId, path, speaker, sex, utterance, text, take, label,
  imported_label AS importedLabel, rater, secondary_label AS secondaryLabel, confidence, resolved, note, bad,
  event_id AS eventId, duration_seconds AS durationSeconds, sample_rate_hz AS sampleRateHz,
  channels, encoding, coalesce(audio_defect, name_defect) AS defect`;

type ClipRow = Omit<Clip, 'resolved' | 'bad'> & { resolved: number; bad: number };

function toClip(row: ClipRow): Clip {
  return { ...row, resolved: row.resolved === 1, bad: row.bad === 1 };
}
/** Trigrams find a substring of at least this many characters; a shorter one is looked for in every clip. */
const TRIGRAM = 3;
/** Walking past a clip in a sort index costs about a thirtieth of looking one up and sorting it (measured). */
const WALKED_PER_FOUND = 30;
/** What more than this part of the clips have in common is found sooner by looking at each (measured). */
const COMMON = 4;

/** Column of clips behind a sort key, each with an index (main/store/migrations/001). */
const SORT_COLUMNS: ReadonlyMap<ReturnType<typeof clipSortSchema.parse>['key'], string> = new Map([
  ['path', 'path'],
  ['speaker', 'speaker'],
  ['utterance', 'utterance'],
  ['label', 'label'],
  ['duration', 'duration_seconds'],
  ['rater', 'rater'],
]);

/**
 * One clip, good or defective.
 * @throws UserError NOT_FOUND for an unknown one and for one whose file or corpus is gone.
 */
export function getClip(store: Store, clipId: number): Clip {
  const row = store
    .prepare(`SELECT ${CLIP_COLUMNS} FROM clips WHERE clip_id = ? AND state <> 'forgotten'`)
    .get(clipId);
  if (!row) throw new UserError('NOT_FOUND', `There is no clip ${clipId}.`);
  return toClip(row as ClipRow);
}

/** Clips by id, in the order of their ids; unknown and forgotten ones are left out. */
export function getClips(store: Store, clipIds: readonly number[]): Clip[] {
  const rows = store
    .prepare(
      `SELECT ${CLIP_COLUMNS} FROM clips
       WHERE clip_id IN (SELECT value FROM json_each(?)) AND state <> 'forgotten' ORDER BY clip_id`,
    )
    .all(JSON.stringify(clipIds)) as ClipRow[];
  return rows.map(toClip);
}

/** A good clip's absolute parts: the corpus folder and the path below it, and what the file held when it was read. */
export function clipFile(
  store: Store,
  clipId: number,
): { folder: string; path: string; contentHash: string | null } {
  const row = store
    .prepare(
      `SELECT folder, path, content_hash AS contentHash FROM clips JOIN corpora USING (corpus_id)
       WHERE clip_id = ? AND state <> 'forgotten'`,
    )
    .get(clipId);
  if (!row) throw new UserError('NOT_FOUND', `There is no clip ${clipId}.`);
  return row as { folder: string; path: string; contentHash: string | null };
}

/**
 * A page of clips under a filter, with the number of all that fit it.
 * @param offset from 0 @param limit at least 1
 */
export function clipPage(
  store: Store,
  corpusId: number,
  filter: ClipFilter,
  sort: ClipSort,
  offset: number,
  limit: number,
): { total: number; clips: Clip[] } {
  const condition = clipCondition(store, corpusId, filter);
  const order = orderBy(sort);
  if (condition.few) {
    const ids = idsUnder(store, condition, sort);
    return { total: ids.length, clips: clipsInOrder(store, ids.slice(offset, offset + limit)) };
  }
  // The ids are found in an index alone, so that a deep page skips entries, not rows.
  const rows = store
    .prepare(
      `SELECT ${CLIP_COLUMNS} FROM clips WHERE clip_id IN
         (SELECT clip_id FROM ${condition.source} WHERE ${condition.sql} ORDER BY ${order} LIMIT ? OFFSET ?)
       ORDER BY ${order}`,
    )
    .all(...condition.values, limit, offset) as ClipRow[];
  return { total: countClips(store, corpusId, filter), clips: rows.map(toClip) };
}

/** Ids of the clips under a filter, in order: all of them, or `limit` from `offset` on. */
export function clipIds(
  store: Store,
  corpusId: number,
  filter: ClipFilter,
  sort: ClipSort,
  { offset = 0, limit = -1 }: { offset?: number; limit?: number } = {},
): number[] {
  return idsUnder(store, clipCondition(store, corpusId, filter), sort, offset, limit);
}

/** A clip's place among those under a filter, from 0; null where it does not fit. */
export function clipPlace(
  store: Store,
  corpusId: number,
  filter: ClipFilter,
  sort: ClipSort,
  clipId: number,
): number | null {
  const { source, sql, values } = clipCondition(store, corpusId, filter);
  const { key, descending } = clipSortSchema.parse(sort);
  const column = SORT_COLUMNS.get(key)!;
  const own = store
    .prepare(`SELECT ${column} AS value FROM clips WHERE ${sql} AND clip_id = ?`)
    .get(...values, clipId) as { value: string | number | null } | undefined;
  if (!own) return null;
  // Clips without a value come first, as SQLite sorts them.
  const before =
    own.value === null
      ? `(${column} IS NULL AND clip_id < ?)`
      : `(${column} IS NULL OR ${column} < ? OR (${column} = ? AND clip_id < ?))`;
  const bound = own.value === null ? [clipId] : [own.value, own.value, clipId];
  const place = store
    .prepare(`SELECT count(*) FROM ${source} WHERE ${sql} AND ${before}`)
    .pluck()
    .get(...values, ...bound) as number;
  return descending ? countClips(store, corpusId, filter) - 1 - place : place;
}

function idsUnder(store: Store, condition: Condition, sort: ClipSort, offset = 0, limit = -1): number[] {
  const { source, sql, values } = condition;
  return store
    .prepare(`SELECT clip_id FROM ${source} WHERE ${sql} ORDER BY ${orderBy(sort)} LIMIT ? OFFSET ?`)
    .pluck()
    .all(...values, limit, offset) as number[];
}

function clipsInOrder(store: Store, ids: readonly number[]): Clip[] {
  const rows = store
    .prepare(
      `SELECT ${CLIP_COLUMNS} FROM (SELECT key AS place, value AS asked FROM json_each(?))
       CROSS JOIN clips ON clip_id = asked ORDER BY place`,
    )
    .all(JSON.stringify(ids)) as ClipRow[];
  return rows.map(toClip);
}

/** How many clips fit a filter. */
export function countClips(store: Store, corpusId: number, filter: ClipFilter): number {
  const parsed = clipFilterSchema.parse(filter);
  const counted = countedCondition(corpusId, parsed);
  const { source, sql, values } = counted ?? clipCondition(store, corpusId, filter);
  const count = counted ? 'coalesce(sum(clips), 0)' : 'count(*)';
  const text = `SELECT ${count} FROM ${source} WHERE ${sql}`;
  return store
    .prepare(text)
    .pluck()
    .get(...values) as number;
}

/** Clips by speaker ('' unknown) and label (null: none) under a filter. */
export function countBySpeakerAndLabel(
  store: Store,
  corpusId: number,
  filter: ClipFilter,
): { speaker: string; label: string | null; clips: number }[] {
  const parsed = clipFilterSchema.parse(filter);
  const counted = countedCondition(corpusId, parsed);
  const { source, sql, values } = counted ?? clipCondition(store, corpusId, filter);
  const columns = counted
    ? `speaker, nullif(label, '') AS label, sum(clips) AS clips`
    : `coalesce(speaker, '') AS speaker, label, count(*) AS clips`;
  const text = `SELECT ${columns} FROM ${source} WHERE ${sql} GROUP BY 1, 2`;
  return store.prepare(text).all(...values) as { speaker: string; label: string | null; clips: number }[];
}

/** A filter over clips. Every value is bound. */
function clipCondition(store: Store, corpusId: number, filter: ClipFilter): Condition {
  const parsed = clipFilterSchema.parse(filter);
  const { found, few, source } = searchCondition(store, corpusId, parsed);
  // Literal, not bound: a partial index is used only where its condition stands in the query.
  const parts = [`state = ${parsed.defects ? "'defective'" : "'good'"}`];
  // The plus keeps SQLite from an index of the corpus where the clips that fit are known one by one.
  parts.push(few ? '+corpus_id = ?' : 'corpus_id = ?');
  const values: (string | number)[] = [corpusId];
  const speakers = parsed.speakers.filter((speaker) => speaker !== '');
  if (parsed.speakers.length > 0) {
    const unknown = speakers.length < parsed.speakers.length ? 'speaker IS NULL OR ' : '';
    parts.push(`(${unknown}speaker IN (${places(speakers)}))`);
    values.push(...speakers);
  }
  const labels = parsed.labels.filter((label) => label !== null);
  if (parsed.labels.length > 0) {
    const none = labels.length < parsed.labels.length ? 'label IS NULL OR ' : '';
    parts.push(`(${none}label IN (${places(labels)}))`);
    values.push(...labels);
  }
  if (parsed.sexes.length > 0) {
    parts.push(`sex IN (${places(parsed.sexes)})`);
    values.push(...parsed.sexes);
  }
  if (parsed.rated !== undefined) parts.push(`rater IS ${parsed.rated ? 'NOT NULL' : 'NULL'}`);
  if (parsed.flags.length > 0) {
    // "+": never the way into the table, there may be many.
    parts.push(
      `+clip_id IN (SELECT clip_id FROM clip_flags WHERE corpus_id = ? AND flag IN (${places(parsed.flags)}))`,
    );
    values.push(corpusId, ...parsed.flags);
  }
  if (found) {
    parts.push(found.sql);
    values.push(found.value);
  }
  return { source, sql: parts.join(' AND '), values, few };
}

interface SearchCondition {
  readonly found: { readonly sql: string; readonly value: string } | undefined;
  readonly source: string;
  readonly few: boolean;
}

/** How a substring is looked for: one by one where trigrams find few; in a walk where they find many, or are too short. */
function searchCondition(store: Store, corpusId: number, filter: ParsedFilter): SearchCondition {
  const search = searchText(filter.search.trim());
  if (search === '') return { found: undefined, source: 'clips', few: false };
  const phrase = `"${search.replaceAll('"', '""')}"`;
  const clips = countClips(store, corpusId, {});
  const byTrigrams = [...search].length >= TRIGRAM && !filter.defects;
  const matches = byTrigrams ? matchesOf(store, phrase) : Infinity;
  if (matches * COMMON > clips) {
    // Not LIKE: nothing in what was typed is a pattern.
    const source = filter.defects ? 'clips' : 'clips INDEXED BY clips_by_search';
    return { found: { sql: 'instr(search, ?) > 0', value: search }, source, few: false };
  }
  const few = matches * WALKED_PER_FOUND < clips;
  const way = few ? 'clip_id' : '+clip_id';
  const sql = `${way} IN (SELECT rowid FROM clip_text WHERE clip_text MATCH ?)`;
  return { found: { sql, value: phrase }, source: 'clips', few };
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

/** The same over clip_counts; undefined where a filter asks what the counts do not hold. */
function countedCondition(corpusId: number, filter: ParsedFilter): Omit<Condition, 'few'> | undefined {
  if (filter.defects || filter.flags.length > 0 || filter.search.trim() !== '') return undefined;
  const parts = ['corpus_id = ?'];
  const values: (string | number)[] = [corpusId];
  const memberships: [string, readonly string[]][] = [
    ['speaker', filter.speakers],
    ['label', filter.labels.map((label) => label ?? '')],
    ['sex', filter.sexes],
  ];
  for (const [column, members] of memberships) {
    if (members.length === 0) continue;
    parts.push(`${column} IN (${places(members)})`);
    values.push(...members);
  }
  if (filter.rated !== undefined) parts.push(`rated = ${filter.rated ? 1 : 0}`);
  return { source: 'clip_counts', sql: parts.join(' AND '), values };
}

function places(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}

/** By column, then by clip in the order of indexing; a descending order is the ascending one read backwards. */
function orderBy(sort: ClipSort): string {
  const { key, descending } = clipSortSchema.parse(sort);
  const direction = descending ? 'DESC' : 'ASC';
  return `${SORT_COLUMNS.get(key)!} ${direction}, clip_id ${direction}`;
}
