// The corpus as a line of marks, one a clip: which clips show, where each stands, which one a point means.
import type { PredictionRow } from '../../shared/contract/schemas.ts';

export interface TimelineFilter {
  show: 'all' | 'wrong' | 'right';
  /** Empty: any. */
  label: string;
  speaker: string;
}

/** The clips that a filter lets through, in their order. */
export function filterClips(
  rows: readonly PredictionRow[],
  { show, label, speaker }: TimelineFilter,
): readonly PredictionRow[] {
  return rows.filter(
    (row) =>
      (show === 'all' || (row.label === row.predicted) === (show === 'right')) &&
      (label === '' || row.label === label || row.predicted === label) &&
      (speaker === '' || row.speaker === speaker),
  );
}

/** Middle of a clip's mark. @param width of all marks together, in pixels */
export function markX(index: number, count: number, width: number): number {
  return ((index + 0.5) * width) / Math.max(1, count);
}

/** The clip at a place; -1 where there is none. */
export function clipAt(x: number, count: number, width: number): number {
  if (count === 0 || width <= 0) return -1;
  return Math.max(0, Math.min(count - 1, Math.floor((x * count) / width)));
}

/** Where runs of one speaker begin, so that they can be told apart: the index of each change, the first included. */
export function speakerStarts(rows: readonly PredictionRow[]): { at: number; speaker: string }[] {
  const starts: { at: number; speaker: string }[] = [];
  rows.forEach(({ speaker }, at) => {
    const name = speaker ?? '–';
    if (starts.at(-1)?.speaker !== name) starts.push({ at, speaker: name });
  });
  return starts;
}

/** "93 of 120 clips right; wrong most often: fear heard as sadness, 9 times." */
export function timelineInWords(rows: readonly PredictionRow[], nameOf: (label: string) => string): string {
  const wrong = rows.filter((row) => row.label !== row.predicted);
  const right = `${rows.length - wrong.length} of ${rows.length} clips right`;
  const counts = new Map<string, { row: PredictionRow; times: number }>();
  for (const row of wrong) {
    const pair = `${row.label}\n${row.predicted}`;
    counts.set(pair, { row, times: (counts.get(pair)?.times ?? 0) + 1 });
  }
  const worst = [...counts.values()].sort((a, b) => b.times - a.times)[0];
  if (worst === undefined) return `${right}.`;
  const { row, times } = worst;
  return `${right}; wrong most often: ${nameOf(row.label)} heard as ${nameOf(row.predicted)}, ${times} times.`;
}
