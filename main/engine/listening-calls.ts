// Answers on listening tests and human recall: what people hear, to stand beside what a model hears.
import type { ListeningResult } from '../../shared/contract/schemas.ts';
import { scoreAnswers, type Answer } from '../../shared/labels/listening.ts';
import { parseHitRates } from '../corpus/hit-rates.ts';
import type { Store } from '../store/database.ts';
import * as humanRecall from '../store/human-recall.ts';
import * as listening from '../store/listening.ts';
import { getRun, listPredictions } from '../store/runs.ts';
import { countedPredictions } from '../training/scores.ts';
import type { Implementer } from './answering.ts';
import type { Services } from './services.ts';

export function listeningCalls(os: Implementer['listening'], { notify, store }: Services) {
  return {
    list: os.list.handler(({ input }) => listening.listTests(store, input.corpusId)),
    create: os.create.handler(({ input }) => {
      const test = listening.createTest(store, input);
      notify({ type: 'ledger', what: 'listening-tests', corpusId: test.corpusId });
      return test;
    }),
    session: os.session.handler(({ input }) => listening.listeningSession(store, input.testId, input.rater)),
    answer: os.answer.handler(({ input }) => {
      const progress = listening.answer(store, input);
      const { corpusId } = listening.getTest(store, input.testId);
      notify({ type: 'ledger', what: 'listening-tests', corpusId });
      return progress;
    }),
    result: os.result.handler(({ input: { testId, raters, runId } }) => result(store, testId, raters, runId)),
  };
}

function result(
  store: Store,
  testId: number,
  raters: readonly string[] | undefined,
  runId: number | undefined,
): ListeningResult {
  const test = listening.getTest(store, testId);
  const { labels, seed } = test;
  const answers = listening
    .listeningAnswers(store, testId)
    .filter(({ rater }) => raters?.includes(rater) ?? true);
  const byRater = [...Map.groupBy(answers, ({ rater }) => rater)].map(([rater, own]) => ({
    rater,
    ...scoreAnswers(own, labels, seed),
  }));
  const model = runId === undefined ? null : { runId, ...modelScore(store, runId, answers, labels, seed) };
  return { test, labels, pooled: scoreAnswers(answers, labels, seed), byRater, model };
}

/** A run's predictions for the clips that people answered, each clip once. */
function modelScore(
  store: Store,
  runId: number,
  answers: readonly (Answer & { readonly clipId: number })[],
  labels: readonly string[],
  seed: number,
): ReturnType<typeof scoreAnswers> {
  const run = getRun(store, runId);
  const predicted = new Map(
    countedPredictions(listPredictions(store, runId)).map((row) => [row.clipId, run.labels[row.predicted]!]),
  );
  const clips = new Map(answers.map((answer) => [answer.clipId, answer]));
  const own = [...clips.values()].flatMap(({ clipId, label, speaker }) =>
    predicted.has(clipId) ? [{ label, speaker, answer: predicted.get(clipId)! }] : [],
  );
  return scoreAnswers(own, labels, seed);
}

export function humanRecallCalls(os: Implementer['humanRecall'], { notify, store }: Services) {
  const changed = (corpusId: number): void => notify({ type: 'ledger', what: 'human-recall', corpusId });
  return {
    list: os.list.handler(({ input }) => humanRecall.listHumanRecall(store, input.corpusId)),
    import: os.import.handler(async ({ input: { corpusId, table, ...columns } }) => {
      const rates = parseHitRates(new Uint8Array(await table.arrayBuffer()), table.name, columns);
      const imported = humanRecall.importHumanRecall(store, corpusId, table.name, rates);
      changed(corpusId);
      return imported;
    }),
    remove: os.remove.handler(({ input: { humanRecallId } }) => {
      const { corpusId } = humanRecall.getHumanRecall(store, humanRecallId);
      humanRecall.removeHumanRecall(store, humanRecallId);
      changed(corpusId);
    }),
  };
}
