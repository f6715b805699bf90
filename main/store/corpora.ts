// Reads corpora: summaries, defects, counts; makes, remembers and forgets them.
import { UserError } from '../../shared/contract/errors.ts';
import {
  CLIP_MARKS,
  tableSpecSchema,
  type AdapterName,
  type ClipFilter,
  type CorpusReport,
  type CorpusSummary,
  type Crosstab,
  type Defect,
  type Sex,
  type TableSpec,
} from '../../shared/contract/schemas.ts';
import { orderLabels } from '../../shared/labels/emotions.ts';
import { checkCounts } from './checks.ts';
import { countMarked } from './clip-filter.ts';
import { countBySpeakerAndLabel } from './clips.ts';
import type { Store } from './database.ts';
import { labelVersion } from './label-version.ts';

const MICROSECONDS_PER_SECOND = 1e6;

export interface CorpusRecord {
  readonly corpusId: number;
  readonly folder: string;
  readonly name: string;
  readonly adapter: AdapterName;
  readonly synthetic: boolean;
  /** How its metadata table was read when it was last opened through one. */
  readonly table: TableSpec | null;
  /** False until its first indexing has come to an end, and after it was forgotten. */
  readonly indexed: boolean;
}

interface CorpusRow {
  corpusId: number;
  folder: string;
  name: string;
  adapter: AdapterName;
  synthetic: number;
  table_spec: string | null;
  indexed_at: string | null;
}

const CORPUS_COLUMNS = 'corpus_id AS corpusId, folder, name, adapter, synthetic, table_spec, indexed_at';

/** The corpus of a folder (absolute, links resolved), known or forgotten; undefined where it was never opened. */
export function findCorpus(store: Store, folder: string): CorpusRecord | undefined {
  const row = store.prepare(`SELECT ${CORPUS_COLUMNS} FROM corpora WHERE folder = ?`).get(folder);
  return row ? corpusOf(row as CorpusRow) : undefined;
}

/** @throws UserError NOT_FOUND for an unknown corpus and a forgotten one. */
export function getCorpus(store: Store, corpusId: number): CorpusRecord {
  const row = store.prepare(`SELECT ${CORPUS_COLUMNS} FROM corpora WHERE corpus_id = ?`).get(corpusId);
  const corpus = row ? corpusOf(row as CorpusRow) : undefined;
  if (!corpus?.indexed) throw new UserError('NOT_FOUND', `There is no corpus ${corpusId} in this workspace.`);
  return corpus;
}

function corpusOf(row: CorpusRow): CorpusRecord {
  const { corpusId, folder, name, adapter } = row;
  return {
    ...{ corpusId, folder, name, adapter },
    synthetic: row.synthetic === 1,
    table: row.table_spec === null ? null : tableSpecSchema.parse(JSON.parse(row.table_spec)),
    indexed: row.indexed_at !== null,
  };
}

/** Writes what an opening has found out about a corpus; returns its id. A corpus once synthetic stays so. */
export function saveCorpus(
  store: Store,
  corpus: Pick<CorpusRecord, 'folder' | 'name' | 'adapter' | 'synthetic' | 'table'>,
): number {
  const values = {
    ...corpus,
    synthetic: corpus.synthetic ? 1 : 0,
    table: corpus.table ? JSON.stringify(corpus.table) : null,
  };
  return store.transaction(() => {
    const known = store
      .prepare(
        `UPDATE corpora SET name = @name, adapter = @adapter, synthetic = max(synthetic, @synthetic),
           table_spec = @table WHERE folder = @folder RETURNING corpus_id`,
      )
      .pluck()
      .get(values) as number | undefined;
    if (known !== undefined) return known;
    const added = store
      .prepare(
        `INSERT INTO corpora (folder, name, adapter, synthetic, table_spec, created_at)
         VALUES (@folder, @name, @adapter, @synthetic, @table, @createdAt)`,
      )
      .run({ ...values, createdAt: new Date().toISOString() });
    return Number(added.lastInsertRowid);
  });
}

