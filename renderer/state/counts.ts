// Sums over counts of one corpus or several, and maps that are replaced and not changed.
import {
  CLIP_MARKS,
  type CorpusReport,
  type CorpusSummary,
  type Crosstab,
} from '../../shared/contract/schemas.ts';

/** Clips by label (null: none), under the names the labels share, over all speakers. */
export function sumByLabel(
  tabs: readonly Crosstab[],
  nameOf: (label: string | null) => string | null,
): Map<string | null, number> {
  const sums = new Map<string | null, number>();
  for (const { labels, counts } of tabs) {
    labels.forEach((label, column) => {
      const clips = counts.reduce((sum, row) => sum + (row[column] ?? 0), 0);
      sums.set(nameOf(label), (sums.get(nameOf(label)) ?? 0) + clips);
    });
  }
  return sums;
}

/** Clips by the sex of their speaker; speakers of unknown sex are left out. */
export function sumBySex(tabs: readonly Crosstab[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const tab of tabs) {
    tab.speakers.forEach(({ sex }, row) => {
      const clips = (tab.counts[row] ?? []).reduce((sum, count) => sum + count, 0);
      if (sex) sums.set(sex, (sums.get(sex) ?? 0) + clips);
    });
  }
  return sums;
}

/** Corpora x labels, a corpus standing by its id where one alone has speakers. @param tabs one a corpus, in order */
export function tabOfCorpora(
  corpora: readonly CorpusSummary[],
  tabs: readonly Crosstab[],
  shared: { readonly labels: readonly string[]; nameOf(label: string | null): string | null },
): Crosstab {
  const bare = tabs.some((tab) => tab.labels.includes(null));
  const labels = [...shared.labels, ...(bare ? [null] : [])];
  const counts = tabs.map((tab) => {
    const sums = sumByLabel([tab], (label) => shared.nameOf(label));
    return labels.map((label) => sums.get(label) ?? 0);
  });
  return {
    speakers: corpora.map(({ corpusId }) => ({ speaker: String(corpusId), sex: null })),
    labels,
    counts,
  };
}

/** What several corpora have together; lengths are told of one corpus alone. */
export function joinedReport(reports: readonly CorpusReport[]): CorpusReport {
  const [first] = reports;
  if (first && reports.length === 1) return first;
  const sum = (of: (report: CorpusReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  const counts = [
    'checked',
    'clips',
    'clipped',
    'silent',
    'broken',
    'duplicates',
    'duplicateGroups',
  ] as const;
  return {
    ...{ lengths: null, rates: [] },
    ...(Object.fromEntries(counts.map((key) => [key, sum((report) => report[key])])) as Pick<
      CorpusReport,
      (typeof counts)[number]
    >),
    marks: Object.fromEntries(
      CLIP_MARKS.map((mark) => [mark, sum(({ marks }) => marks[mark])]),
    ) as CorpusReport['marks'],
  };
}

/** A copy of a map with one more entry. */
export function withEntry<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key, value: Value): Map<Key, Value> {
  return new Map(map).set(key, value);
}
