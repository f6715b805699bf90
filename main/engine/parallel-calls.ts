// Answers on parallel utterances.
import { parallelGrid, parallelUtterances } from '../store/parallel.ts';
import type { Implementer } from './answering.ts';
import type { Services } from './services.ts';

export function parallelCalls(os: Implementer['parallel'], { store }: Services) {
  return {
    utterances: os.utterances.handler(({ input }) => parallelUtterances(store, input.corpusId)),
    grid: os.grid.handler(({ input }) => parallelGrid(store, input.corpusId, input.utterance)),
  };
}
