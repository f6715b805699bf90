// Answers on label decisions: each is on disk before it is answered, and told to every interface.
import * as labels from '../store/labels.ts';
import { loadSettings } from '../store/settings.ts';
import type { Implementer } from './answering.ts';
import type { Services } from './services.ts';

export function labelsCalls(os: Implementer['labels'], { notify, store }: Services) {
  const rater = (): string => loadSettings(store).rater;
  const decided = (result: ReturnType<typeof labels.setLabels>): typeof result => {
    const [first] = result.clips;
    if (first)
      notify({ type: 'labels', corpusId: first.corpusId, clipIds: result.clips.map((clip) => clip.clipId) });
    return result;
  };
  return {
    set: os.set.handler(({ input }) => {
      const { clipIds, label, reason, blind } = input;
      return decided(labels.setLabels(store, clipIds, label, { rater: rater(), reason, blind }));
    }),
    undo: os.undo.handler(({ input }) => decided(labels.undo(store, input.corpusId, rater()))),
    redo: os.redo.handler(({ input }) => decided(labels.redo(store, input.corpusId, rater()))),
    state: os.state.handler(({ input }) => labels.labelState(store, input.corpusId, rater())),
  };
}
