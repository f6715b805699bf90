// The grid of one utterance: who says it in which emotion, several takes in one cell. Pure.
import type { Clip, ParallelGrid } from '../../../shared/contract/schemas.ts';

export interface Cell {
  row: number;
  column: number;
  /** Never empty. */
  clips: Clip[];
}

/** Cells that have a clip, by "row column". */
export function cellsOf({ speakers, labels, clips }: ParallelGrid): Map<string, Cell> {
  const rows = new Map(speakers.map((speaker, i) => [speaker, i]));
  const columns = new Map(labels.map((label, i) => [label, i]));
  const cells = new Map<string, Cell>();
  for (const clip of clips) {
    const row = rows.get(clip.speaker);
    const column = columns.get(clip.label);
    if (row === undefined || column === undefined) continue;
    const key = `${row} ${column}`;
    const cell = cells.get(key);
    if (cell) cell.clips.push(clip);
    else cells.set(key, { row, column, clips: [clip] });
  }
  return cells;
}

/** The same moment in a clip that may be shorter; from its start where it has ended by then. */
export function atPosition(seconds: number, durationSeconds: number): number {
  return seconds < durationSeconds ? seconds : 0;
}
