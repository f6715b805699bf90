// Filters of a clip list as plain values: toggling, clearing, and what a person reads on their chips.
import type { ClipFilter, ClipFlag, ClipMark, ClipSort } from '../../shared/contract/schemas.ts';
import { labelName, NO_LABEL } from '../ui/labels.ts';

/** A filter with every part present, and the corpora that it leaves of those seen together, by id; none: all of them. */
export type Filter = Required<Omit<ClipFilter, 'rated'>> &
  Pick<ClipFilter, 'rated'> & { corpora: readonly number[] };
export type SortKey = ClipSort['key'];
export type Sort = Required<ClipSort>;

export const NO_FILTER: Filter = {
  labels: [],
  speakers: [],
  sexes: [],
  search: '',
  defects: false,
  flags: [],
  marks: [],
  corpora: [],
};
export const BY_NAME: Sort = { key: 'path', descending: false };

/** True where nothing is left out. */
export function isEmptyFilter(filter: Filter): boolean {
  return (
    [filter.labels, filter.speakers, filter.sexes, filter.flags, filter.marks, filter.corpora].every(
      (part) => part.length === 0,
    ) &&
    filter.search === '' &&
    !filter.defects &&
    filter.rated === undefined
  );
}

/** What is left of a filter while blind: nothing that tells a clip's label, as its name does, or what raters said of it. */
export function blindFilter(filter: Filter): Filter {
  return { ...filter, search: '', labels: [], marks: [] };
}

/** The list with `value` taken out where it was in, put in where it was not. */
export function toggled<Value>(list: readonly Value[], value: Value): Value[] {
  return list.includes(value) ? list.filter((other) => other !== value) : [...list, value];
}

/** A click on a head of the same column turns the order round, on another column sorts by it. */
export function nextSort(sort: Sort, key: SortKey): Sort {
  return { key, descending: sort.key === key && !sort.descending };
}

/** A speaker as written; '' stands for clips whose name or table names none. */
export function speakerName(speaker: string): string {
  return speaker === '' ? 'unknown' : speaker;
}

/** What is to be looked at in a clip, in words. */
export const FLAG_NAMES: ReadonlyMap<ClipFlag, string> = new Map([
  ['clipped', 'Clipped'],
  ['silent', 'Near-silent'],
  ['broken', 'Breaks off'],
  ['duplicate', 'Duplicate'],
]);

export const FLAG_WORDS: ReadonlyMap<ClipFlag, string> = new Map([
  ['clipped', 'Three samples or more in a row at full scale'],
  ['silent', 'Its loudest 20 ms stay under -50 dB of full scale'],
  ['broken', 'Its data could not be decoded to their end'],
  ['duplicate', 'Another file of the corpus holds the same, byte for byte'],
]);

/** What raters have remarked, in words. */
export const MARK_NAMES: ReadonlyMap<ClipMark, string> = new Map([
  ['bad', 'Bad recording'],
  ['noted', 'With a note'],
  ['disputed', 'Raters disagree'],
  ['resolved', 'Resolved'],
  ['relabelled', 'Relabelled'],
]);

export const MARK_WORDS: ReadonlyMap<ClipMark, string> = new Map([
  ['bad', 'Flagged as a bad recording: left out of training'],
  ['noted', 'Somebody has written a note'],
  ['disputed', 'Raters have set different labels, and nobody has resolved it'],
  ['resolved', 'A disagreement has been resolved'],
  ['relabelled', 'Its label is not the one that it came with'],
]);

/** One part of a filter in words, and the change that takes it out. */
export interface FilterPart {
  text: string;
  without: Partial<Filter>;
}

/** The parts of a filter in words. */
export function filterParts(filter: Filter, corpusName: (corpusId: number) => string): FilterPart[] {
  const { corpora, speakers, labels, sexes, search, rated, defects, flags, marks } = filter;
  const parts: FilterPart[] = [];
  if (corpora.length > 0) parts.push({ text: corpora.map(corpusName).join(', '), without: { corpora: [] } });
  if (speakers.length > 0)
    parts.push({ text: `Speaker ${speakers.map(speakerName).join(', ')}`, without: { speakers: [] } });
  if (labels.length > 0) {
    const names = labels.map((label) => (label === null ? NO_LABEL.name : labelName(label)));
    parts.push({ text: names.join(', '), without: { labels: [] } });
  }
  if (sexes.length > 0) parts.push({ text: sexes.map(labelName).join(', '), without: { sexes: [] } });
  if (search !== '') parts.push({ text: `“${search}”`, without: { search: '' } });
  if (rated !== undefined) {
    parts.push({ text: rated ? 'Decided here' : 'As imported', without: { rated: undefined } });
  }
  if (flags.length > 0) {
    parts.push({ text: flags.map((flag) => FLAG_NAMES.get(flag)).join(', '), without: { flags: [] } });
  }
  if (marks.length > 0) {
    parts.push({ text: marks.map((mark) => MARK_NAMES.get(mark)).join(', '), without: { marks: [] } });
  }
  if (defects) parts.push({ text: 'With a defect', without: { defects: false } });
  return parts;
}
