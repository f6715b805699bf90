// Listening tests: samples, answers as events of their own, and what they come to.
import { UserError } from '../../shared/contract/errors.ts';
import {
  createListeningTestSchema,
  type CreateListeningTest,
  type ListeningSession,
  type ListeningTest,
} from '../../shared/contract/schemas.ts';
import { listeningOrder, stratifiedSample, type Answer } from '../../shared/labels/listening.ts';
import { clipIds, getClips } from './clips.ts';
import { corpusSummary, getCorpus } from './corpora.ts';
import type { Store } from './database.ts';
import { addRater } from './ledger.ts';

/** The last answer of every rater about every clip. */
const LAST_ANSWERS = `
  SELECT test_id, clip_id, rater, label, max(answer_id) AS answer_id FROM listening_answers GROUP BY 1, 2, 3`;

interface TestRow extends Omit<ListeningTest, 'labels' | 'raters'> {
  labels: string;
}

const COLUMNS = `
  test_id AS testId, corpus_id AS corpusId, name, labels, stratify_by AS stratifyBy, truth, seed,
  created_at AS createdAt,
  (SELECT count(*) FROM listening_items i WHERE i.test_id = t.test_id) AS clips`;

/** Draws a sample and keeps it with what counts as right. @throws UserError NOT_FOUND; BAD_INPUT where no clip fits */
export function createTest(store: Store, input: CreateListeningTest): ListeningTest {
  const options = createListeningTestSchema.parse(input);
  const { corpusId, name, filter, stratifyBy, truth, seed } = options;
  return store.transaction(() => {
    const labels = options.labels ?? corpusSummary(store, corpusId).labels.map(({ label }) => label);
    const ids = clipIds(store, corpusId, { ...filter, defects: false }, { key: 'path' });
    const candidates = getClips(store, ids).flatMap((clip) => {
      const label = truth === 'imported' ? clip.importedLabel : clip.label;
      return label !== null && labels.includes(label) ? [{ ...clip, label }] : [];
    });
    const byLabel = ({ label }: { label: string }): string => label;
    const bySpeaker = ({ speaker }: { speaker: string | null }): string => speaker ?? '';
    const levels = { none: [], label: [byLabel], 'speaker-label': [byLabel, bySpeaker] }[stratifyBy];
    const sample = stratifiedSample(candidates, levels, options.clips, seed);
    if (sample.length === 0) {
      throw new UserError('BAD_INPUT', 'No clip under this filter has one of the labels.');
    }
    const { lastInsertRowid } = store
      .prepare(
        `INSERT INTO listening_tests (corpus_id, name, labels, filter, stratify_by, truth, seed, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        ...[corpusId, name, JSON.stringify(labels), JSON.stringify(filter), stratifyBy, truth, seed],
        new Date().toISOString(),
      );
    const insert = store.prepare('INSERT INTO listening_items (test_id, clip_id, label) VALUES (?, ?, ?)');
    for (const { clipId, label } of sample) insert.run(lastInsertRowid, clipId, label);
    return getTest(store, Number(lastInsertRowid));
  });
}

/** Newest first. @throws UserError NOT_FOUND for an unknown corpus */
export function listTests(store: Store, corpusId: number): ListeningTest[] {
  getCorpus(store, corpusId);
  const rows = store
    .prepare(`SELECT ${COLUMNS} FROM listening_tests t WHERE corpus_id = ? ORDER BY test_id DESC`)
    .all(corpusId) as TestRow[];
  return rows.map((row) => toTest(store, row));
}

/** @throws UserError NOT_FOUND */
export function getTest(store: Store, testId: number): ListeningTest {
  const row = store.prepare(`SELECT ${COLUMNS} FROM listening_tests t WHERE test_id = ?`).get(testId);
  if (!row) throw new UserError('NOT_FOUND', `There is no listening test ${testId}.`);
  return toTest(store, row as TestRow);
}

function toTest(store: Store, { labels, ...row }: TestRow): ListeningTest {
  const raters = store
    .prepare(
      `SELECT rater, count(DISTINCT clip_id) AS answered FROM listening_answers
       WHERE test_id = ? GROUP BY rater ORDER BY rater`,
    )
    .all(row.testId) as ListeningTest['raters'];
  return { ...row, labels: JSON.parse(labels) as string[], raters };
}

/** Where a rater stands in a test; nothing in it tells a label but their own answers. @throws UserError NOT_FOUND */
export function listeningSession(store: Store, testId: number, rater: string): ListeningSession {
  const test = getTest(store, testId);
  const rows = store
    .prepare(
      `SELECT i.clip_id AS clipId, c.duration_seconds AS durationSeconds, a.answer_id IS NOT NULL AS answered, a.label
       FROM listening_items i JOIN clips c ON c.clip_id = i.clip_id AND c.state = 'good'
       LEFT JOIN (${LAST_ANSWERS}) a ON a.test_id = i.test_id AND a.clip_id = i.clip_id AND a.rater = ?
       WHERE i.test_id = ? ORDER BY i.clip_id`,
    )
    .all(rater, testId) as {
    clipId: number;
    durationSeconds: number;
    answered: number;
    label: string | null;
  }[];
  const items = listeningOrder(rows, test.seed, `${testId}/${rater}`).map((row) => ({
    ...row,
    answered: row.answered === 1,
  }));
  const next = items.findIndex(({ answered }) => !answered);
  return {
    test,
    items,
    answered: items.filter(({ answered }) => answered).length,
    next: next < 0 ? null : next,
  };
}

export interface NewAnswer {
  readonly testId: number;
  readonly rater: string;
  readonly clipId: number;
  readonly label: string | null;
  readonly confidence: number | null;
  readonly plays: number | null;
  readonly seconds: number | null;
}

/** Appends an answer; the rater's last one about a clip counts. @throws UserError NOT_FOUND; BAD_INPUT for a label not asked for */
export function answer(store: Store, given: NewAnswer): { answered: number; clips: number } {
  const { testId, rater, clipId, label, confidence, plays, seconds } = given;
  return store.transaction(() => {
    const test = getTest(store, testId);
    const item = store
      .prepare('SELECT 1 FROM listening_items WHERE test_id = ? AND clip_id = ?')
      .get(testId, clipId);
    if (!item) throw new UserError('NOT_FOUND', `Clip ${clipId} is not part of this test.`);
    if (label !== null && !test.labels.includes(label)) {
      throw new UserError('BAD_INPUT', `"${label}" is not among the answers of this test.`);
    }
    addRater(store, rater);
    store
      .prepare(
        `INSERT INTO listening_answers (test_id, clip_id, rater, label, confidence, plays, seconds, at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(testId, clipId, rater, label, confidence, plays, seconds, new Date().toISOString());
    const answered = store
      .prepare('SELECT count(DISTINCT clip_id) FROM listening_answers WHERE test_id = ? AND rater = ?')
      .pluck()
      .get(testId, rater) as number;
    return { answered, clips: test.clips };
  });
}

/** Every rater's last answers beside what counts as right, by rater and clip. */
export function listeningAnswers(
  store: Store,
  testId: number,
): (Answer & { readonly rater: string; readonly clipId: number })[] {
  return store
    .prepare(
      `SELECT a.rater, i.clip_id AS clipId, i.label, a.label AS answer, c.speaker
       FROM (${LAST_ANSWERS}) a JOIN listening_items i ON i.test_id = a.test_id AND i.clip_id = a.clip_id
       JOIN clips c ON c.clip_id = i.clip_id WHERE a.test_id = ? ORDER BY a.rater, i.clip_id`,
    )
    .all(testId) as (Answer & { rater: string; clipId: number })[];
}
