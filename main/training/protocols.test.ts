// Tests of whole runs under the other protocols: groups, validation and early stopping, another corpus, cards, comparison.
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  comparisonSchema,
  protocolCardSchema,
  runDetailSchema,
  runSummarySchema,
  type RunDetail,
  type StartRunInput,
} from '../../shared/contract/schemas.ts';
import type { Recipe, TrainingSpec } from '../../shared/recipe/recipe.ts';
import { clipIds, getClip } from '../store/clips.ts';
import { featureStore } from '../store/features.ts';
import { chooseLabelSet, removeLabelSet, saveLabelSet } from '../store/label-sets.ts';
import { decideLabels } from '../store/labels.ts';
import { RunService } from './runs.ts';
import { TINY_RECIPE, toneCorpus, type ToneCorpus } from './testing.ts';

function service(corpus: ToneCorpus): RunService {
  const runs = new RunService({
    store: corpus.store,
    workspace: corpus.workspace,
    featureCache: featureStore(corpus.store),
    parallelFolds: 2,
  });
  onTestFinished(() => runs.close());
  return runs;
}

const tiny = (training: Partial<TrainingSpec>): Recipe => ({
  ...TINY_RECIPE,
  training: { ...TINY_RECIPE.training, ...training },
});

async function trained(runs: RunService, input: Omit<StartRunInput, 'backend'>): Promise<RunDetail> {
  const { runId } = await runs.start({ recipe: TINY_RECIPE, ...input, backend: 'wasm' });
  for await (const _ of runs.watch(runId));
  return runDetailSchema.parse(runs.get(runId));
}

