// Reads a table of listeners' hit rates: a recording a row, with the share of listeners who heard its label.
import { UserError } from '../../shared/contract/errors.ts';
import { AUDIO_NAME } from '../audio/names.ts';
import type { HitRateTable } from '../store/human-recall.ts';
import { parseTable, type DelimitedTable } from './csv.ts';

/** Columns by name; what is not named is guessed. */
export interface HitRateColumns {
  readonly fileColumn?: string | undefined;
  readonly recallColumn?: string | undefined;
}

/** What hit rates are called: EMO-DB's "erkannt", and English words. */
const RECALL_NAME = /erkannt|erkennung|recogni[sz]|recall|hit|correct|accura/i;
const FULL_PERCENT = 100;

/**
 * @param bytes of a CSV or TSV in any encoding; numbers with points or commas, as percent or share
 * @param name the table's, for errors
 * @throws UserError UNREADABLE for no table; BAD_INPUT for columns that are not there or hold no rates
 */
export function parseHitRates(bytes: Uint8Array, name: string, columns: HitRateColumns = {}): HitRateTable {
  const table = parseTable(bytes, name);
  const file = columnOf(table, columns.fileColumn, name) ?? guessFileColumn(table);
  const recall = columnOf(table, columns.recallColumn, name) ?? guessRecallColumn(table);
  if (file < 0 || recall < 0) {
    throw new UserError('BAD_INPUT', `Which column of ${name} is the ${file < 0 ? 'file' : 'hit rate'}?`, {
      path: name,
      next: `Name it: ${table.columns.join(', ')}.`,
    });
  }
  const rows = table.rows.flatMap((row) => {
    const [path, value] = [row[file]?.trim() ?? '', numberOf(row[recall] ?? '')];
    return path !== '' && value !== null ? [{ file: path, recall: value }] : [];
  });
  return asShares(rows, name);
}

function columnOf({ columns }: DelimitedTable, column: string | undefined, name: string): number | undefined {
  if (column === undefined) return undefined;
  const index = columns.indexOf(column);
  if (index < 0) throw new UserError('BAD_INPUT', `${name} has no column "${column}".`, { path: name });
  return index;
}

/** The column with most names of audio files. */
function guessFileColumn({ columns, rows }: DelimitedTable): number {
  const counts = columns.map((_, i) => rows.filter((row) => AUDIO_NAME.test(row[i]?.trim() ?? '')).length);
  const most = Math.max(...counts);
  return most === 0 ? -1 : counts.indexOf(most);
}

function guessRecallColumn({ columns, rows }: DelimitedTable): number {
  return columns.findIndex(
    (column, i) => RECALL_NAME.test(column) && rows.some((row) => numberOf(row[i] ?? '') !== null),
  );
}

/** `65,00`, `65.0 %`, ` 0.65`: no-break spaces are spaces. Null for anything else. */
function numberOf(cell: string): number | null {
  const text = cell.replace(/[\s%]/g, '').replace(',', '.');
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}

/** Percent where any value is above 1. */
function asShares(rows: HitRateTable, name: string): HitRateTable {
  const most = rows.reduce((max, { recall }) => Math.max(max, recall), 0);
  if (rows.length === 0 || most > FULL_PERCENT) {
    throw new UserError('BAD_INPUT', `${name} holds no hit rates between 0 and 100 %.`, { path: name });
  }
  return most > 1 ? rows.map(({ file, recall }) => ({ file, recall: recall / FULL_PERCENT })) : rows;
}
