// The speaker x label counts with their sums.
import type { Crosstab, Sex } from '../../shared/contract/schemas.ts';

export interface CountTable {
  /** null: without a label. */
  labels: readonly (string | null)[];
  rows: readonly { speaker: string; sex: Sex; counts: readonly number[]; total: number }[];
  /** By label. */
  totals: readonly number[];
  total: number;
  /** Largest count of a cell, at least 1. */
  most: number;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Adds sums to the counts. The engine lists every speaker and label: a filter empties cells, it does not move them. */
export function tableOf({ labels, speakers, counts }: Crosstab): CountTable {
  const rows = speakers.map(({ speaker, sex }, i) => {
    const row = counts[i] ?? [];
    return { speaker, sex, counts: row, total: sum(row) };
  });
  return {
    labels,
    rows,
    totals: labels.map((_, column) => sum(rows.map((row) => row.counts[column] ?? 0))),
    total: sum(rows.map((row) => row.total)),
    most: rows.reduce((most, row) => Math.max(most, ...row.counts), 1),
  };
}

/** True where a filter names exactly this row and this column. */
export function isOnlyPair<Row>(
  rows: readonly Row[],
  labels: readonly (string | null)[],
  row: Row,
  label: string | null,
): boolean {
  return rows.length === 1 && rows[0] === row && labels.length === 1 && labels[0] === label;
}
