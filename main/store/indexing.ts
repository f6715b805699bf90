// Writes what an opening of a corpus finds: clips in batches, moves, files that have gone.
import type { Sex } from '../../shared/contract/schemas.ts';
import { flagClips } from './checks.ts';
import { searchText } from './clip-filter.ts';
import type { Store } from './database.ts';
import { appendImport } from './ledger.ts';

/** What a corpus tells of a clip by its name, folder or table. */
export interface ClipFacts {
  readonly speaker: string | null;
  readonly sex: Sex;
  readonly utterance: string | null;
  readonly text: string | null;
  readonly take: string | null;
  readonly label: string | null;
}

/** What a reading of the file told. `modifiedMs`: mtime. Size, time and hash are null for a file that was not readable. */
export interface AudioFacts {
  readonly durationSeconds: number;
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly encoding: string;
  /** Why the data are no good, as a clause about the file. */
  readonly audioDefect: string | null;
  readonly sizeBytes: number | null;
  readonly modifiedMs: number | null;
  /** Hexadecimal SHA-256 of the whole file. */
  readonly contentHash: string | null;
  /** What a model said of it, as JSON, from the file beside it; null where there is none. */
  readonly opinion: string | null;
}

/** A clip as an opening found it. `nameDefect`: why the corpus does not account for it, as a clause about the file. */
export interface ClipRecord extends ClipFacts, AudioFacts {
  readonly path: string;
  readonly nameDefect: string | null;
}

export type ClipState = 'good' | 'defective' | 'forgotten';

/** A clip as the last opening left it; `label` is the imported one. */
export interface IndexedClip extends ClipRecord {
  readonly clipId: number;
  readonly state: ClipState;
}

const INDEXED_COLUMNS = `
  clip_id AS clipId, path, state, speaker, sex, utterance, text, take, imported_label AS label,
  duration_seconds AS durationSeconds, sample_rate_hz AS sampleRateHz, channels, encoding,
  audio_defect AS audioDefect, name_defect AS nameDefect, size_bytes AS sizeBytes, modified_ms AS modifiedMs,
  content_hash AS contentHash, opinion`;

/** Clips that the corpus ever had, by path: all of them, or those of some paths and the forgotten ones. */
export function indexedClips(
  store: Store,
  corpusId: number,
  paths?: ReadonlySet<string>,
): Map<string, IndexedClip> {
  const some = `AND (state = 'forgotten' OR path IN (SELECT value FROM json_each(?)))`;
  const rows = store
    .prepare(`SELECT ${INDEXED_COLUMNS} FROM clips WHERE corpus_id = ? ${paths ? some : ''}`)
    .all(corpusId, ...(paths ? [JSON.stringify([...paths])] : [])) as IndexedClip[];
  return new Map(rows.map((row) => [row.path, row]));
}

/** Paths of the files that the index holds, defective ones too, in the order of a scan. */
export function indexedPaths(store: Store, corpusId: number): string[] {
  const paths = store
    .prepare(`SELECT path FROM clips WHERE corpus_id = ? AND state <> 'forgotten'`)
    .pluck()
    .all(corpusId) as string[];
  return paths.sort();
}

/** Whether writing `record` over `known` would change nothing. */
export function isUnchanged(known: IndexedClip, record: ClipRecord): boolean {
  const keys = Object.keys(record) as (keyof ClipRecord)[];
  return known.state === stateOf(record) && keys.every((key) => known[key] === record[key]);
}

/** `known`: the clip's row, found by path or, for a moved file, by content; undefined for a new clip. */
export interface ClipWrite {
  readonly known: IndexedClip | undefined;
  readonly record: ClipRecord;
}

/**
 * Writes a batch in one transaction. Where the corpus's own label of a good clip has changed, that is an event of an
 * import decision: `importDecision` if there is one for this opening. Returns the opening's import decision.
 */
export function writeClips(
  store: Store,
  corpusId: number,
  writes: readonly ClipWrite[],
  importDecision: number | null,
): number | null {
  return store.transaction(() => {
    const changes = [];
    for (const { known, record } of writes) {
      if (!known) {
        insertClip(store, corpusId, record);
        continue;
      }
      updateClip(store, known.clipId, record);
      if (known.state === 'good' && stateOf(record) === 'good' && known.label !== record.label) {
        changes.push({ clipId: known.clipId, before: known.label, after: record.label });
      }
    }
    store.prepare('UPDATE corpora SET label_digest = NULL WHERE corpus_id = ?').run(corpusId);
    return changes.length > 0 ? appendImport(store, corpusId, importDecision, changes) : importDecision;
  });
}

/**
 * Ends an opening: `gone` are the clips whose files are there no more (their ledger is kept).
 * `changed`: whether any clip came, went or was written.
 */
export function finishIndex(store: Store, corpusId: number, gone: readonly number[], changed = true): void {
  store.transaction(() => {
    const forget = store.prepare(`UPDATE clips SET state = 'forgotten' WHERE clip_id = ? AND corpus_id = ?`);
    for (const clipId of gone) forget.run(clipId, corpusId);
    if (gone.length > 0) {
      store.prepare('UPDATE corpora SET label_digest = NULL WHERE corpus_id = ?').run(corpusId);
    }
    store
      .prepare('UPDATE corpora SET indexed_at = ? WHERE corpus_id = ?')
      .run(new Date().toISOString(), corpusId);
    if (changed) flagClips(store, corpusId);
  });
  // Lets SQLite count anew what its plans rest on, where a table has grown much.
  store.db.pragma('optimize');
}

function stateOf(record: ClipRecord): ClipState {
  return record.audioDefect === null && record.nameDefect === null ? 'good' : 'defective';
}

function insertClip(store: Store, corpusId: number, record: ClipRecord): void {
  store
    .prepare(
      `INSERT INTO clips (corpus_id, path, state, speaker, sex, utterance, text, take, label, imported_label,
         duration_seconds, sample_rate_hz, channels, encoding, audio_defect, name_defect, size_bytes, modified_ms,
         content_hash, opinion, search, added_at)
       VALUES (@corpusId, @path, @state, @speaker, @sex, @utterance, @text, @take, @label, @label,
         @durationSeconds, @sampleRateHz, @channels, @encoding, @audioDefect, @nameDefect, @sizeBytes, @modifiedMs,
         @contentHash, @opinion, @search, @addedAt)`,
    )
    .run({ ...values(record), corpusId, addedAt: new Date().toISOString() });
}

function updateClip(store: Store, clipId: number, record: ClipRecord): void {
  store
    .prepare(
      `UPDATE clips SET path = @path, state = @state, speaker = @speaker, sex = @sex, utterance = @utterance,
         text = @text, take = @take, label = CASE WHEN rater IS NULL THEN @label ELSE label END,
         imported_label = @label, duration_seconds = @durationSeconds, sample_rate_hz = @sampleRateHz,
         channels = @channels, encoding = @encoding, audio_defect = @audioDefect, name_defect = @nameDefect,
         size_bytes = @sizeBytes, modified_ms = @modifiedMs, content_hash = @contentHash,
         opinion = @opinion, search = @search
       WHERE clip_id = @clipId`,
    )
    .run({ ...values(record), clipId });
}

function values(record: ClipRecord): Record<string, unknown> {
  const lines = [record.path, record.utterance, record.text].filter((line) => line !== null);
  return { ...record, state: stateOf(record), search: searchText(lines.join('\n')) };
}
