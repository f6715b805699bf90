// The last seconds of a stream as the room draws them: loudness, windows, and the answers in a row.
import type { LiveWindow } from '../../shared/contract/schemas.ts';

/** As much as any picture shows. */
export const SHOWN_SECONDS = 30;

export type HeardWindow = LiveWindow & {
  /** End of the window, in seconds of this page's listening. */
  readonly atSeconds: number;
};

/** Least and most of a block of samples. */
export interface Outline {
  readonly atSeconds: number;
  readonly low: number;
  readonly high: number;
}

/** What was said from one moment to another. */
export interface Span {
  readonly state: LiveWindow['state'];
  readonly label: string | null;
  readonly fromSeconds: number;
  readonly untilSeconds: number;
}

/** Windows in a row with the same answer become one span. */
export function spans(windows: readonly HeardWindow[]): Span[] {
  const all: Span[] = [];
  for (const { state, answer, atSeconds } of windows) {
    const last = all.at(-1);
    if (last && last.state === state && last.label === answer) {
      all[all.length - 1] = { ...last, untilSeconds: atSeconds };
    } else {
      all.push({
        state,
        label: answer,
        fromSeconds: last?.untilSeconds ?? atSeconds,
        untilSeconds: atSeconds,
      });
    }
  }
  return all;
}

/** Drops from the front what is older than `fromSeconds`. */
export function forget(list: { readonly atSeconds: number }[], fromSeconds: number): void {
  const first = list.findIndex(({ atSeconds }) => atSeconds >= fromSeconds);
  list.splice(0, first < 0 ? list.length : first);
}

/** The spans of the last seconds, in words, for who cannot see the picture. */
export function spansInWords(all: readonly Span[], nameOf: (label: string) => string): string {
  const words = all
    .filter(({ fromSeconds, untilSeconds }) => untilSeconds - fromSeconds >= 0.3)
    .map(({ state, label }) => (label === null ? state : nameOf(label).toLowerCase()));
  return words.length === 0 ? 'nothing yet' : words.join(', then ');
}

/** What lies at or behind a moment, and the last one before it: lines come from there. */
export function since<Item extends { readonly atSeconds: number }>(
  list: readonly Item[],
  fromSeconds: number,
): readonly Item[] {
  return list.slice(
    Math.max(
      0,
      list.findLastIndex(({ atSeconds }) => atSeconds < fromSeconds),
    ),
  );
}