describe('a run', () => {
  it('goes by groups of speakers, and says which clips each fold used', async () => {
    const corpus = toneCorpus();
    const runs = service(corpus);
    const { corpusId } = corpus;
    const run = await trained(runs, { corpusId, split: { name: 'grouped-k-fold', folds: 2 } });
    expect(run).toMatchObject({ state: 'done', folds: 2, split: 'grouped-k-fold' });
    expect(run.protocol).toContain('in 2 groups of speakers');
    const reports = runs.foldReports(run.runId);
    expect(reports.flatMap(({ test }) => test).sort()).toEqual(
      runs.predictions(run.runId).map(({ path }) => path),
    );
    for (const { fold, train, test, scores } of reports) {
      expect(new Set([...train, ...test]).size).toBe(18);
      expect(scores!.clips).toBe(test.length);
      expect(scores!.uar.value).toBe(run.foldDetails[fold]!.uar);
    }
  });

  it('chooses its epoch on validation speakers and stops early, without a look at test clips', async () => {
    const corpus = toneCorpus();
    const runs = service(corpus);
    const recipe = tiny({
      epochs: 60,
      learningRate: 0.05,
      keep: 'best',
      validation: { share: 0.4 },
      earlyStopping: { patience: 2, minDelta: 0 },
    });
    const run = await trained(runs, { corpusId: corpus.corpusId, recipe, foldsInParallel: 3, threads: 1 });
    expect(run).toMatchObject({ state: 'done', evaluatedOn: 'validation', foldsInParallel: 3, threads: 1 });
    expect(run.protocol).toContain('test clips had no say');
    for (const fold of run.foldDetails) {
      expect(fold.validationSpeakers).toHaveLength(1);
      expect(fold.heldOutSpeakers).not.toContain(fold.validationSpeakers[0]);
      expect(fold).toMatchObject({ trainClips: 6, validationClips: 6, testClips: 6, stoppedEarly: true });
      const losses = fold.epochs.map(({ heldOutLoss }) => heldOutLoss);
      expect(fold.keptEpoch).toBe(losses.indexOf(Math.min(...losses)) + 1);
      expect(fold.epochs).toHaveLength(fold.keptEpoch! + 2);
    }
  });

  it('weighs labels in its loss where it is to', async () => {
    const corpus = toneCorpus();
    corpus.store.db.exec(
      `UPDATE clips SET label = 'anger' WHERE path LIKE '%sadness_1%' OR path LIKE '%sadness_2%'`,
    );
    const runs = service(corpus);
    const input = { corpusId: corpus.corpusId, split: 'random', epochs: 1 } as const;
    const plain = await trained(runs, input);
    const weighed = await trained(runs, { ...input, recipe: tiny({ classWeights: 'balanced' }) });
    const loss = (run: RunDetail): number => run.foldDetails[0]!.epochs[0]!.loss;
    expect(loss(weighed)).not.toBeCloseTo(loss(plain), 4);
    expect(weighed.protocol).toContain('Labels weigh the same');
  });

  it('is tested on another corpus through a label map', async () => {
    const corpus = toneCorpus();
    const other = corpus.add('other', ['wut', 'trauer', 'ekel']);
    const runs = service(corpus);
    const run = await trained(runs, {
      corpusId: corpus.corpusId,
      split: { name: 'cross-corpus', testCorpusId: other, labelMap: { wut: 'anger', trauer: 'sadness' } },
    });
    expect(run).toMatchObject({ state: 'done', folds: 1, leakage: { sharedSpeakers: 0, testClips: 12 } });
    expect(runs.predictions(run.runId).every(({ corpusId }) => corpusId === other)).toBe(true);
    expect(run.scores!.byLabel.map(({ label, clips }) => [label, clips])).toEqual([
      ['anger', 6],
      ['sadness', 6],
    ]);
    expect(run.protocol).toContain('Trained on 18 clips of tones, tested on 12 clips of other, labels');
  });

  it('takes speakers of the other corpus for other people, whatever they are called', async () => {
    const corpus = toneCorpus();
    const other = corpus.add('other', ['anger', 'sadness']);
    const runs = service(corpus);
    const features = { ...TINY_RECIPE.features, normalise: 'speaker' as const };
    const train = () =>
      trained(runs, {
        corpusId: corpus.corpusId,
        recipe: { ...TINY_RECIPE, features },
        split: { name: 'cross-corpus', testCorpusId: other, labelMap: {} },
      });
    const apart = await train();
    corpus.store.db.exec(`UPDATE clips SET speaker = 's1' WHERE speaker = 'x1'`);
    const alike = await train();
    const probabilities = ({ runId }: RunDetail) =>
      runs.predictions(runId).map(({ path, probabilities: all }) => [path, all]);
    expect(probabilities(alike)).toEqual(probabilities(apart));
  });

  it('tells by the card that the other corpus was labelled otherwise', async () => {
    const corpus = toneCorpus();
    const other = corpus.add('other', ['anger', 'sadness']);
    const runs = service(corpus);
    const split = { name: 'cross-corpus', testCorpusId: other, labelMap: {} } as const;
    const { runId } = await trained(runs, { corpusId: corpus.corpusId, split });
    const card = protocolCardSchema.parse(JSON.parse(JSON.stringify(runs.card(runId))));
    corpus.store.db.exec(
      `UPDATE clips SET label = 'anger' WHERE corpus_id = ${other} AND path LIKE '%sadness_1%'`,
    );
    const again = await runs.rerun(card, corpus.corpusId, other);
    for await (const _ of runs.watch(again.runId));
    const { differences } = runs.matchCard(again.runId, card);
    expect(differences[0]!.what).toBe('labels of the test corpus');
    // A card of an earlier version does not say.
    const { labelHash: _, ...testCorpus } = card.testCorpus!;
    expect(runs.matchCard(runId, { ...card, testCorpus })).toEqual({ matches: true, differences: [] });
  });

  it('names a label of the map that the other corpus has no clips of', async () => {
    const corpus = toneCorpus();
    const testCorpusId = corpus.add('other', ['wut', 'trauer']);
    const labelMap = { wut: 'anger', ekel: 'sadness' };
    await expect(
      service(corpus).start({
        corpusId: corpus.corpusId,
        split: { name: 'cross-corpus', testCorpusId, labelMap },
      }),
    ).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: 'The label map names "ekel", which the corpus to test on has no clips of.',
    });
  });

  it('takes what label sets say of the other corpus’s labels into its map, and a map that names them before', async () => {
    const corpus = toneCorpus();
    const other = corpus.add('other', ['wut', 'trauer', 'ekel']);
    const { labelSetId } = saveLabelSet(corpus.store, null, {
      name: 'emotions',
      items: [{ label: 'anger' }, { label: 'sadness' }],
      mapping: [
        { from: 'wut', to: 'anger' },
        { from: 'trauer', to: 'sadness' },
        { from: 'ekel', to: null },
      ],
    });
    chooseLabelSet(corpus.store, corpus.corpusId, labelSetId);
    const runs = service(corpus);
    const run = await trained(runs, {
      corpusId: corpus.corpusId,
      split: { name: 'cross-corpus', testCorpusId: other, labelMap: { trauer: null } },
    });
    expect(run.splitSpec).toMatchObject({ labelMap: { wut: 'anger', trauer: null } });
    expect(run).toMatchObject({ state: 'done', leakage: { testClips: 6 } });
    removeLabelSet(corpus.store, labelSetId!);
    const card = protocolCardSchema.parse(JSON.parse(JSON.stringify(runs.card(run.runId))));
    const again = await runs.rerun(card, corpus.corpusId, other);
    for await (const _ of runs.watch(again.runId));
    expect(runs.matchCard(again.runId, card)).toEqual({ matches: true, differences: [] });
  });

  it('leaves copies of test clips out of training', async () => {
    const corpus = toneCorpus();
    corpus.store.db.exec(
      `UPDATE clips SET content_hash = 'same' WHERE path IN ('s1_anger_0.wav', 's2_anger_0.wav')`,
    );
    const run = await trained(service(corpus), { corpusId: corpus.corpusId, epochs: 1 });
    expect(run.foldDetails.map(({ duplicatesLeftOut }) => duplicatesLeftOut)).toEqual([1, 1, 0]);
    expect(run.leakage.duplicateClips).toBe(0);
    expect(run.protocol).toContain('2 clips left out of some fold');
  });
});

