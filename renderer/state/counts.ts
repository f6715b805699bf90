// Sums over the speaker x label counts, and maps that are replaced and not changed.
import type { Crosstab } from '../../shared/contract/schemas.ts';

/** Clips by label (null: none), over all speakers. */
export function sumByLabel(tab: Crosstab): Map<string | null, number> {
  return new Map(
    tab.labels.map((label, column) => [label, tab.counts.reduce((sum, row) => sum + (row[column] ?? 0), 0)]),
  );
}

/** Clips by the sex of their speaker; speakers of unknown sex are left out. */
export function sumBySex(tab: Crosstab): Map<string, number> {
  const sums = new Map<string, number>();
  tab.speakers.forEach(({ sex }, row) => {
    const clips = (tab.counts[row] ?? []).reduce((sum, count) => sum + count, 0);
    if (sex) sums.set(sex, (sums.get(sex) ?? 0) + clips);
  });
  return sums;
}

/** A copy of a map with one more entry. */
export function withEntry<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key, value: Value): Map<Key, Value> {
  return new Map(map).set(key, value);
}
