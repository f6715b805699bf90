// Reads a delimited table whatever wrote it: finds its encoding and its delimiter.
import { readFile, stat } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { UserError } from '../../shared/contract/errors.ts';
import { codeOf } from './scan.ts';

/** A million rows of a hundred bytes; what is far beyond is no metadata, and would not fit into memory as rows. */
const MAX_TABLE_BYTES = 128 * 2 ** 20;

/** In the order in which they win where a header has equally many. */
const DELIMITERS = ['\t', ';', ',', '|'] as const;

/** Cells trimmed. Rows may be shorter or longer than `columns`. */
export interface DelimitedTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** @throws UserError UNREADABLE, naming the file, where it cannot be read or is no table */
export async function readTable(file: string): Promise<DelimitedTable> {
  let bytes: Uint8Array;
  try {
    const { size } = await stat(file);
    if (size > MAX_TABLE_BYTES) throw tooLarge(file, size);
    bytes = await readFile(file);
  } catch (error) {
    throw error instanceof UserError ? error : unreadable(file, codeOf(error));
  }
  return parseTable(bytes, file);
}

/** As readTable, of a file's bytes; `file` is for errors alone. */
export function parseTable(bytes: Uint8Array, file: string): DelimitedTable {
  const text = decode(bytes);
  if (text.includes('\0')) throw unreadable(file, 'it holds binary data');
  let records: string[][];
  try {
    records = parse(text, {
      delimiter: delimiterOf(text),
      relaxColumnCount: true,
      relaxQuotes: true,
      skipEmptyLines: true,
      trim: true,
    });
  } catch (error) {
    throw unreadable(file, error instanceof Error ? error.message : String(error));
  }
  const [columns = [], ...rows] = records;
  if (columns.length === 0) throw unreadable(file, 'it is empty');
  return { columns, rows: rows.filter((row) => row.some((cell) => cell !== '')) };
}

/** By byte order mark; else UTF-8 where the bytes are valid, else Windows-1252, the superset of Latin-1. */
export function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** The delimiter that the first line has most of, outside quotes. */
function delimiterOf(text: string): string {
  const line = text.split(/\r\n|\n|\r/).find((candidate) => candidate.trim() !== '') ?? '';
  const plain = line.replace(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => plain.split(delimiter).length - 1);
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!;
}

function tooLarge(file: string, bytes: number): UserError {
  const [size, most] = [bytes, MAX_TABLE_BYTES].map((value) => Math.ceil(value / 2 ** 20));
  return unreadable(file, `it has ${size} MB, and a table may have ${most}`);
}

function unreadable(file: string, why: string): UserError {
  return new UserError('UNREADABLE', `The table ${file} cannot be read: ${why}.`, {
    path: file,
    next: 'Put a CSV or TSV with a header line in its place, or open the folder with another table.',
  });
}
