// Answers on runs, and on what a run's model says of a clip or a file.
import type { Implementer } from './answering.ts';
import type { Services } from './services.ts';

export function runsCalls(os: Implementer['runs'], { runs }: Services) {
  return {
    list: os.list.handler(({ input }) => runs.list(input.corpusId)),
    start: os.start.handler(({ input }) => runs.start(input)),
    get: os.get.handler(({ input }) => runs.get(input.runId)),
    watch: os.watch.handler(async function* ({ input, signal }) {
      yield* runs.watch(input.runId, signal);
    }),
    cancel: os.cancel.handler(({ input }) => runs.cancel(input.runId)),
    predictions: os.predictions.handler(({ input }) => runs.predictions(input.runId)),
  };
}

export function predictCalls(os: Implementer['predict'], { predictor }: Services) {
  return {
    clip: os.clip.handler(({ input }) => predictor.predictClip(input.runId, input.clipId)),
    file: os.file.handler(async ({ input }) =>
      predictor.predictBytes(input.runId, new Uint8Array(await input.file.arrayBuffer()), input.file.name),
    ),
  };
}