describe('clips flagged as bad recordings', () => {
  it('are left out of training and test, said so, and the card repeats it', async () => {
    const corpus = toneCorpus();
    const runs = service(corpus);
    const { corpusId } = corpus;
    const [first, second] = clipIds(corpus.store, corpusId, {}, { key: 'path' }) as [number, number];
    const before = await trained(runs, { corpusId, epochs: 1 });
    decideLabels(corpus.store, [first, second], { bad: true }, { rater: 'r' });
    const run = await trained(runs, { corpusId, epochs: 1 });
    expect(run.labelVersion.hash).not.toBe(before.labelVersion.hash);
    expect(run.keepFlagged).toBe(false);
    expect(run.protocol).toContain('16 clips, ');
    expect(run.protocol).toContain('2 clips flagged as bad recordings are left out.');
    const used = runs.foldReports(run.runId).flatMap(({ train, test }) => [...train, ...test]);
    expect(used).not.toContain(getClip(corpus.store, first).path);
    const card = protocolCardSchema.parse(JSON.parse(JSON.stringify(runs.card(run.runId))));
    const again = await runs.rerun(card, corpusId);
    for await (const _ of runs.watch(again.runId));
    expect(runs.matchCard(again.runId, card)).toEqual({ matches: true, differences: [] });

    const kept = await trained(runs, { corpusId, epochs: 1, keepFlagged: true });
    expect(kept).toMatchObject({ keepFlagged: true, leakage: { testClips: 18 } });
    expect(kept.protocol).not.toContain('flagged');
    expect(runs.matchCard(kept.runId, card).differences.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['corpus', 'flagged clips']),
    );
    decideLabels(corpus.store, [first, second], { bad: false }, { rater: 'r' });
    expect((await trained(runs, { corpusId, epochs: 1 })).labelVersion.hash).toBe(before.labelVersion.hash);
  });
});

describe('a card', () => {
  it('repeats its run to the last digit, and tells where another run differs', async () => {
    const corpus = toneCorpus();
    const runs = service(corpus);
    const { corpusId } = corpus;
    const run = await trained(runs, { corpusId, split: { name: 'random-k-fold', folds: 3 }, seed: 5 });
    const card = protocolCardSchema.parse(JSON.parse(JSON.stringify(runs.card(run.runId))));
    expect(card.corpus).toMatchObject({ name: 'tones', clips: 18, synthetic: true });
    const { runId } = await runs.rerun(card, corpusId);
    for await (const _ of runs.watch(runId));
    expect(runs.matchCard(runId, card)).toEqual({ matches: true, differences: [] });
    const elsewhere = await trained(runs, { corpusId, split: { name: 'random-k-fold', folds: 3 }, seed: 6 });
    const { matches, differences } = runs.matchCard(elsewhere.runId, card);
    expect(matches).toBe(false);
    expect(differences[0]).toEqual({ what: 'seed', card: '5', run: '6' });
  });
});

describe('runs', () => {
  it('are compared clip by clip', async () => {
    const corpus = toneCorpus();
    const runs = service(corpus);
    const { corpusId } = corpus;
    const loso = await trained(runs, { corpusId });
    const random = await trained(runs, { corpusId, split: 'random' });
    const comparison = comparisonSchema.parse(runs.compare(loso.runId, random.runId));
    expect(comparison).toMatchObject({ clips: 4, onlyA: 14, onlyB: 0, relabelled: 0 });
    const { bothRight, onlyARight, onlyBRight, bothWrong } = comparison.mcnemar;
    expect(bothRight + onlyARight + onlyBRight + bothWrong).toBe(4);
    expect(comparison.changed).toHaveLength(onlyARight + onlyBRight);
    expect(runs.compare(loso.runId, loso.runId).uar.difference).toEqual({ value: 0, interval: [0, 0] });
    const curves = runs.curves([random.runId, loso.runId]);
    expect(curves.map(({ folds }) => folds.length)).toEqual([1, 3]);
    expect(curves.map(({ evaluatedOn }) => evaluatedOn)).toEqual(['test', 'test']);
  });

  it('are named, noted, tagged, deleted and brought back', async () => {
    const corpus = toneCorpus();
    const runs = service(corpus);
    const { runId } = await trained(runs, { corpusId: corpus.corpusId, split: 'random', epochs: 1 });
    runs.change(runId, { name: 'first', tags: ['a', 'b', 'a'] });
    expect(runs.change(runId, { notes: 'odd' })).toMatchObject({
      name: 'first',
      notes: 'odd',
      tags: ['a', 'b'],
    });
    expect(runSummarySchema.parse(runs.remove(runId)).deletedAt).not.toBeNull();
    expect(runs.list()).toEqual([]);
    expect(runs.list(undefined, true).map((run) => run.runId)).toEqual([runId]);
    expect(() => runs.resume(runId)).toThrow('was deleted');
    expect(runs.restore(runId).deletedAt).toBeNull();
    expect(runs.list()).toHaveLength(1);
    expect(() => runs.resume(runId)).toThrow('nothing is left to train');
    // For good after a month.
    corpus.store.db.exec(`UPDATE runs SET deleted_at = '2020-01-01T00:00:00.000Z'`);
    expect(service(corpus).list(undefined, true)).toEqual([]);
  });
});
