// The speaker x label counts with their sums.
import type { CorpusSummary, Crosstab, Sex } from '../../shared/contract/schemas.ts';
import type { Filter } from '../state/filter.ts';

export interface CountTable {
  labels: readonly string[];
  rows: readonly { speaker: string; sex: Sex; counts: readonly number[]; total: number }[];
  /** By label. */
  totals: readonly number[];
  total: number;
  /** Largest count of a cell, at least 1. */
  most: number;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/**
 * The counts with their sums, for every speaker and label of the corpus in its order: a filter empties cells, it
 * does not move them.
 */
export function tableOf(tab: Crosstab, corpus: Pick<CorpusSummary, 'speakers' | 'labels'>): CountTable {
  const columnOf = new Map(tab.labels.map((label, column) => [label, column]));
  const rowOf = new Map(tab.speakers.map(({ speaker }, row) => [speaker, row]));
  const labels = corpus.labels.map(({ label }) => label);
  const rows = corpus.speakers.map(({ speaker, sex }) => {
    const counted = tab.counts[rowOf.get(speaker) ?? -1];
    const counts = labels.map((label) => counted?.[columnOf.get(label) ?? -1] ?? 0);
    return { speaker, sex, counts, total: sum(counts) };
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
export function isOnlyPair(filter: Filter, speaker: string, label: string): boolean {
  const { speakers, labels } = filter;
  return speakers.length === 1 && speakers[0] === speaker && labels.length === 1 && labels[0] === label;
}
