// Reads segments as they are now.
import type { Segment } from '../../shared/contract/schemas.ts';
import type { Store } from './database.ts';

const COLUMNS = `
  s.segment_id AS segmentId, s.clip_id AS clipId, s.start_seconds AS startSeconds, s.end_seconds AS endSeconds, s.tier,
  s.label, s.locked, s.note, s.rater, s.event_id AS eventId`;

type SegmentRow = Omit<Segment, 'locked'> & { locked: number };

function read(store: Store, source: string, value: string | number): Segment[] {
  const rows = store.prepare(`SELECT ${COLUMNS} FROM ${source}`).all(value) as SegmentRow[];
  return rows.map((row) => ({ ...row, locked: row.locked === 1 }));
}

/** A clip's segments by start. */
export function clipSegments(store: Store, clipId: number): Segment[] {
  return read(
    store,
    'segments s WHERE s.clip_id = ? AND s.present = 1 ORDER BY s.start_seconds, s.segment_id',
    clipId,
  );
}

/** Segments of a corpus's good clips, by clip and start. */
export function corpusSegments(store: Store, corpusId: number): Segment[] {
  return read(
    store,
    `clips c JOIN segments s ON s.clip_id = c.clip_id AND s.present = 1
     WHERE c.corpus_id = ? AND c.state = 'good' ORDER BY s.clip_id, s.start_seconds, s.segment_id`,
    corpusId,
  );
}

/** Segments by id, those that are there, in the order of their ids. */
export function segmentsById(store: Store, segmentIds: readonly number[]): Segment[] {
  if (segmentIds.length === 0) return [];
  return read(
    store,
    `segments s WHERE s.segment_id IN (SELECT value FROM json_each(?)) AND s.present = 1 ORDER BY s.segment_id`,
    JSON.stringify(segmentIds),
  );
}
