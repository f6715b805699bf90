// Reads clips: one, a page under a filter, their ids in order.
import { UserError } from '../../shared/contract/errors.ts';
import {
  clipFilterSchema,
  clipSortSchema,
  type Clip,
  type ClipFilter,
  type ClipSort,
} from '../../shared/contract/schemas.ts';
import { clipCondition, countedCondition, type Condition } from './clip-filter.ts';
import type { Store } from './database.ts';

const CLIP_COLUMNS = `
  clip_id AS clipId, corpus_id AS corpusId, path, speaker, sex, utterance, text, take, label,
  imported_label AS importedLabel, rater, secondary_label AS secondaryLabel, confidence, resolved, note, bad, opinion,
  event_id AS eventId, duration_seconds AS durationSeconds, sample_rate_hz AS sampleRateHz,
  channels, encoding, coalesce(audio_defect, name_defect) AS defect`;

type ClipRow = Omit<Clip, 'resolved' | 'bad' | 'opinion'> & {
  resolved: number;
  bad: number;
  opinion: string | null;
};

function toClip(row: ClipRow): Clip {
  const opinion = row.opinion === null ? null : (JSON.parse(row.opinion) as Clip['opinion']);
  return { ...row, opinion, resolved: row.resolved === 1, bad: row.bad === 1 };
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

/** One corpus, or several seen together. */
export type Corpora = number | readonly number[];

const idsOf = (corpora: Corpora): readonly number[] => (typeof corpora === 'number' ? [corpora] : corpora);

/**
 * A page of clips under a filter, with the number of all that fit it.
 * @param offset from 0 @param limit at least 1
 */
export function clipPage(
  store: Store,
  corpora: Corpora,
  filter: ClipFilter,
  sort: ClipSort,
  offset: number,
  limit: number,
): { total: number; clips: Clip[] } {
  const conditions = idsOf(corpora).map((corpusId) => clipCondition(store, corpusId, filter));
  if (conditions.length === 1 && conditions[0]!.few) {
    const ids = idsUnder(store, conditions, sort);
    return { total: ids.length, clips: clipsInOrder(store, ids.slice(offset, offset + limit)) };
  }
  // The ids are found in an index alone, so that a deep page skips entries, not rows.
  const ids = idsUnder(store, conditions, sort, offset, limit);
  return { total: countClips(store, corpora, filter), clips: clipsInOrder(store, ids) };
}

/** Ids of the clips under a filter, in order: all of them, or `limit` from `offset` on. */
export function clipIds(
  store: Store,
  corpora: Corpora,
  filter: ClipFilter,
  sort: ClipSort,
  { offset = 0, limit = -1 }: { offset?: number; limit?: number } = {},
): number[] {
  const conditions = idsOf(corpora).map((corpusId) => clipCondition(store, corpusId, filter));
  return idsUnder(store, conditions, sort, offset, limit);
}

/** A clip's place among those under a filter, from 0; null where it does not fit. */
export function clipPlace(
  store: Store,
  corpora: Corpora,
  filter: ClipFilter,
  sort: ClipSort,
  clipId: number,
): number | null {
  const { key, descending } = clipSortSchema.parse(sort);
  const column = SORT_COLUMNS.get(key)!;
  const conditions = idsOf(corpora).map((corpusId) => clipCondition(store, corpusId, filter));
  const own = conditions
    .map(({ sql, values }) =>
      store
        .prepare(`SELECT ${column} AS value FROM clips WHERE ${sql} AND clip_id = ?`)
        .get(...values, clipId),
    )
    .find((row) => row !== undefined) as { value: string | number | null } | undefined;
  if (!own) return null;
  // Clips without a value come first, as SQLite sorts them.
  const before =
    own.value === null
      ? `(${column} IS NULL AND clip_id < ?)`
      : `(${column} IS NULL OR ${column} < ? OR (${column} = ? AND clip_id < ?))`;
  const bound = own.value === null ? [clipId] : [own.value, own.value, clipId];
  const places = conditions.map(
    ({ source, sql, values }) =>
      store
        .prepare(`SELECT count(*) FROM ${source} WHERE ${sql} AND ${before}`)
        .pluck()
        .get(...values, ...bound) as number,
  );
  const place = places.reduce((sum, one) => sum + one, 0);
  return descending ? countClips(store, corpora, filter) - 1 - place : place;
}

/** Of several corpora: each in its own order, merged. */
function idsUnder(
  store: Store,
  conditions: readonly Condition[],
  sort: ClipSort,
  offset = 0,
  limit = -1,
): number[] {
  const { key, descending } = clipSortSchema.parse(sort);
  const column = SORT_COLUMNS.get(key)!;
  // By column, then by clip in the order of indexing; a descending order is the ascending one read backwards.
  const direction = descending ? 'DESC' : 'ASC';
  const arms = conditions.map(
    ({ source, sql }) => `SELECT clip_id, ${column} AS sorted FROM ${source} WHERE ${sql}`,
  );
  const order = `ORDER BY ${arms.length === 1 ? column : 'sorted'} ${direction}, clip_id ${direction}`;
  return store
    .prepare(`${arms.join(' UNION ALL ')} ${order} LIMIT ? OFFSET ?`)
    .pluck()
    .all(...conditions.flatMap(({ values }) => values), limit, offset) as number[];
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
export function countClips(store: Store, corpora: Corpora, filter: ClipFilter): number {
  const counts = idsOf(corpora).map((corpusId) => {
    const { source, sql, values, clips } = countable(store, corpusId, filter);
    const text = `SELECT ${clips} FROM ${source} WHERE ${sql}`;
    return store
      .prepare(text)
      .pluck()
      .get(...values) as number;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

/** What to count under a filter. */
function countable(store: Store, corpusId: number, filter: ClipFilter) {
  const kept = countedCondition(store, corpusId, clipFilterSchema.parse(filter));
  if (kept) return { ...kept, source: 'clip_counts', clips: 'coalesce(sum(clips), 0)' };
  const { source, counted } = clipCondition(store, corpusId, filter);
  return { ...counted, source, clips: 'count(*)' };
}

/** Clips by speaker ('' unknown) and label (null: none) under a filter. */
export function countBySpeakerAndLabel(
  store: Store,
  corpusId: number,
  filter: ClipFilter,
): { speaker: string; label: string | null; clips: number }[] {
  const { source, sql, values, clips } = countable(store, corpusId, filter);
  const text = `SELECT coalesce(speaker, '') AS speaker, nullif(label, '') AS label, ${clips} AS clips
    FROM ${source} WHERE ${sql} GROUP BY 1, 2`;
  return store.prepare(text).all(...values) as { speaker: string; label: string | null; clips: number }[];
}