/** Corpora of the workspace by name. */
export function listCorpora(store: Store): CorpusSummary[] {
  const ids = store
    .prepare('SELECT corpus_id FROM corpora WHERE indexed_at IS NOT NULL ORDER BY name, corpus_id')
    .pluck()
    .all() as number[];
  return ids.map((corpusId) => corpusSummary(store, corpusId));
}

interface CountRow {
  speaker: string;
  sex: string;
  label: string;
  importedLabel: string;
  sampleRateHz: number;
  clips: number;
  microseconds: number;
}

/** @throws UserError NOT_FOUND */
export function corpusSummary(store: Store, corpusId: number): CorpusSummary {
  const { folder, name, adapter, synthetic } = getCorpus(store, corpusId);
  const rows = countRows(store, corpusId);
  const labels = labelSet(rows);
  const byLabel = totals(rows, (row) => row.label);
  return {
    ...{ corpusId, name, folder, adapter, synthetic },
    clips: rows.reduce((sum, row) => sum + row.clips, 0),
    defects: countDefects(store, corpusId),
    durationSeconds: rows.reduce((sum, row) => sum + row.microseconds, 0) / MICROSECONDS_PER_SECOND,
    speakers: speakersOf(rows).filter(({ speaker }) => speaker !== ''),
    labels: labels.map((label) => ({ label, clips: byLabel.get(label) ?? 0 })),
    unlabelled: byLabel.get('') ?? 0,
    flagged: countFlagged(store, corpusId),
    sampleRatesHz: [...new Set(rows.map((row) => row.sampleRateHz))].sort((a, b) => a - b),
    labelVersion: labelVersion(store, corpusId),
  };
}

/**
 * Speaker x label counts of the clips under a filter, over all speakers and labels of the corpus.
 * Clips of an unknown speaker are the row '', those without a label the column null: last, where there are any.
 * @throws UserError NOT_FOUND
 */
export function crosstab(store: Store, corpusId: number, filter: ClipFilter = {}): Crosstab {
  getCorpus(store, corpusId);
  const rows = countRows(store, corpusId);
  const speakers = speakersOf(rows).map(({ speaker, sex }) => ({ speaker, sex }));
  const unlabelled = rows.some((row) => row.label === '');
  const labels = [...labelSet(rows), ...(unlabelled ? [null] : [])];
  const rowOf = new Map(speakers.map(({ speaker }, index) => [speaker, index]));
  const columnOf = new Map<string | null, number>(labels.map((label, index) => [label, index]));
  const counts = speakers.map(() => labels.map(() => 0));
  for (const { speaker, label, clips } of countBySpeakerAndLabel(store, corpusId, filter)) {
    const row = counts[rowOf.get(speaker) ?? -1];
    const column = columnOf.get(label);
    if (row && column !== undefined) row[column] = clips;
  }
  return { speakers, labels, counts };
}

/** What is in a corpus beside its labels. @throws UserError NOT_FOUND */
export function corpusReport(store: Store, corpusId: number): CorpusReport {
  getCorpus(store, corpusId);
  const rows = countRows(store, corpusId);
  const clips = rows.reduce((sum, row) => sum + row.clips, 0);
  const byRate = Map.groupBy(rows, (row) => row.sampleRateHz);
  const rates = [...byRate].map(([sampleRateHz, own]) => ({
    sampleRateHz,
    clips: own.reduce((sum, row) => sum + row.clips, 0),
  }));
  const total = rows.reduce((sum, row) => sum + row.microseconds, 0) / MICROSECONDS_PER_SECOND;
  const lengthAt = (place: number): number =>
    store
      .prepare(
        `SELECT duration_seconds FROM clips WHERE corpus_id = ? AND state = 'good'
         ORDER BY duration_seconds, clip_id LIMIT 1 OFFSET ?`,
      )
      .pluck()
      .get(corpusId, place) as number;
  const lengths =
    clips === 0
      ? null
      : {
          shortest: lengthAt(0),
          median: lengthAt(Math.floor((clips - 1) / 2)),
          longest: lengthAt(clips - 1),
          total,
        };
  return {
    ...{ lengths, clips },
    rates: rates.sort((a, b) => b.clips - a.clips),
    ...checkCounts(store, corpusId),
    marks: Object.fromEntries(
      CLIP_MARKS.map((mark) => [mark, countMarked(store, corpusId, mark)]),
    ) as CorpusReport['marks'],
  };
}

