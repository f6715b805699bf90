// Reads raters and each one's own labels.
import type { OwnLabel, RaterSummary } from '../../shared/contract/schemas.ts';
import type { Store } from './database.ts';

/** Raters of the workspace by name, with their own labels in one corpus or in all. */
export function listRaters(store: Store, corpusId?: number): RaterSummary[] {
  const about = corpusId === undefined ? '' : 'WHERE c.corpus_id = ?';
  const counts = store
    .prepare(
      `SELECT o.rater, count(*) AS clips, max(d.at) AS lastAt
       FROM rater_labels o JOIN clips c ON c.clip_id = o.clip_id AND c.state <> 'forgotten'
       JOIN label_events e ON e.event_id = o.event_id JOIN decisions d ON d.decision_id = e.decision_id
       ${about} GROUP BY o.rater`,
    )
    .all(...(corpusId === undefined ? [] : [corpusId])) as RaterSummary[];
  const byRater = new Map(counts.map((row) => [row.rater, row]));
  const names = store.prepare('SELECT rater FROM raters').pluck().all() as string[];
  const order = new Intl.Collator('en', { numeric: true });
  return names
    .sort((a, b) => order.compare(a, b))
    .map((rater) => byRater.get(rater) ?? { rater, clips: 0, lastAt: null });
}

const OWN_LABELS = `
  SELECT o.clip_id AS clipId, o.rater, o.event_id AS eventId, o.label, o.secondary_label AS secondaryLabel,
    o.confidence, d.blind, d.at
  FROM clips c JOIN rater_labels o ON o.clip_id = c.clip_id
  JOIN label_events e ON e.event_id = o.event_id JOIN decisions d ON d.decision_id = e.decision_id`;

function toOwnLabels(rows: unknown[]): OwnLabel[] {
  return (rows as (Omit<OwnLabel, 'blind'> & { blind: number })[]).map((row) => ({
    ...row,
    blind: row.blind === 1,
  }));
}

/** Every rater's own labels of some clips, by clip and rater. */
export function ownLabelsOfClips(store: Store, clipIds: readonly number[]): OwnLabel[] {
  const rows = store
    .prepare(
      `${OWN_LABELS} WHERE c.clip_id IN (SELECT value FROM json_each(?)) AND c.state <> 'forgotten'
       ORDER BY o.clip_id, o.rater`,
    )
    .all(JSON.stringify(clipIds));
  return toOwnLabels(rows);
}

/** Own labels of a corpus's good clips, of one rater or of all, by clip and rater. */
export function ownLabels(store: Store, corpusId: number, rater?: string): OwnLabel[] {
  const of = rater === undefined ? '' : 'AND o.rater = ?';
  const rows = store
    .prepare(`${OWN_LABELS} WHERE c.corpus_id = ? AND c.state = 'good' ${of} ORDER BY o.clip_id, o.rater`)
    .all(corpusId, ...(rater === undefined ? [] : [rater]));
  return toOwnLabels(rows);
}
