// Answers on runs, and on what a run's model says of a clip or a file.
import type { Implementer } from './answering.ts';
import type { Services } from './services.ts';

export function runsCalls(os: Implementer['runs'], { runs }: Services) {
  return {
    list: os.list.handler(({ input }) => runs.list(input.corpusId, input.deleted)),
    start: os.start.handler(({ input }) => runs.start(input)),
    get: os.get.handler(({ input }) => runs.get(input.runId)),
    watch: os.watch.handler(async function* ({ input, signal }) {
      yield* runs.watch(input.runId, signal);
    }),
    pause: os.pause.handler(({ input }) => runs.pause(input.runId)),
    resume: os.resume.handler(({ input }) => runs.resume(input.runId)),
    cancel: os.cancel.handler(({ input }) => runs.cancel(input.runId)),
    stop: os.stop.handler(({ input }) => runs.stop(input.runId)),
    predictions: os.predictions.handler(({ input }) => runs.predictions(input.runId)),
    foldReports: os.foldReports.handler(({ input }) => runs.foldReports(input.runId)),
    curves: os.curves.handler(({ input }) => runs.curves(input.runIds)),
    change: os.change.handler(({ input }) => runs.change(input.runId, input.changes)),
    remove: os.remove.handler(({ input }) => runs.remove(input.runId)),
    restore: os.restore.handler(({ input }) => runs.restore(input.runId)),
    compare: os.compare.handler(({ input }) => runs.compare(input.a, input.b)),
    card: os.card.handler(({ input }) => runs.card(input.runId)),
    rerun: os.rerun.handler(({ input }) => runs.rerun(input.card, input.corpusId, input.testCorpusId)),
    matchCard: os.matchCard.handler(({ input }) => runs.matchCard(input.runId, input.card)),
  };
}

export function predictCalls(os: Implementer['predict'], { predictor }: Services) {
  return {
    clip: os.clip.handler(({ input }) => predictor.predictClip(input.runId, input.clipId)),
    file: os.file.handler(async ({ input }) =>
      predictor.predictBytes(input.runId, await bytesOf(input.file), input.file.name),
    ),
    clipOverTime: os.clipOverTime.handler(({ input: { runId, clipId, hopSeconds } }) =>
      predictor.clipOverTime(runId, clipId, hopSeconds),
    ),
    fileOverTime: os.fileOverTime.handler(async ({ input: { runId, file, hopSeconds } }) =>
      predictor.bytesOverTime(runId, await bytesOf(file), file.name, hopSeconds),
    ),
  };
}

const bytesOf = async (file: File): Promise<Uint8Array> => new Uint8Array(await file.arrayBuffer());
