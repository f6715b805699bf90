// The fused step beside PyTorch's golden numbers and beside itself.
import { describe, expect, it, test } from 'vitest';
import { goldenInputs, readGoldenNetworks } from '../../../scripts/golden/lstm.ts';
import { createRandom } from '../../../shared/metrics/random.ts';
import { CLASSIC_RECIPE, type LayerSpec } from '../../../shared/recipe/recipe.ts';
import type { TrainingStep } from '../step.ts';
import { createFusedStep, type FusedStepOptions } from './fused-step.ts';
import { bestBuild, type KernelBuild } from './kernel.ts';

const BUILDS: readonly KernelBuild[] = ['plain SIMD', 'relaxed SIMD'];
const { training } = CLASSIC_RECIPE;

/** Largest difference, relative to the largest of the expected values. */
export function relativeGap(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(values.length).toBe(expected.length);
  const scale = Math.max(...Array.from(expected, Math.abs));
  return Math.max(...Array.from(values, (value, i) => Math.abs(value - expected[i]!))) / scale;
}

test('this machine runs the relaxed build', () => {
  expect(bestBuild()).toBe('relaxed SIMD');
});

describe.each(BUILDS)('beside PyTorch, %s', (build) => {
  it.each([...readGoldenNetworks().keys()])('%s: loss, probabilities, gradients', (name) => {
    const golden = readGoldenNetworks().get(name)!;
    const { clips, steps, columns, labels, layers } = golden;
    const { features, targets, weights } = goldenInputs(golden);
    const data = { features, targets, shape: [clips, steps, columns] as const };
    const options = { layers, labels, data, weights, training: { ...training, batchSize: clips } };
    const step = createFusedStep({ ...options, build, threads: 1, seed: 1, fold: 0 });
    const all = Int32Array.from({ length: clips }, (_, i) => i);
    const { lossSum, probabilities } = step.evaluate(all);
    expect(Math.abs(lossSum / clips / golden.loss - 1)).toBeLessThan(1e-5);
    expect(relativeGap(probabilities, golden.probabilities)).toBeLessThan(1e-5);
    expect(Math.abs(step.train(all).lossSum / clips / golden.loss - 1)).toBeLessThan(1e-5);
    // After one step the first moments are the gradient times 1 - beta1.
    const gradient = step.save().firstMoments.map((moment) => moment / (1 - training.beta1));
    expect(relativeGap(gradient, golden.gradient)).toBeLessThan(1e-5);
    step.dispose();
  });
});

const LAYERS: readonly LayerSpec[] = [
  { type: 'lstm', units: 12, returnSequences: true, bidirectional: true },
  { type: 'dropout', rate: 0.25 },
  { type: 'lstm', units: 8, returnSequences: false },
  { type: 'dropout', rate: 0.5 },
  { type: 'dense', units: 5, activation: 'relu' },
];
const WEIGHTS = 4 * 12 * (3 + 12 + 1) * 2 + 4 * 8 * (24 + 8 + 1) + 5 * (8 + 1) + 3 * (5 + 1);

function smallStep(change: Partial<FusedStepOptions> = {}): TrainingStep {
  const random = createRandom(1, 'fused step');
  const numbers = (length: number, scale: number): Float32Array =>
    Float32Array.from({ length }, () => scale * random.normal());
  const shape = [20, 6, 3] as const;
  const targets = Int32Array.from({ length: 20 }, (_, i) => i % 3);
  return createFusedStep({
    layers: LAYERS,
    training: { ...training, batchSize: 8, learningRate: 1e-2 },
    labels: 3,
    data: { features: numbers(360, 1), shape, targets },
    weights: numbers(WEIGHTS, 0.3),
    threads: 1,
    seed: 3,
    fold: 1,
    ...change,
  });
}

const BATCHES = [[0, 1, 2, 3, 4, 5, 6, 7], [8, 9, 10, 11, 12, 13, 14, 15], [16, 17, 18], [19]].map((batch) =>
  Int32Array.from(batch),
);

function trained(step: TrainingStep, epochs = 2): { losses: number[]; step: TrainingStep } {
  const losses = Array.from({ length: epochs }, () => BATCHES.map((batch) => step.train(batch).lossSum));
  return { losses: losses.flat(), step };
}

describe('a run', () => {
  it.each(BUILDS)('is the same to the last bit twice, on one thread and on two: %s', (build) => {
    const runs = [1, 1, 2].map((threads) => trained(smallStep({ build, threads })));
    const [first, ...others] = runs.map(({ losses, step }) => ({ losses, state: step.save() }));
    for (const other of others) expect(other).toEqual(first);
    for (const { step } of runs) step.dispose();
  });

  it('goes on from a saved state as if it had never stopped, dropout and all', () => {
    const { step } = trained(smallStep());
    const other = smallStep({ weights: new Float32Array(WEIGHTS) });
    other.restore(step.save());
    expect(trained(other).losses).toEqual(trained(step).losses);
    expect(other.save()).toEqual(step.save());
    expect(() => other.restore({ ...step.save(), weights: new Float32Array(3) })).toThrow(RangeError);
  });

  it('drops other values for another seed, fold or step, and none in scoring', () => {
    const losses = [smallStep(), smallStep({ seed: 4 }), smallStep({ fold: 2 })].map(
      (step) => step.train(BATCHES[0]!).lossSum,
    );
    expect(new Set(losses).size).toBe(3);
    const step = smallStep({ training: { ...training, batchSize: 8, learningRate: 1e-30 } });
    const scores = [0, 1].map(() => step.evaluate(BATCHES[0]!).lossSum);
    expect(scores[0]).toBe(scores[1]);
    expect(step.train(BATCHES[0]!).lossSum).not.toBe(step.train(BATCHES[0]!).lossSum);
    expect(step.evaluate(BATCHES[0]!).lossSum).toBeCloseTo(scores[0]!, 5);
  });

  it('scores the same alone and among others', () => {
    const step = smallStep();
    const all = step.evaluate(Int32Array.from({ length: 20 }, (_, i) => i));
    const one = step.evaluate(Int32Array.of(17));
    expect(relativeGap(one.probabilities, all.probabilities.subarray(51, 54))).toBeLessThan(1e-6);
    expect(all.probabilities).toHaveLength(60);
  });

  it.each(BUILDS)('lets no NaN hide, be it in a feature or in any weight: %s', (build) => {
    const features = new Float32Array(360).fill(Number.NaN, 25, 26);
    const data = { features, shape: [20, 6, 3] as const, targets: new Int32Array(20) };
    expect(smallStep({ build, data }).train(BATCHES[0]!).lossSum).toBeNaN();
    const sound = smallStep({ build }).weights();
    for (let i = 0; i < WEIGHTS; i += 37) {
      const step = smallStep({ build, weights: sound.with(i, Number.NaN) });
      expect(step.evaluate(BATCHES[0]!).lossSum, `weight ${i}`).toBeNaN();
    }
  });

  it('refuses layers that do not fit', () => {
    const sequences: LayerSpec = { type: 'lstm', units: 4, returnSequences: true };
    const last: LayerSpec = { type: 'lstm', units: 4, returnSequences: false };
    expect(() => smallStep({ layers: [sequences] })).toThrow('return sequences');
    expect(() => smallStep({ layers: [last, last] })).toThrow('needs sequences');
    expect(() => smallStep({ weights: new Float32Array(WEIGHTS - 1) })).toThrow(RangeError);
  });
});
