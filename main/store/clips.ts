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
  const condition = clipCondition(corpusId, filter);
  const order = orderBy(sort);
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

/** Ids of all clips under a filter, in order. */
export function clipIds(store: Store, corpusId: number, filter: ClipFilter, sort: ClipSort): number[] {
  const condition = clipCondition(corpusId, filter);
  return store
    .prepare(`SELECT clip_id FROM ${condition.source} WHERE ${condition.sql} ORDER BY ${orderBy(sort)}`)
    .pluck()
    .all(...condition.values) as number[];
}

/** How many clips fit a filter. */
export function countClips(store: Store, corpusId: number, filter: ClipFilter): number {
  const parsed = clipFilterSchema.parse(filter);
  const counted = countedCondition(corpusId, parsed);
  const { source, sql, values } = counted ?? clipCondition(corpusId, filter);
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
  const { source, sql, values } = counted ?? clipCondition(corpusId, filter);
  const columns = counted
    ? `speaker, nullif(label, '') AS label, sum(clips) AS clips`
    : `coalesce(speaker, '') AS speaker, label, count(*) AS clips`;
  const text = `SELECT ${columns} FROM ${source} WHERE ${sql} GROUP BY 1, 2`;
  return store.prepare(text).all(...values) as { speaker: string; label: string | null; clips: number }[];
}

/** A filter over clips. Every value is bound. */
function clipCondition(corpusId: number, filter: ClipFilter): Condition {
  const parsed = clipFilterSchema.parse(filter);
  // Literal, not bound: a partial index is used only where its condition stands in the query.
  const parts = [`state = ${parsed.defects ? "'defective'" : "'good'"}`, 'corpus_id = ?'];
  const values: (string | number)[] = [corpusId];
  const speakers = parsed.speakers.filter((speaker) => speaker !== '');
  if (parsed.speakers.length > 0) {
    const unknown = speakers.length < parsed.speakers.length ? 'speaker IS NULL OR ' : '';
    parts.push(`(${unknown}speaker IN (${places(speakers)}))`);
    values.push(...speakers);
  }
  addMemberships(parts, values, parsed);
  if (parsed.rated !== undefined) parts.push(`rater IS ${parsed.rated ? 'NOT NULL' : 'NULL'}`);
  const search = searchText(parsed.search.trim());
  if (search !== '') {
    // Not LIKE: nothing in what was typed is a pattern.
    parts.push('instr(search, ?) > 0');
    values.push(search);
  }
  const indexed = search !== '' && !parsed.defects;
  const source = indexed ? 'clips INDEXED BY clips_by_search' : 'clips';
  return { source, sql: parts.join(' AND '), values };
}

/** The same over clip_counts; undefined where a filter asks what the counts do not hold. */
function countedCondition(corpusId: number, filter: ParsedFilter): Condition | undefined {
  if (filter.defects || filter.search.trim() !== '') return undefined;
  const parts = ['corpus_id = ?'];
  const values: (string | number)[] = [corpusId];
  if (filter.speakers.length > 0) {
    parts.push(`speaker IN (${places(filter.speakers)})`);
    values.push(...filter.speakers);
  }
  addMemberships(parts, values, filter);
  if (filter.rated !== undefined) parts.push(`rated = ${filter.rated ? 1 : 0}`);
  return { source: 'clip_counts', sql: parts.join(' AND '), values };
}

function addMemberships(parts: string[], values: (string | number)[], filter: ParsedFilter): void {
  if (filter.labels.length > 0) parts.push(`label IN (${places(filter.labels)})`);
  if (filter.sexes.length > 0) parts.push(`sex IN (${places(filter.sexes)})`);
  values.push(...filter.labels, ...filter.sexes);
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
