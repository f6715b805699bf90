// A confusion matrix as it is shown: rates of a row, words of a cell, the finding. Rows are labels, columns predictions.
import { plural } from '../ui/format.ts';

/** Share of each row's clips, of the same shape; null in a row without clips. */
export function rowRates(counts: readonly (readonly number[])[]): (number | null)[][] {
  return counts.map((row) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count) => (total > 0 ? count / total : null));
  });
}

/** Clips of each row. */
export function rowTotals(counts: readonly (readonly number[])[]): number[] {
  return counts.map((row) => row.reduce((sum, count) => sum + count, 0));
}

/** "fear heard as sadness: 0.19, 23 clips". */
export function cellInWords(label: string, predicted: string, rate: number | null, count: number): string {
  const share =
    rate === null ? 'no clip of this label was tested' : `${rate.toFixed(2)}, ${plural(count, 'clip')}`;
  return `${label} heard as ${predicted}: ${share}`;
}

/** The largest share off the diagonal: what is confused most. Null where nothing was confused. */
export function worstConfusion(
  rates: readonly (readonly (number | null)[])[],
): { row: number; column: number; rate: number } | null {
  let worst: { row: number; column: number; rate: number } | null = null;
  for (const [row, shares] of rates.entries()) {
    for (const [column, rate] of shares.entries()) {
      if (row !== column && rate !== null && rate > (worst?.rate ?? 0)) worst = { row, column, rate };
    }
  }
  return worst;
}

/** Where an arrow key goes in a grid of `size` by `size` cells; undefined for other keys. */
export function gridMove(
  event: { key: string; ctrlKey: boolean },
  at: { row: number; column: number },
  size: number,
): { row: number; column: number } | undefined {
  const last = size - 1;
  const inside = (value: number): number => Math.max(0, Math.min(last, value));
  switch (event.key) {
    case 'ArrowLeft':
      return { row: at.row, column: inside(at.column - 1) };
    case 'ArrowRight':
      return { row: at.row, column: inside(at.column + 1) };
    case 'ArrowUp':
      return { row: inside(at.row - 1), column: at.column };
    case 'ArrowDown':
      return { row: inside(at.row + 1), column: at.column };
    case 'Home':
      return { row: event.ctrlKey ? 0 : at.row, column: 0 };
    case 'End':
      return { row: event.ctrlKey ? last : at.row, column: last };
    default:
      return undefined;
  }
}
