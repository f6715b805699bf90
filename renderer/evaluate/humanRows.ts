// What people and the model recognise of each label, side by side.
import type { HumanRecall, ListeningResult, RunDetail } from '../../shared/contract/schemas.ts';
import { rowRates } from './matrix.ts';

export interface HumanRow {
  label: string;
  people: number | null;
  /** Of the model, on the clips that people answered where that is known. */
  model: number | null;
  /** The model less people. */
  difference: number | null;
}

function rowOf(label: string, people: number | null, model: number | null): HumanRow {
  return { label, people, model, difference: people === null || model === null ? null : model - people };
}

/**
 * Shares of each label's answers, as the Listening room has them: each heard label's in the order of the labels, then
 * the share that was unsure. Null for a label that nobody was asked about.
 */
export function heardRates({
  confusion,
  unsure,
}: Pick<ListeningResult['pooled'], 'confusion' | 'unsure'>): (number | null)[][] {
  return rowRates(confusion.map((row, i) => [...row, unsure[i] ?? 0]));
}

/** By the run's labels: of a listening test with the model on the very clips that were answered. */
export function testRows(result: ListeningResult): HumanRow[] {
  return result.labels.map((label, i) =>
    rowOf(label, result.pooled.recallByLabel[i] ?? null, result.model?.recallByLabel[i] ?? null),
  );
}

/** By the run's labels: of a table of hit rates, with the model's recall on all its test clips. */
export function recallRows(recall: HumanRecall, run: Pick<RunDetail, 'labels' | 'scores'>): HumanRow[] {
  const people = new Map(recall.byLabel.map((row) => [row.label, row.recall]));
  return run.labels.map((label, i) =>
    rowOf(label, people.get(label) ?? null, run.scores?.byLabel[i]?.recall.value ?? null),
  );
}
