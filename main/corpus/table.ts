// A corpus described by a metadata table: guesses which column is what, finds the files its rows name, reads the rows.
import { posix } from 'node:path';
import { UserError } from '../../shared/contract/errors.ts';
import type { Sex, TableMapping, TableSpec } from '../../shared/contract/schemas.ts';
import { normaliseLabel } from '../../shared/labels/emotions.ts';
import type { ClipFacts } from '../store/indexing.ts';
import { AUDIO_NAME } from '../audio/names.ts';
import type { Adapter, Reading } from './adapter.ts';
import type { DelimitedTable } from './csv.ts';
import { clipPathOf, isInside } from './scan.ts';

const MAX_LABEL_CHARACTERS = 64;
/** Rows that are looked at to find the folder that the table's names are relative to. */
const ROWS_TO_PLACE = 200;

/** Names that a column goes by, the surest first; compared in lower case, with `_` for anything but letters and digits. */
const COLUMN_NAMES: Readonly<Record<keyof TableMapping, readonly string[]>> = {
  file: [
    ...[
      'file',
      'path',
      'filename',
      'file_name',
      'filepath',
      'file_path',
      'audio',
      'audio_file',
      'audio_path',
    ],
    ...['wav', 'wav_file', 'wav_path', 'clip', 'clip_id', 'file_id', 'fileid', 'recording', 'name', 'id'],
  ],
  label: ['label', 'emotion', 'emotion_label', 'emotion_name', 'emo', 'class', 'category', 'target'],
  speaker: [
    'speaker',
    'speaker_id',
    'speakerid',
    'speaker_name',
    'spk',
    'spk_id',
    'actor',
    'actor_id',
    'subject',
  ],
  utterance: [
    'utterance',
    'utterance_id',
    'sentence_id',
    'text_id',
    'statement',
    'prompt_id',
    'utt',
    'utt_id',
  ],
  text: [
    ...['text', 'transcription', 'transcript', 'sentence', 'raw_text', 'words', 'prompt', 'normalized_text'],
    'normalised_text',
  ],
  take: ['take', 'take_id', 'repetition', 'rep', 'version'],
  sex: ['sex', 'gender', 'speaker_sex', 'speaker_gender'],
};

const SEXES: ReadonlyMap<string, Sex> = new Map([
  ...['female', 'f', 'woman', 'w', 'weiblich'].map((word) => [word, 'female'] as const),
  ...['male', 'm', 'man', 'männlich'].map((word) => [word, 'male'] as const),
]);

/** Finds audio files by what a table calls them: with or without extension, whatever the case. */
export interface AudioIndex {
  readonly paths: readonly string[];
  /** @param folder relative to the corpus, '' for itself @returns the path of the file, undefined where there is none */
  find(folder: string, name: string): string | undefined;
  /** Paths whose last part is the name's last part. */
  namesakes(name: string): readonly string[];
}

/** @param paths audio files of the corpus, relative, with forward slashes */
export function indexAudio(paths: readonly string[]): AudioIndex {
  const exact = new Set(paths);
  const loose = new Map<string, string>();
  const byName = new Map<string, string[]>();
  for (const path of paths) {
    const key = looseKey(path);
    if (!loose.has(key)) loose.set(key, path);
    const name = posix.basename(key);
    const list = byName.get(name);
    if (list) list.push(path);
    else byName.set(name, [path]);
  }
  return {
    paths,
    find(folder, name) {
      const path = placeOf(folder, name);
      return exact.has(path) ? path : loose.get(looseKey(path));
    },
    namesakes: (name) => byName.get(posix.basename(looseKey(placeOf('', name)))) ?? [],
  };
}

function looseKey(path: string): string {
  return path.normalize('NFC').toLowerCase().replace(AUDIO_NAME, '');
}

/** Where a table's name would lie in the corpus. */
function placeOf(folder: string, name: string): string {
  return posix.join(folder, name.replaceAll('\\', '/'));
}

/** A guess of what a table means. `audioFolder` relative to the corpus; `matched`: rows whose file is there. */
export interface TableGuess {
  readonly mapping: Partial<TableMapping>;
  readonly audioFolder: string;
  readonly matched: number;
}

/** @param tableFolder folder of the table, relative to the corpus, '' for the corpus itself */
export function guessTable(table: DelimitedTable, tableFolder: string, audio: AudioIndex): TableGuess {
  const mapping: Partial<TableMapping> = {};
  for (const key of Object.keys(COLUMN_NAMES) as (keyof TableMapping)[]) {
    const [column] = candidates(table.columns, key);
    if (column !== undefined) mapping[key] = column;
  }
  const guesses = candidates(table.columns, 'file').map((file) => {
    const audioFolder = placeTable(table, file, tableFolder, audio);
    return { file, audioFolder, matched: countMatches(table, file, audioFolder, audio) };
  });
  const best = guesses.reduce<(typeof guesses)[number] | undefined>(
    (winner, guess) => (winner && winner.matched >= guess.matched ? winner : guess),
    undefined,
  );
  if (!best) return { mapping, audioFolder: tableFolder, matched: 0 };
  return {
    mapping: { ...mapping, file: best.file },
    audioFolder: best.audioFolder,
    matched: best.matched,
  };
}

