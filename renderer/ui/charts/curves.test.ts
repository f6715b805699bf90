// Tests of the learning curves' arithmetic.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Epoch, Fold } from '../../../shared/contract/schemas.ts';
import { epochTicks, finding, foldCurves, lossRange, meanCurve, spread } from './curves.ts';

const epoch = (number: number, heldOutLoss: number, heldOutAccuracy: number): Epoch => ({
  epoch: number,
  loss: heldOutLoss / 2,
  accuracy: heldOutAccuracy + 0.1,
  heldOutLoss,
  heldOutAccuracy,
  seconds: 0.4,
});

const fold = (index: number, epochs: Epoch[]): Fold => ({
  index,
  heldOutSpeakers: [String(index)],
  validationSpeakers: [],
  validationClips: 0,
  duplicatesLeftOut: 0,
  keptEpoch: null,
  stoppedEarly: false,
  trainClips: 80,
  testClips: 20,
  state: 'running',
  epochs,
  accuracy: null,
  uar: null,
  error: null,
});

const folds = [
  fold(0, [epoch(1, 1.6, 0.2), epoch(2, 1.2, 0.4), epoch(3, 1.4, 0.5)]),
  fold(1, [epoch(1, 1.8, 0.3)]),
  fold(2, []),
];

describe('meanCurve', () => {
  it('takes the folds that have reached an epoch, and counts them', () => {
    const points = meanCurve(foldCurves(folds, 5, 'loss'), 5);
    expect(points.map((point) => [point.epoch, point.folds])).toEqual([
      [1, 2],
      [2, 1],
      [3, 1],
    ]);
    expect(points[0]!.heldOut).toBeCloseTo(1.7);
    expect(points[0]!.training).toBeCloseTo(0.85);
    expect(points[1]!.heldOut).toBe(1.2);
  });

  it('has no point before the first epoch', () => {
    expect(meanCurve(foldCurves([fold(0, [])], 30, 'accuracy'), 30)).toEqual([]);
  });
});

describe('lossRange', () => {
  const curves = (...values: (number | null)[]) => [{ training: values, heldOut: [null, null] }];

  it('starts at 0 only where the lowest value is below half of the highest', () => {
    expect(lossRange(curves(1.9, 0.9, null), [])[0]).toBe(0);
    const [low, high] = lossRange(curves(1.9, 1.7, null), []);
    expect(low).toBeGreaterThan(1.6);
    expect(low).toBeLessThan(1.7);
    expect(high).toBeGreaterThan(1.9);
  });

  it('takes in the epoch under way, and has a height before anything is known', () => {
    expect(lossRange(curves(1.9), [{ fold: 0, x: [1.5], y: [2.4] }])[1]).toBeGreaterThan(2.4);
    expect(lossRange([], [])).toEqual([0, 1]);
    const [low, high] = lossRange(curves(1.5), []);
    expect(high).toBeGreaterThan(low);
  });
});

describe('finding', () => {
  it('tells the last epoch, the best one, training and chance', () => {
    const loss = meanCurve(foldCurves(folds, 5, 'loss'), 5);
    expect(finding('loss', loss, 'test', 3, null)).toBe(
      'Loss per epoch. At epoch 3, mean of 1 of 3 folds: test 1.40 (lowest 1.20 at epoch 2), training 0.70.',
    );
    const accuracy = meanCurve(foldCurves(folds, 5, 'accuracy'), 5);
    expect(finding('accuracy', accuracy, 'test', 3, 0.2)).toBe(
      'Accuracy per epoch. At epoch 3, mean of 1 of 3 folds: test 0.50 (the highest so far), training 0.60. Chance is 0.20.',
    );
  });

  it('says so when there is nothing yet', () => {
    expect(finding('loss', [], 'test', 3, null)).toBe('Loss per epoch: no epoch is finished yet.');
  });
});

describe('spread', () => {
  it('keeps labels apart, in order and inside', () => {
    const wishes = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(wishes, (wanted) => {
        const placed = spread(wanted, 14, 0, 200);
        const sorted = [...placed].sort((a, b) => a - b);
        for (let i = 1; i < sorted.length; i += 1)
          expect(sorted[i]! - sorted[i - 1]!).toBeGreaterThanOrEqual(14);
        expect(sorted[0]!).toBeGreaterThanOrEqual(0);
        expect(sorted.at(-1)!).toBeLessThanOrEqual(200);
        for (let i = 0; i < wanted.length; i += 1) {
          for (let j = 0; j < wanted.length; j += 1) {
            if (wanted[i]! < wanted[j]!) expect(placed[i]!).toBeLessThan(placed[j]!);
          }
        }
      }),
    );
  });

  it('leaves labels alone that have room', () => {
    expect(spread([100, 20, 60], 14, 0, 200)).toEqual([100, 20, 60]);
  });
});

describe('epochTicks', () => {
  it('starts at 1 and goes in round steps', () => {
    expect(epochTicks(30, 8)).toEqual([1, 5, 10, 15, 20, 25, 30]);
    expect(epochTicks(3, 8)).toEqual([1, 2, 3]);
    expect(epochTicks(1, 8)).toEqual([1]);
    expect(epochTicks(12, 8)).toEqual([1, 4, 6, 8, 10, 12]);
    expect(epochTicks(100, 6)).toEqual([1, 20, 40, 60, 80, 100]);
  });
});
