// Reads parallel utterances: which sentences several clips say, and who says one in which emotion.
import { UserError } from '../../shared/contract/errors.ts';
import type { ParallelGrid, ParallelUtterance } from '../../shared/contract/schemas.ts';
import { orderLabels } from '../../shared/labels/emotions.ts';
import { getClips } from './clips.ts';
import type { Store } from './database.ts';

/** Clips of one utterance that a grid holds at most. */
const MOST_CLIPS = 5000;

/** Utterances that at least two good clips say, by id. */
export function parallelUtterances(store: Store, corpusId: number): ParallelUtterance[] {
  return store
    .prepare(
      `SELECT utterance, max(text) AS text, count(*) AS clips, count(DISTINCT speaker) AS speakers,
         count(DISTINCT label) AS labels
       FROM clips WHERE corpus_id = ? AND state = 'good' AND utterance IS NOT NULL
       GROUP BY utterance HAVING count(*) > 1 ORDER BY utterance`,
    )
    .all(corpusId) as ParallelUtterance[];
}

/**
 * The good clips of an utterance by speaker, label and take.
 * @throws UserError NOT_FOUND where no clip says it
 */
export function parallelGrid(store: Store, corpusId: number, utterance: string): ParallelGrid {
  const ids = store
    .prepare(
      `SELECT clip_id FROM clips WHERE corpus_id = ? AND state = 'good' AND utterance = ?
       ORDER BY speaker, label, take, path LIMIT ${MOST_CLIPS}`,
    )
    .pluck()
    .all(corpusId, utterance) as number[];
  const place = new Map(ids.map((id, i) => [id, i]));
  const clips = getClips(store, ids).sort((a, b) => place.get(a.clipId)! - place.get(b.clipId)!);
  const [first] = clips;
  if (!first) throw new UserError('NOT_FOUND', `No clip says the utterance “${utterance}”.`);
  const labels = orderLabels(clips.flatMap(({ label }) => label ?? []));
  return {
    utterance,
    text: first.text,
    speakers: [...new Set(clips.map(({ speaker }) => speaker))],
    labels: clips.some(({ label }) => label === null) ? [...labels, null] : labels,
    clips,
  };
}
