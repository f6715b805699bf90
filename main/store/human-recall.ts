// Human recall taken over from a table of hit rates: kept a clip, told by label.
import { UserError } from '../../shared/contract/errors.ts';
import type { HumanRecall } from '../../shared/contract/schemas.ts';
import { compareLabels } from '../../shared/labels/emotions.ts';
import {
  meanRecall,
  meanRecallInterval,
  recallOfLabels,
  type HitRate,
} from '../../shared/labels/human-recall.ts';
import { getCorpus } from './corpora.ts';
import type { Store } from './database.ts';

const INTERVAL_SEED = 1;

/** A recording and the share of listeners who heard its label, 0..1. */
export interface HitRateRow {
  readonly file: string;
  readonly recall: number;
}
export type HitRateTable = readonly HitRateRow[];

interface RecallRow {
  humanRecallId: number;
  corpusId: number;
  name: string;
  importedAt: string;
  rows: number;
}

const COLUMNS = `
  human_recall_id AS humanRecallId, corpus_id AS corpusId, name, imported_at AS importedAt, rows`;

/**
 * Keeps the hit rates of those recordings that are clips of the corpus: same path, or same file name where only one
 * clip has it, with or without extension, whatever the case.
 * @throws UserError NOT_FOUND; BAD_INPUT where no row names a clip with a label
 */
export function importHumanRecall(
  store: Store,
  corpusId: number,
  name: string,
  table: HitRateTable,
): HumanRecall {
  return store.transaction(() => {
    getCorpus(store, corpusId);
    const clips = clipsByName(store, corpusId);
    const { lastInsertRowid } = store
      .prepare('INSERT INTO human_recalls (corpus_id, name, imported_at, rows) VALUES (?, ?, ?, ?)')
      .run(corpusId, name, new Date().toISOString(), table.length);
    const insert = store.prepare(
      `INSERT OR REPLACE INTO human_recall_clips (human_recall_id, clip_id, label, recall) VALUES (?, ?, ?, ?)`,
    );
    let matched = 0;
    for (const { file, recall } of table) {
      const clip = clips.get(keyOf(file)) ?? clips.get(keyOf(baseName(file)));
      if (!clip) continue;
      insert.run(lastInsertRowid, clip.clipId, clip.label, recall);
      matched += 1;
    }
    if (matched === 0)
      throw new UserError('BAD_INPUT', `No row of ${name} names a labelled clip of this corpus.`);
    return getHumanRecall(store, Number(lastInsertRowid));
  });
}

interface NamedClip {
  clipId: number;
  path: string;
  label: string;
}

/** Labelled clips by path and by file name; a name that two clips have is nobody's. */
function clipsByName(store: Store, corpusId: number): Map<string, NamedClip | null> {
  const rows = store
    .prepare(
      `SELECT clip_id AS clipId, path, imported_label AS label FROM clips
       WHERE corpus_id = ? AND state = 'good' AND imported_label IS NOT NULL`,
    )
    .all(corpusId) as NamedClip[];
  const byName = new Map<string, NamedClip | null>();
  for (const clip of rows) {
    const key = keyOf(baseName(clip.path));
    byName.set(key, byName.has(key) ? null : clip);
  }
  for (const clip of rows) byName.set(keyOf(clip.path), clip);
  return byName;
}

function baseName(file: string): string {
  return file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
}

function keyOf(file: string): string {
  return file
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('\\', '/')
    .replace(/\.[a-z0-9]{2,4}$/, '');
}

/** Newest first. @throws UserError NOT_FOUND for an unknown corpus */
export function listHumanRecall(store: Store, corpusId: number): HumanRecall[] {
  getCorpus(store, corpusId);
  const rows = store
    .prepare(`SELECT ${COLUMNS} FROM human_recalls WHERE corpus_id = ? ORDER BY human_recall_id DESC`)
    .all(corpusId) as RecallRow[];
  return rows.map((row) => toHumanRecall(store, row));
}

/** @throws UserError NOT_FOUND */
export function getHumanRecall(store: Store, humanRecallId: number): HumanRecall {
  const row = store
    .prepare(`SELECT ${COLUMNS} FROM human_recalls WHERE human_recall_id = ?`)
    .get(humanRecallId);
  if (!row) throw new UserError('NOT_FOUND', `There is no human recall ${humanRecallId}.`);
  return toHumanRecall(store, row as RecallRow);
}

/** Forgets a table's hit rates. @throws UserError NOT_FOUND */
export function removeHumanRecall(store: Store, humanRecallId: number): void {
  getHumanRecall(store, humanRecallId);
  store.prepare('DELETE FROM human_recalls WHERE human_recall_id = ?').run(humanRecallId);
}

function toHumanRecall(store: Store, row: RecallRow): HumanRecall {
  const rates = store
    .prepare(
      `SELECT h.label, c.speaker, h.recall FROM human_recall_clips h JOIN clips c USING (clip_id)
       WHERE human_recall_id = ? ORDER BY clip_id`,
    )
    .all(row.humanRecallId) as HitRate[];
  const upperBound = rates.length < row.rows;
  return {
    ...row,
    clips: rates.length,
    byLabel: recallOfLabels(rates).sort((a, b) => compareLabels(a.label, b.label)),
    uar: meanRecall(rates),
    uarInterval: meanRecallInterval(rates, INTERVAL_SEED),
    upperBound,
    caveat: caveat(rates.length, row.rows),
  };
}

function caveat(clips: number, rows: number): string {
  const what = 'Hit rates by label, no confusion matrix: what a clip was mistaken for is not known.';
  if (clips === rows) return what;
  const kept = `${clips} of the table's ${rows} recordings are in the corpus`;
  return `An upper bound: ${kept}, and corpora keep those that listeners recognised. ${what}`;
}
