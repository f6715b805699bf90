// Recall by label and by speaker, as rows to draw and as a finding to read.
import type { RunDetail } from '../../shared/contract/schemas.ts';
import type { StripRow } from './RecallStrip.svelte';

type NameOf = (label: string) => string;

/** Marks closer than this share a place, in recall. */
const TIE = 0.012;
/** How far apart marks in one place are drawn, in pixels, and how far from the line at most. */
const LIFT_PIXELS = 8;
const HIGHEST_LIFT_PIXELS = 7;

/**
 * Moves marks that would hide each other off the line, one above the other.
 * @param values recalls in any order
 * @returns pixels downwards for each; 0 for a mark that stands alone
 */
export function lifts(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const lifted = new Array<number>(values.length).fill(0);
  let group: number[] = [];
  const place = (): void => {
    const step = Math.min(LIFT_PIXELS, (2 * HIGHEST_LIFT_PIXELS) / Math.max(1, group.length - 1));
    group.forEach((index, k) => (lifted[index] = (k - (group.length - 1) / 2) * step));
    group = [];
  };
  for (const index of order) {
    if (group.length > 0 && values[index]! - values[group[0]!]! > TIE) place();
    group.push(index);
  }
  place();
  return lifted;
}

/** A row a label: its recall over all test clips, and each speaker's as a faint dot. */
export function labelRows(run: RunDetail, clips: readonly number[], nameOf: NameOf): StripRow[] {
  return run.labels.map((label, index) => {
    const recall = run.recallByLabel[index] ?? null;
    const parts = run.recallBySpeaker.flatMap((speaker) => {
      const value = speaker.recall[index] ?? null;
      return value === null
        ? []
        : [{ label: null, value, title: `speaker ${speaker.speaker}: ${value.toFixed(2)}` }];
    });
    const whole = recall === null ? [] : [{ label, value: recall, title: `all: ${recall.toFixed(2)}` }];
    return {
      key: label,
      name: nameOf(label),
      label,
      clips: clips[index] ?? 0,
      marks: [...parts, ...whole],
      bar: null,
      figure: recall,
    };
  });
}

/** A row a speaker: recall of each label, and the speaker's UAR as a bar. */
export function speakerRows(run: RunDetail, nameOf: NameOf): StripRow[] {
  return run.recallBySpeaker.map((speaker) => ({
    key: speaker.speaker,
    name: `Speaker ${speaker.speaker}`,
    clips: speaker.clips,
    marks: run.labels.flatMap((label, index) => {
      const value = speaker.recall[index] ?? null;
      return value === null ? [] : [{ label, value, title: `${nameOf(label)}: ${value.toFixed(2)}` }];
    }),
    bar: speaker.uar,
    figure: speaker.uar,
  }));
}

/** "Disgust is hardest, 0.49; anger easiest, 0.74." Empty where nothing was scored. */
export function extremes(rows: readonly StripRow[]): string {
  const scored = rows.filter((row) => row.figure !== null).sort((a, b) => a.figure! - b.figure!);
  const hardest = scored[0];
  const easiest = scored.at(-1);
  if (hardest === undefined || easiest === undefined) return '';
  if (hardest === easiest) return `${hardest.name}: ${hardest.figure!.toFixed(2)}.`;
  return `${hardest.name} is hardest, ${hardest.figure!.toFixed(2)}; ${easiest.name} easiest, ${easiest.figure!.toFixed(2)}.`;
}
