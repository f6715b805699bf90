// Tests of what events make of a run.
import { describe, expect, it } from 'vitest';
import { CLASSIC_RECIPE } from '../../shared/recipe/recipe.ts';
import type { Epoch, RunDetail, RunSummary } from '../../shared/contract/schemas.ts';
import { reduceRun, type LiveState } from './live.ts';

const summary: RunSummary = {
  runId: 7,
  name: '',
  notes: '',
  tags: [],
  deletedAt: null,
  corpusId: 1,
  corpusName: 'EMO-DB',
  synthetic: false,
  state: 'running',
  recipe: 'classic',
  split: 'loso',
  splitSpec: { name: 'loso' },
  seed: 1,
  epochs: 3,
  backend: 'wasm',
  path: 'fused layer',
  foldsInParallel: 2,
  threads: 1,
  labels: ['anger', 'fear'],
  labelVersion: { version: 1, hash: 'a' },
  folds: 2,
  foldsDone: 0,
  epochsDone: 0,
  etaSeconds: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  seconds: 0,
  secondsPerEpoch: null,
  accuracy: null,
  accuracyInterval: null,
  uar: null,
  uarInterval: null,
  message: null,
};

const waiting = (index: number): RunDetail['foldDetails'][number] => ({
  index,
  heldOutSpeakers: [`0${index}`],
  validationSpeakers: [],
  trainClips: 10,
  validationClips: 0,
  testClips: 5,
  duplicatesLeftOut: 0,
  state: 'waiting',
  epochs: [],
  keptEpoch: null,
  stoppedEarly: false,
  accuracy: null,
  uar: null,
  error: null,
});

const detail: RunDetail = {
  ...summary,
  recipeSpec: CLASSIC_RECIPE,
  how: null,
  evaluatedOn: 'test',
  protocol: 'Each of 2 speakers scored by a model trained on the other.',
  foldDetails: [waiting(0), waiting(1)],
  scores: null,
  leakage: {
    testClips: 10,
    testSpeakers: 2,
    sharedSpeakers: 0,
    speakerClips: 0,
    takeClips: 0,
    duplicateClips: 0,
  },
};

const epoch: Epoch = {
  epoch: 1,
  loss: 1.5,
  accuracy: 0.4,
  heldOutLoss: 1.6,
  heldOutAccuracy: 0.3,
  seconds: 0.2,
};
const start = reduceRun(null, { type: 'snapshot', run: detail }) as LiveState;
const batch = (number: number, of = 1): LiveState =>
  reduceRun(start, {
    type: 'batch',
    fold: 0,
    epoch: of,
    batch: number,
    batches: 4,
    loss: 2,
    accuracy: 0.2,
  }) as LiveState;

describe('reduceRun', () => {
  it('takes no event before the snapshot', () => {
    expect(reduceRun(null, { type: 'epoch', fold: 0, epoch, summary })).toBeNull();
  });

  it('keeps a long epoch short, up to its latest batch', () => {
    let state: LiveState | null = start;
    for (let number = 1; number <= 4000; number += 1)
      state = reduceRun(state, {
        ...{ type: 'batch', fold: 0, epoch: 1, batches: 5000, accuracy: 0.2 },
        ...{ batch: number, loss: 1 + 1 / number },
      });
    const points = state!.tails.get(0)!.points;
    expect(points).toHaveLength(160);
    expect(points.at(-1)).toEqual({ batch: 4000, loss: 1 + 1 / 4000, accuracy: 0.2 });
    expect(points[0]!.batch).toBe(25);
  });

  it('gathers the batches of one epoch and marks the fold as running', () => {
    const state = batch(1);
    const next = reduceRun(state, {
      type: 'batch',
      fold: 0,
      epoch: 1,
      batch: 2,
      batches: 4,
      loss: 1.8,
      accuracy: 0.3,
    });
    expect(next!.tails.get(0)!.points.map((point) => point.loss)).toEqual([2, 1.8]);
    expect(next!.run.foldDetails.map((fold) => fold.state)).toEqual(['running', 'waiting']);
  });

  it('starts a new tail with a new epoch', () => {
    const state = reduceRun(batch(4), {
      type: 'batch',
      fold: 0,
      epoch: 2,
      batch: 1,
      batches: 4,
      loss: 1,
      accuracy: 1,
    });
    expect(state!.tails.get(0)).toMatchObject({ epoch: 2, points: [{ batch: 1 }] });
  });

  it('turns a tail into a point when its epoch is done, once', () => {
    const event = { type: 'epoch', fold: 0, epoch, summary: { ...summary, epochsDone: 1 } } as const;
    const once = reduceRun(batch(4), event);
    const twice = reduceRun(once, event);
    expect(twice!.run.foldDetails[0]!.epochs).toEqual([epoch]);
    expect(twice!.run.epochsDone).toBe(1);
    expect(twice!.tails.size).toBe(0);
  });

  it('keeps the tail of an epoch that began before the last one was told', () => {
    const state = reduceRun(batch(1, 2), { type: 'epoch', fold: 0, epoch, summary });
    expect(state!.tails.get(0)?.epoch).toBe(2);
  });

  it('takes over a fold as it ends and leaves the others alone', () => {
    const failed = { ...waiting(0), state: 'failed' as const, error: 'The trainer stopped.' };
    const state = reduceRun(batch(2), { type: 'fold', fold: failed, summary: { ...summary, foldsDone: 1 } });
    expect(state!.run.foldDetails).toEqual([failed, waiting(1)]);
    expect(state!.tails.size).toBe(0);
    expect(state!.run.scores).toBeNull();
  });
});