/** Folders of the corpora that are known and not forgotten. */
export function corpusFolders(store: Store): { corpusId: number; folder: string }[] {
  return store
    .prepare('SELECT corpus_id AS corpusId, folder FROM corpora WHERE indexed_at IS NOT NULL')
    .all() as { corpusId: number; folder: string }[];
}

/** Files that could not be used, by path, each with its reason. @throws UserError NOT_FOUND */
export function defects(store: Store, corpusId: number): Defect[] {
  getCorpus(store, corpusId);
  return store
    .prepare(
      `SELECT path, coalesce(audio_defect, name_defect) AS reason FROM clips
       WHERE corpus_id = ? AND state = 'defective' ORDER BY path`,
    )
    .all(corpusId) as Defect[];
}

/**
 * Forgets the index: nothing of the corpus is listed and its next opening reads every file anew.
 * The ledger stays and comes back with it; the files are not touched. @throws UserError NOT_FOUND
 */
export function forgetCorpus(store: Store, corpusId: number): void {
  store.transaction(() => {
    getCorpus(store, corpusId);
    store
      .prepare(
        'UPDATE corpora SET indexed_at = NULL, label_digest = NULL, table_spec = NULL WHERE corpus_id = ?',
      )
      .run(corpusId);
    store
      .prepare(
        `UPDATE clips SET state = 'forgotten', size_bytes = NULL, modified_ms = NULL WHERE corpus_id = ?`,
      )
      .run(corpusId);
    store.prepare('DELETE FROM clip_counts WHERE corpus_id = ?').run(corpusId);
    store.prepare('DELETE FROM clip_flags WHERE corpus_id = ?').run(corpusId);
  });
}

function countRows(store: Store, corpusId: number): CountRow[] {
  return store
    .prepare(
      `SELECT speaker, sex, label, imported_label AS importedLabel, sample_rate_hz AS sampleRateHz, clips, microseconds
       FROM clip_counts WHERE corpus_id = ? AND clips > 0`,
    )
    .all(corpusId) as CountRow[];
}

function countDefects(store: Store, corpusId: number): number {
  return store
    .prepare(`SELECT count(*) FROM clips WHERE corpus_id = ? AND state = 'defective'`)
    .pluck()
    .get(corpusId) as number;
}

function countFlagged(store: Store, corpusId: number): number {
  return store
    .prepare(
      `SELECT count(*) FROM clips INDEXED BY clips_bad
       WHERE corpus_id = ? AND state = 'good' AND bad = 1 AND label IS NOT NULL`,
    )
    .pluck()
    .get(corpusId) as number;
}

/** Labels that the good clips have or came with, in order. */
function labelSet(rows: readonly CountRow[]): string[] {
  return orderLabels(rows.flatMap((row) => [row.label, row.importedLabel]).filter((label) => label !== ''));
}

function totals(rows: readonly CountRow[], key: (row: CountRow) => string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(key(row), (sums.get(key(row)) ?? 0) + row.clips);
  return sums;
}

/** Speakers in natural order, '' (unknown) last; a speaker's sex is the one that most of the clips give. */
function speakersOf(rows: readonly CountRow[]): { speaker: string; sex: Sex; clips: number }[] {
  const speakers = [...totals(rows, (row) => row.speaker)];
  const order = new Intl.Collator('en', { numeric: true });
  return speakers
    .map(([speaker, clips]) => ({ speaker, clips, sex: majoritySex(rows, speaker) }))
    .sort(
      (a, b) => Number(a.speaker === '') - Number(b.speaker === '') || order.compare(a.speaker, b.speaker),
    );
}

function majoritySex(rows: readonly CountRow[], speaker: string): Sex {
  const own = rows.filter((row) => row.speaker === speaker && row.sex !== '');
  const [first] = [...totals(own, (row) => row.sex)].sort((a, b) => b[1] - a[1]);
  return (first?.[0] as Sex | undefined) ?? null;
}
