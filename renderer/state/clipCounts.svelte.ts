// What is counted beside the list of clips: the cross-tab, the facets, and what a corpus has that is to be looked at.
import {
  CLIP_FLAGS,
  CLIP_MARKS,
  type ClipFlag,
  type ClipMark,
  type CorpusReport,
  type CorpusSummary,
  type Crosstab,
} from '../../shared/contract/schemas.ts';
import { joinedReport, sumByLabel, sumBySex, tabOfCorpora } from './counts.ts';
import { engine } from './engine.svelte.ts';
import type { Filter } from './filter.ts';
import { scope } from './scope.svelte.ts';

/** Counts beside the facets, each under every part of the filter but its own. */
export interface FacetCounts {
  /** By id; empty where one corpus is shown. */
  corpora: ReadonlyMap<number, number>;
  labels: ReadonlyMap<string | null, number>;
  sexes: ReadonlyMap<string, number>;
  rated: { yes: number; no: number };
  flags: ReadonlyMap<ClipFlag, number>;
  marks: ReadonlyMap<ClipMark, number>;
}

class ClipCounts {
  /** Speakers, or the corpora where several are shown, x labels. */
  crosstab = $state.raw<Crosstab | null>(null);
  facets = $state.raw<FacetCounts | null>(null);
  report = $state.raw<CorpusReport | null>(null);

  clear(): void {
    this.crosstab = null;
    this.facets = null;
    this.report = null;
  }

  /** Counts anew under a filter, unless what is shown has changed meanwhile. Rejects where the engine does. */
  async load(filter: Filter, isCurrent: () => boolean): Promise<void> {
    const { corpora } = scope;
    const good = { ...filter, defects: false };
    const reports = await Promise.all(
      corpora.map(({ corpusId }) => engine.client.corpora.report({ corpusId })),
    );
    if (!isCurrent()) return;
    const report = joinedReport(reports);
    this.report = report;
    const flags = CLIP_FLAGS.filter((flag) => countOf(report, flag) > 0);
    const marks = CLIP_MARKS.filter((mark) => report.marks[mark] > 0);
    const [crosstab, byLabel, bySex, yes, no] = await Promise.all([
      tab(corpora, { ...good, labels: [], speakers: [] }),
      tab(scope.corporaUnder(filter), { ...good, labels: [] }),
      tab(scope.corporaUnder(filter), { ...good, sexes: [] }),
      total({ ...good, rated: true }),
      total({ ...good, rated: false }),
    ]);
    const [flagged, marked, ofCorpora] = await Promise.all([
      Promise.all(flags.map((flag) => total({ ...good, flags: [flag] }))),
      Promise.all(marks.map((mark) => total({ ...good, marks: [mark] }))),
      Promise.all(
        scope.everywhere ? corpora.map(({ corpusId }) => total({ ...good, corpora: [corpusId] })) : [],
      ),
    ]);
    if (!isCurrent()) return;
    this.crosstab = scope.everywhere ? tabOfCorpora(corpora, crosstab, scope) : (crosstab[0] ?? null);
    this.facets = {
      corpora: new Map(ofCorpora.map((clips, i) => [corpora[i]!.corpusId, clips])),
      labels: sumByLabel(byLabel, (label) => scope.nameOf(label)),
      sexes: sumBySex(bySex),
      rated: { yes, no },
      flags: new Map(flags.map((flag, i) => [flag, flagged[i]!])),
      marks: new Map(marks.map((mark, i) => [mark, marked[i]!])),
    };
  }
}

/** Speakers x labels of each corpus. */
function tab(corpora: readonly CorpusSummary[], filter: Filter): Promise<Crosstab[]> {
  return Promise.all(
    corpora.map(({ corpusId }) =>
      engine.client.corpora.crosstab({ corpusId, filter: scope.written(filter) }),
    ),
  );
}

async function total(filter: Filter): Promise<number> {
  const query = scope.query(filter);
  if (query === null) return 0;
  return (await engine.client.clips.page({ ...query, offset: 0, limit: 1 })).total;
}

/** Clips with a flag, whatever the filter. */
export function countOf(report: CorpusReport, flag: ClipFlag): number {
  return flag === 'duplicate' ? report.duplicates : report[flag];
}

export const clipCounts = new ClipCounts();