/** Columns that may be meant, the surest first. */
function candidates(columns: readonly string[], key: keyof TableMapping): string[] {
  const plain = columns.map((column) =>
    column
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '_')
      .replace(/^_|_$/g, ''),
  );
  return COLUMN_NAMES[key].flatMap((name) => {
    const index = plain.indexOf(name);
    return index < 0 ? [] : [columns[index]!];
  });
}

/** The folder that most of the first rows' names are relative to; the table's own where that finds as many. */
function placeTable(table: DelimitedTable, file: string, tableFolder: string, audio: AudioIndex): string {
  const votes = new Map<string, number>([[tableFolder, 0]]);
  const column = table.columns.indexOf(file);
  for (const row of table.rows.slice(0, ROWS_TO_PLACE)) {
    const name = row[column] ?? '';
    for (const path of name === '' ? [] : audio.namesakes(name)) {
      const folder = folderThatGives(path, name);
      if (folder !== undefined) votes.set(folder, (votes.get(folder) ?? 0) + 1);
    }
  }
  return [...votes].reduce((best, vote) => (vote[1] > best[1] ? vote : best))[0];
}

/** The folder in which `name` is `path`; undefined where there is none. */
function folderThatGives(path: string, name: string): string | undefined {
  const [key, tail] = [looseKey(path), looseKey(placeOf('', name))];
  if (key === tail) return '';
  if (!key.endsWith(`/${tail}`)) return undefined;
  return path.split('/').slice(0, -tail.split('/').length).join('/');
}

function countMatches(table: DelimitedTable, file: string, folder: string, audio: AudioIndex): number {
  const column = table.columns.indexOf(file);
  return table.rows.reduce((count, row) => {
    const name = row[column] ?? '';
    return count + (name !== '' && audio.find(folder, name) !== undefined ? 1 : 0);
  }, 0);
}

/** A table as an adapter, with the files that it names and the corpus lacks. */
export interface TableAdapter extends Adapter {
  readonly missing: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * @param folder corpus folder, absolute; the spec's audio folder must lie in it
 * @throws UserError BAD_INPUT where the mapping names a column that is not there or the audio lies elsewhere
 */
export function tableAdapter(
  folder: string,
  spec: TableSpec,
  table: DelimitedTable,
  audio: AudioIndex,
): TableAdapter {
  if (!isInside(spec.audioFolder, folder)) {
    throw new UserError('BAD_INPUT', `The audio folder ${spec.audioFolder} does not lie in ${folder}.`, {
      path: spec.audioFolder,
      next: 'Open the folder that holds both the table and the audio.',
    });
  }
  const columns = findColumns(spec, table);
  const audioFolder = clipPathOf(folder, spec.audioFolder);
  const tableName = posix.basename(spec.file.replaceAll('\\', '/'));
  const readings = new Map<string, Reading>();
  const missing = new Map<string, string>();
  for (const row of table.rows) {
    const name = cell(row, columns.file);
    if (name === null) continue;
    const path = audio.find(audioFolder, name);
    if (path === undefined)
      missing.set(placeOf(audioFolder, name), `is named in ${tableName}, but not there`);
    else readings.set(path, merge(readings.get(path), readRow(row, columns), tableName));
  }
  return {
    name: 'table',
    missing: [...missing].map(([path, reason]) => ({ path, reason })),
    read: (path) => readings.get(path) ?? { misfit: `has no row in ${tableName}` },
  };
}

type Columns = { readonly [key in keyof TableMapping]: number } & {
  readonly file: number;
  readonly label: number;
};

function findColumns(spec: TableSpec, table: DelimitedTable): Columns {
  const entries = Object.entries(spec.mapping).map(([key, name]) => {
    const index = table.columns.indexOf(name.trim());
    if (index >= 0) return [key, index] as const;
    throw new UserError('BAD_INPUT', `The table ${spec.file} has no column "${name}".`, {
      path: spec.file,
      next: `Its columns are: ${table.columns.join(', ')}.`,
    });
  });
  return Object.fromEntries(entries) as Columns;
}

function cell(row: readonly string[], column: number | undefined): string | null {
  const text = column === undefined ? '' : (row[column] ?? '').normalize('NFC').trim();
  return text === '' ? null : text;
}

function readRow(row: readonly string[], columns: Columns): Reading {
  const label = cell(row, columns.label);
  if (label !== null && label.length > MAX_LABEL_CHARACTERS) {
    return { misfit: `has a label of more than ${MAX_LABEL_CHARACTERS} characters in its table` };
  }
  const text = cell(row, columns.text);
  const facts: ClipFacts = {
    text,
    label: label === null ? null : normaliseLabel(label),
    speaker: cell(row, columns.speaker),
    sex: SEXES.get(cell(row, columns.sex)?.toLowerCase() ?? '') ?? null,
    utterance: cell(row, columns.utterance) ?? sameWords(text),
    take: cell(row, columns.take),
  };
  return { facts };
}

/** Where a table has no utterance ids, the same words are the same utterance: in lower case, without punctuation. */
function sameWords(text: string | null): string | null {
  const words = text?.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu);
  return words ? words.join(' ') : null;
}

/** Rows that repeat each other are one; a file with rows of two labels has none that could be believed. */
function merge(first: Reading | undefined, second: Reading, tableName: string): Reading {
  if (!first || 'misfit' in second) return second;
  if ('misfit' in first || first.facts.label === second.facts.label) return first;
  return { misfit: `has rows of different labels in ${tableName}` };
}
