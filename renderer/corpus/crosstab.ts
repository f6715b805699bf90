// The speaker x label counts with their sums.
import type { Crosstab, Sex } from '../../shared/contract/schemas.ts';
import type { Filter } from '../state/filter.ts';

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

/** True where the filter names exactly this speaker and this label. */
export function isOnlyPair(filter: Filter, speaker: string, label: string | null): boolean {
  const { speakers, labels } = filter;
  return speakers.length === 1 && speakers[0] === speaker && labels.length === 1 && labels[0] === label;
}
