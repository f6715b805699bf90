// Every path to compute a network beside the others: the same run, whichever is taken, and it says which.
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Recipe } from '../../shared/recipe/recipe.ts';
import { loadBackend } from './backend.ts';
import { epochBatches } from './batches.ts';
import { createStep, type MadeStep } from './choose-step.ts';
import { restoreModel } from './model.ts';
import type { StepPath } from './protocol.ts';
import { TINY_RECIPE, tinyJob } from './testing.ts';

const PATHS: readonly StepPath[] = ['stock', 'fused layer', 'fused step'];
/** All that a recipe can have. */
const RECIPE: Recipe = {
  ...TINY_RECIPE,
  layers: [
    { type: 'lstm', units: 5, returnSequences: true, bidirectional: true },
    { type: 'dropout', rate: 0.3 },
    { type: 'lstm', units: 6, returnSequences: false },
    { type: 'dense', units: 4, activation: 'tanh' },
    { type: 'dropout', rate: 0.5 },
  ],
};
const JOB = tinyJob({ recipe: RECIPE });

beforeAll(() => loadBackend('wasm'));

function make(path?: StepPath): Promise<MadeStep> {
  return createStep(JOB, { ...(path && { path }), threads: 1 });
}

/** Losses of the epochs from `first` to `last`, in training and on the held-out clips. */
function train({ step }: MadeStep, first: number, last: number): number[] {
  const losses: number[] = [];
  for (let epoch = first; epoch <= last; epoch++) {
    const batches = epochBatches(JOB.train, RECIPE.training.batchSize, JOB.seed, JOB.fold, epoch);
    losses.push(...batches.map((batch) => step.train(batch).lossSum), step.evaluate(JOB.test).lossSum);
  }
  return losses;
}

function expectSame(losses: readonly number[], expected: readonly number[]): void {
  expect(losses).toHaveLength(expected.length);
  losses.forEach((loss, i) => expect(Math.abs(loss / expected[i]! - 1), `loss ${i}`).toBeLessThan(1e-4));
}

describe('the paths', () => {
  it('are named, and the kernel is taken where nothing else is asked for', async () => {
    expect((await make()).step.path).toBe('fused step');
    for (const path of PATHS) {
      const { step } = await make(path);
      expect(step.path).toBe(path);
      expect(step.how).toContain(path === 'stock' ? 'own layers' : 'SIMD, one thread');
    }
  });

  it('give the same losses, dropout and both directions among them', async () => {
    const expected = train(await make('stock'), 1, 3);
    expectSame(train(await make('fused layer'), 1, 3), expected);
    expectSame(train(await make('fused step'), 1, 3), expected);
  });

  it.each(PATHS)('%s goes on from the state of any other', async (path) => {
    for (const before of PATHS) {
      const first = await make(before);
      train(first, 1, 1);
      const second = await make(path);
      second.step.restore(first.step.save());
      expectSame(train(second, 2, 2), train(first, 2, 2));
    }
  });

  it.each(PATHS)('%s: its weights make the model that its files describe', async (path) => {
    const made = await make(path);
    train(made, 1, 1);
    const model = await restoreModel(made.model, made.step.weights());
    const { frames } = RECIPE.features;
    const clips = Array.from(JOB.test, (clip) => JOB.features.subarray(clip * 15, (clip + 1) * 15));
    const input = tf.tensor3d(Float32Array.from(clips.flatMap((clip) => [...clip])), [10, frames!, 3]);
    const probabilities = (model.predict(input) as tf.Tensor).dataSync();
    made.step
      .evaluate(JOB.test)
      .probabilities.forEach((value, i) => expect(value).toBeCloseTo(probabilities[i]!, 5));
  });
});
