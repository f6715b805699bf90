// Tests of the learning curves' arithmetic.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Epoch, Fold } from '../../../shared/contract/schemas.ts';
import {
  epochTicks,
  finding,
  foldCurves,
  heldOutMeans,
  extentOf,
  lossRange,
  tailExtent,
  meanCurve,
  smooth,
  spread,
  zoomed,
} from './curves.ts';

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

describe('heldOutMeans', () => {
  it('is the held-out side of the mean curve', () => {
    for (const measure of ['loss', 'accuracy'] as const) {
      const means = heldOutMeans(folds)[measure];
      const points = meanCurve(foldCurves(folds, 5, measure), 5);
      expect(means).toHaveLength(3);
      means.forEach((value, i) => expect(value).toBeCloseTo(points[i]!.heldOut));
    }
    expect(heldOutMeans([fold(0, [epoch(2, 1, 0.5)])]).loss).toEqual([null, 1]);
  });
});

describe('lossRange', () => {
  const range = (...values: (number | null)[]) => lossRange([extentOf([values, [null, null]])]);

  it('starts at 0 only where the lowest value is below half of the highest', () => {
    expect(range(1.9, 0.9, null)[0]).toBe(0);
    const [low, high] = range(1.9, 1.7, null);
    expect(low).toBeGreaterThan(1.6);
    expect(low).toBeLessThan(1.7);
    expect(high).toBeGreaterThan(1.9);
  });

  it('takes all extents in, and has a height before anything is known', () => {
    expect(lossRange([extentOf([[1.9]]), [2.4, 2.4]])[1]).toBeGreaterThan(2.4);
    expect(lossRange([])).toEqual([0, 1]);
    const [low, high] = range(1.5);
    expect(high).toBeGreaterThan(low);
  });

  it('never reaches 0 where it is logarithmic', () => {
    const [low, high] = lossRange([extentOf([[0, 0.01, 2, 1]], { scale: 'log' })], 'log');
    expect(low).toBeGreaterThan(0);
    expect(low).toBeLessThan(0.01);
    expect(high).toBeGreaterThan(2);
  });
});

describe('extentOf', () => {
  it('looks at the epochs that are shown', () => {
    expect(extentOf([[8, 1.5, 1.4]], { span: [2, 3] })).toEqual([1.4, 1.5]);
    const others = [
      [8, 1.5, 1.4],
      [20, null, 3],
    ];
    expect(extentOf(others)).toEqual([1.4, 20]);
    expect(extentOf(others, { span: [1.2, 3] })).toEqual([1.4, 3]);
    expect(extentOf([])).toEqual([Infinity, -Infinity]);
  });
});

describe('tailExtent', () => {
  const tail = (...y: number[]) => [{ fold: 0, x: y.map((_, i) => 1 + i / 10), y }];

  it('stays as it is while a running mean moves by little, and holds all of it', () => {
    const extent = tailExtent(tail(2.41, 1.234));
    expect(extent[0]).toBeCloseTo(1.2, 9);
    expect(extent[1]).toBeCloseTo(2.5, 9);
    expect(tailExtent(tail(2.44, 1.251))).toEqual(extent);
    expect(tailExtent([])).toEqual([Infinity, -Infinity]);
  });

  it('leaves out what is not shown, and stays above 0 where it is logarithmic', () => {
    expect(tailExtent(tail(9, 1, 1), { span: [1.05, 2] })).toEqual([1, 1]);
    expect(tailExtent(tail(2, 0.001), { scale: 'log' })[0]).toBe(0.001);
  });
});

describe('smooth', () => {
  it('is the weighted mean of what came before, and starts at the first value', () => {
    expect(smooth([4, null, 2], 0.5)).toEqual([4, null, (4 * 0.5 + 2) / 1.5]);
    expect(smooth([3, 1, 2], 0)).toEqual([3, 1, 2]);
  });

  it('stays between the least and the greatest value', () => {
    const values = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 0.99, noNaN: true }), (raw, weight) => {
        for (const value of smooth(raw, weight)) {
          expect(value!).toBeGreaterThanOrEqual(Math.min(...raw) - 1e-9);
          expect(value!).toBeLessThanOrEqual(Math.max(...raw) + 1e-9);
        }
      }),
    );
  });
});

describe('zoomed', () => {
  it('keeps what is under the pointer there, and ends at all epochs', () => {
    expect(zoomed(null, 100, 0.5)).toEqual([25, 75]);
    expect(zoomed(null, 100, 0.5, 0)).toEqual([0, 50]);
    expect(zoomed([25, 75], 100, 2)).toBeNull();
    expect(zoomed([0, 2], 100, 0.5)).toEqual([0, 2]);
    expect(zoomed([90, 100], 100, 2)).toEqual([80, 100]);
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

  it('names round epochs where it is zoomed in', () => {
    expect(epochTicks(60, 8, 21.5)).toEqual([25, 30, 35, 40, 45, 50, 55, 60]);
  });
});
