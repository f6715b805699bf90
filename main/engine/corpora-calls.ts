// Answers on corpora: opening, summaries, defects, the cross-tab.
import type { IndexEvent, OpenCorpusInput } from '../../shared/contract/schemas.ts';
import { DEMO_CORPUS_NAME, unpackDemoCorpus } from '../corpus/demo.ts';
import { openCorpus, type OpenOptions } from '../corpus/open.ts';
import { probeFolder } from '../corpus/probe.ts';
import { duplicateGroups } from '../store/checks.ts';
import * as corpora from '../store/corpora.ts';
import { type Implementer, streaming } from './answering.ts';
import type { Services } from './services.ts';

export function corporaCalls(
  os: Implementer['corpora'],
  { keeper, logger, notify, resourcesDir, store, workspace }: Services,
) {
  const indexing = (input: OpenCorpusInput, options: OpenOptions): AsyncGenerator<IndexEvent> =>
    streaming<IndexEvent>(async (publish) => {
      const { tally: _, ...opened } = await openCorpus(store, input, { ...options, onProgress: publish });
      notify({ type: 'corpora' });
      keeper.opened(opened.summary);
      return { type: 'done', ...opened };
    }, logger);

  return {
    list: os.list.handler(() => corpora.listCorpora(store)),
    probe: os.probe.handler(({ input }) => probeFolder(store, input.folder)),
    open: os.open.handler(({ input, signal }) => indexing(input, { signal })),
    openDemo: os.openDemo.handler(async ({ signal }) => {
      const folder = await unpackDemoCorpus(workspace, { resourcesDir });
      return indexing({ folder }, { signal, synthetic: true, name: DEMO_CORPUS_NAME });
    }),
    summary: os.summary.handler(({ input }) => corpora.corpusSummary(store, input.corpusId)),
    defects: os.defects.handler(({ input }) => corpora.defects(store, input.corpusId)),
    crosstab: os.crosstab.handler(({ input }) => corpora.crosstab(store, input.corpusId, input.filter)),
    report: os.report.handler(({ input }) => corpora.corpusReport(store, input.corpusId)),
    duplicates: os.duplicates.handler(({ input }) => duplicateGroups(store, input.corpusId)),
    forget: os.forget.handler(({ input }) => {
      corpora.forgetCorpus(store, input.corpusId);
      keeper.forgotten(input.corpusId);
      notify({ type: 'corpora' });
    }),
  };
}
