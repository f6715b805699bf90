// What people and the model recognise of each label, side by side.
import type { HumanRecall, ListeningResult, RunDetail } from '../../shared/contract/schemas.ts';

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
