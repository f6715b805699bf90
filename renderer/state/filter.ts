// Filters of a clip list as plain values: toggling, clearing, and what a person reads on their chips.
import type { ClipFilter, ClipSort } from '../../shared/contract/schemas.ts';

/** A filter with every part present. */
export type Filter = Required<Omit<ClipFilter, 'rated'>> & Pick<ClipFilter, 'rated'>;
export type SortKey = ClipSort['key'];
export type Sort = Required<ClipSort>;

export const NO_FILTER: Filter = { labels: [], speakers: [], sexes: [], search: '', defects: false };
export const BY_NAME: Sort = { key: 'path', descending: false };

/** True where nothing is left out. */
export function isEmptyFilter(filter: Filter): boolean {
  return (
    filter.labels.length + filter.speakers.length + filter.sexes.length === 0 &&
    filter.search === '' &&
    !filter.defects &&
    filter.rated === undefined
  );
}

/** The list with `value` taken out where it was in, put in where it was not. */
export function toggled<Value>(list: readonly Value[], value: Value): Value[] {
  return list.includes(value) ? list.filter((other) => other !== value) : [...list, value];
}

/** A click on a head of the same column turns the order round, on another column sorts by it. */
export function nextSort(sort: Sort, key: SortKey): Sort {
  return { key, descending: sort.key === key && !sort.descending };
}
