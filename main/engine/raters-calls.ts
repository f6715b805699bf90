// Answers on raters, their agreement, label sets and named versions of labels.
import { agreement, disagreements } from '../store/agreement.ts';
import * as labelSets from '../store/label-sets.ts';
import * as versions from '../store/label-versions.ts';
import { addRater } from '../store/ledger.ts';
import { listRaters, ownLabels, ownLabelsOfClips } from '../store/raters.ts';
import type { Implementer } from './answering.ts';
import type { Services } from './services.ts';

export function ratersCalls(os: Implementer['raters'], { notify, store }: Services) {
  return {
    list: os.list.handler(({ input }) => listRaters(store, input.corpusId)),
    add: os.add.handler(({ input }) => {
      addRater(store, input.rater);
      notify({ type: 'ledger', what: 'raters', corpusId: null });
      return listRaters(store);
    }),
    ofClips: os.ofClips.handler(({ input }) => ownLabelsOfClips(store, input.clipIds)),
    labels: os.labels.handler(({ input }) => ownLabels(store, input.corpusId, input.rater)),
  };
}

export function agreementCalls(os: Implementer['agreement'], { store }: Services) {
  return {
    report: os.report.handler(({ input: { corpusId, ...options } }) => agreement(store, corpusId, options)),
    disagreements: os.disagreements.handler(({ input: { corpusId, offset, limit, ...options } }) =>
      disagreements(store, corpusId, options, { offset, limit }),
    ),
  };
}

export function labelSetsCalls(os: Implementer['labelSets'], { notify, store }: Services) {
  const changed = <Result>(result: Result, corpusId: number | null = null): Result => {
    notify({ type: 'ledger', what: 'label-sets', corpusId });
    return result;
  };
  return {
    list: os.list.handler(() => labelSets.listLabelSets(store)),
    ofCorpus: os.ofCorpus.handler(({ input }) => labelSets.corpusLabelSet(store, input.corpusId)),
    save: os.save.handler(({ input: { labelSetId, ...set } }) =>
      changed(labelSets.saveLabelSet(store, labelSetId, set)),
    ),
    remove: os.remove.handler(({ input }) => changed(labelSets.removeLabelSet(store, input.labelSetId))),
    choose: os.choose.handler(({ input: { corpusId, labelSetId } }) =>
      changed(labelSets.chooseLabelSet(store, corpusId, labelSetId), corpusId),
    ),
  };
}

export function labelVersionsCalls(os: Implementer['labelVersions'], { notify, store }: Services) {
  const changed = <Version extends { readonly corpusId: number }>(version: Version): Version => {
    notify({ type: 'ledger', what: 'label-versions', corpusId: version.corpusId });
    return version;
  };
  return {
    list: os.list.handler(({ input }) => versions.listVersions(store, input.corpusId)),
    create: os.create.handler(({ input: { corpusId, rater, ...words } }) =>
      changed(versions.createVersion(store, corpusId, words, rater)),
    ),
    rename: os.rename.handler(({ input: { namedVersionId, ...words } }) =>
      changed(versions.renameVersion(store, namedVersionId, words)),
    ),
    compare: os.compare.handler(({ input: { before, after, limit } }) =>
      versions.compareVersions(store, before, after, limit),
    ),
  };
}
