// Recall by label and by speaker, as rows to draw and as a finding to read.
import type { RunDetail, Scores } from '../../shared/contract/schemas.ts';
import type { StripRow } from './RecallStrip.svelte';

type NameOf = (label: string) => string;

/** Room a mark needs, and how far from the line marks stand that would hide each other, in pixels. */
const MARK_PIXELS = 11;
const LANE_PIXELS = 5.5;

/** How far a mark stands from its own place, in pixels. */
export interface Offset {
  x: number;
  y: number;
}

/**
 * Moves marks that would hide each other: first off the line into two lanes, then as little sideways as it takes.
 * @param values recalls 0..1 in any order
 * @param width of the scale, in pixels; 0 while it is not known
 * @returns an offset for each value; none for a mark that stands alone
 */
export function swarm(values: readonly number[], width: number): Offset[] {
  const offsets = values.map((): Offset => ({ x: 0, y: 0 }));
  if (width < MARK_PIXELS) return offsets;
  const placed: Offset[] = [];
  for (const cluster of clusters(values, width)) {
    for (const index of cluster) {
      const wish = values[index]! * width;
      const own = { x: wish, y: 0 };
      // One that stands alone keeps its place, unless a mark beside it had to move there.
      const keeps = cluster.length === 1 && !placed.some((mark) => hides(mark, own));
      const spot = keeps ? own : freeSpot(wish, width, placed);
      placed.push(spot);
      offsets[index] = { x: spot.x - wish, y: spot.y };
    }
  }
  return offsets;
}

function hides(a: Offset, b: Offset): boolean {
  return Math.abs(a.x - b.x) < MARK_PIXELS && Math.abs(a.y - b.y) < MARK_PIXELS;
}

/** Places in `values` of marks that touch the next one, in the order of their values. */
function clusters(values: readonly number[], width: number): number[][] {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const found: number[][] = [];
  for (const index of order) {
    const last = found.at(-1);
    if (last && (values[index]! - values[last.at(-1)!]!) * width < MARK_PIXELS) last.push(index);
    else found.push([index]);
  }
  return found;
}

/** The place in either lane nearest to `wish` that hides no mark and stays on the scale. */
function freeSpot(wish: number, width: number, placed: readonly Offset[]): Offset {
  for (let shift = 0; shift <= width; shift += 1) {
    for (const x of [wish + shift, wish - shift]) {
      if (x < 0 || x > width) continue;
      for (const y of [-LANE_PIXELS, LANE_PIXELS]) {
        const spot = { x, y };
        if (!placed.some((mark) => hides(mark, spot))) return spot;
      }
    }
  }
  return { x: wish, y: 0 };
}

/**
 * A row a label: its recall over all test clips, and each speaker's as a faint dot.
 * @param people recall of listeners, label by label, where it is known
 */
export function labelRows(
  run: RunDetail,
  scores: Scores,
  nameOf: NameOf,
  people: ReadonlyMap<string, number | null> = new Map(),
): StripRow[] {
  return run.labels.map((label, index) => {
    const recall = scores.byLabel[index]?.recall.value ?? null;
    const parts = scores.bySpeaker.flatMap((speaker) => {
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
      clips: scores.byLabel[index]?.clips ?? 0,
      marks: [...parts, ...whole],
      bar: null,
      figure: recall,
      interval: scores.byLabel[index]?.recall.interval ?? null,
      people: people.get(label) ?? null,
    };
  });
}

/** A row a speaker: recall of each label, and the speaker's UAR as a bar. */
export function speakerRows(run: RunDetail, scores: Scores, nameOf: NameOf): StripRow[] {
  return scores.bySpeaker.map((speaker) => ({
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

/** A row a sex: recall of each label, and the UAR over its speakers as a bar with its interval. */
export function sexRows(run: RunDetail, scores: Scores, nameOf: NameOf): StripRow[] {
  return scores.bySex.map(({ sex, clips, recall, uar }) => ({
    key: sex,
    name: sex === 'female' ? 'Female' : 'Male',
    clips,
    marks: run.labels.flatMap((label, index) => {
      const value = recall[index]?.value ?? null;
      return value === null ? [] : [{ label, value, title: `${nameOf(label)}: ${value.toFixed(2)}` }];
    }),
    bar: uar.value,
    figure: uar.value,
    interval: uar.interval,
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
