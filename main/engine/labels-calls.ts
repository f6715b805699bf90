// Answers on label decisions and segments: each is on disk before it is answered, and told to every interface.
import type { LabelResult } from '../../shared/contract/schemas.ts';
import { resolveLabels } from '../store/agreement.ts';
import { clipFile } from '../store/clips.ts';
import * as labels from '../store/labels.ts';
import { corpusEvents, touchedClips } from '../store/ledger-events.ts';
import { clipSegments, corpusSegments } from '../store/segment-rows.ts';
import { editSegments } from '../store/segments.ts';
import type { Implementer } from './answering.ts';
import type { Services } from './services.ts';

type Decided = Omit<LabelResult, 'decisionId'> & { readonly decisionId: number | null };

/** Tells every interface which clips a decision touches; returns it. */
function announcing({ notify, store }: Services) {
  return <Result extends Decided>(result: Result, rater: string): Result => {
    const { decisionId, head } = result;
    if (decisionId === null) return result;
    const { corpusId, clipIds } = touchedClips(store, decisionId);
    notify({ type: 'labels', corpusId, clipIds, rater, head });
    return result;
  };
}

export function labelsCalls(os: Implementer['labels'], services: Services) {
  const { store } = services;
  const announce = announcing(services);
  return {
    set: os.set.handler(({ input }) => {
      const { clipIds, saw, rater, reason, blind, ...patch } = input;
      return announce(labels.decideLabels(store, clipIds, patch, { rater, reason, blind, saw }), rater);
    }),
    undo: os.undo.handler(({ input: { corpusId, rater } }) =>
      announce(labels.undo(store, corpusId, rater), rater),
    ),
    redo: os.redo.handler(({ input: { corpusId, rater } }) =>
      announce(labels.redo(store, corpusId, rater), rater),
    ),
    revert: os.revert.handler(({ input: { eventId, scope, rater, reason } }) =>
      announce(labels.revert(store, eventId, scope, { rater, reason }), rater),
    ),
    resolve: os.resolve.handler(({ input: { clipIds, saw, by, rater, reason } }) =>
      announce(resolveLabels(store, clipIds, by, { rater, reason, saw }), rater),
    ),
    state: os.state.handler(({ input }) => labels.labelState(store, input.corpusId, input.rater)),
    events: os.events.handler(({ input }) => corpusEvents(store, input.corpusId, input.after, input.limit)),
  };
}

export function segmentsCalls(os: Implementer['segments'], services: Services) {
  const { store } = services;
  const announce = announcing(services);
  return {
    list: os.list.handler(({ input: { clipId } }) => {
      clipFile(store, clipId);
      return clipSegments(store, clipId);
    }),
    ofCorpus: os.ofCorpus.handler(({ input }) => corpusSegments(store, input.corpusId)),
    edit: os.edit.handler(({ input: { edits, ...info } }) =>
      announce(editSegments(store, edits, info), info.rater),
    ),
  };
}
