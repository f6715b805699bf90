// Tests of the scores against scikit-learn 1.9.1 and against exact enumeration.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accuracy,
  confusionBySpeaker,
  confusionMatrix,
  percentile,
  recallByLabel,
  speakerIntervals,
  uar,
} from './metrics.ts';

// 120 clips and 5 labels, one digit a clip; label 3 is predicted but has no test clip.
const TRUTH = digits(
  '411421410114402401024111114222222441111421404100200242444122121140004141112014102144024411012012121411120011211014212412',
);
const PREDICTED = digits(
  '443421414114002011324041101222232441111434401110201044444120114100004111112014133440024413002303121411021024201024210232',
);

function digits(text: string): number[] {
  return Array.from(text, Number);
}

describe('scores', () => {
  const confusion = confusionMatrix(TRUTH, PREDICTED, 5);

  it('equal confusion_matrix, accuracy_score, recall_score and balanced_accuracy_score of scikit-learn', () => {
    expect(confusion).toEqual([
      [12, 4, 0, 3, 1],
      [6, 28, 2, 3, 6],
      [3, 1, 18, 4, 1],
      [0, 0, 0, 0, 0],
      [4, 3, 1, 0, 20],
    ]);
    expect(accuracy(confusion)).toBeCloseTo(0.65, 9);
    expect(uar(confusion)).toBeCloseTo(0.6507936507936508, 9);
    const recall = recallByLabel(confusion);
    expect(recall[3]).toBeNull();
    [0.6, 0.6222222222222222, 0.6666666666666666].forEach((value, i) =>
      expect(recall[i]).toBeCloseTo(value, 9),
    );
    expect(recall[4]).toBeCloseTo(0.7142857142857143, 9);
  });

  it('are null without clips', () => {
    const empty = confusionMatrix([], [], 3);
    expect([accuracy(empty), uar(empty), ...recallByLabel(empty)]).toEqual([null, null, null, null, null]);
  });

  it('refuse an index outside the labels and lists of unequal length', () => {
    expect(() => confusionMatrix([0], [3], 3)).toThrow(RangeError);
    expect(() => confusionMatrix([-1], [0], 3)).toThrow(RangeError);
    expect(() => confusionMatrix([0, 1], [0], 3)).toThrow(RangeError);
  });

  it('by speaker add up to the whole', () => {
    const speakers = TRUTH.map((_, i) => ['a', 'b', null, 'd'][i % 4]!);
    const parts = [...confusionBySpeaker({ truth: TRUTH, predicted: PREDICTED, speakers }, 5).values()];
    expect(parts).toHaveLength(4);
    const total = confusion.map((row, i) =>
      row.map((_, j) => parts.reduce((n, part) => n + part[i]![j]!, 0)),
    );
    expect(total).toEqual(confusion);
  });
});

describe('percentile', () => {
  it('interpolates as numpy.percentile', () => {
    const sorted = [1, 2, 4, 8, 16.5];
    expect([0.025, 0.5, 0.975].map((share) => percentile(sorted, share))).toEqual([
      expect.closeTo(1.1, 9),
      4,
      expect.closeTo(15.65, 9),
    ]);
  });
});

describe('speakerIntervals', () => {
  // Speaker k of 4 has k of 4 clips right: a resample's accuracy is the mean of the shares drawn.
  const truth = Array.from({ length: 16 }, (_, i) => i % 2);
  const predicted = truth.map((label, i) => (i % 4 < Math.floor(i / 4) ? label : 1 - label));
  const speakers = truth.map((_, i) => `s${Math.floor(i / 4)}`);

  it('meets the exact bootstrap distribution over all 4^4 resamples', () => {
    const means: number[] = [];
    for (let code = 0; code < 256; code++) {
      means.push([0, 2, 4, 6].reduce((total, shift) => total + ((code >> shift) & 3) / 4, 0) / 4);
    }
    means.sort((a, b) => a - b);
    const exact = [percentile(means, 0.025), percentile(means, 0.975)];
    const got = speakerIntervals({ truth, predicted, speakers }, 2, 1).accuracy!;
    // One step of the distribution is 1/16.
    expect(Math.abs(got[0] - exact[0]!)).toBeLessThanOrEqual(1 / 16);
    expect(Math.abs(got[1] - exact[1]!)).toBeLessThanOrEqual(1 / 16);
  });

  it('repeats itself for a seed', () => {
    const results = { truth: TRUTH, predicted: PREDICTED, speakers: TRUTH.map((_, i) => `s${i % 9}`) };
    expect(speakerIntervals(results, 5, 4)).toEqual(speakerIntervals(results, 5, 4));
    expect(speakerIntervals(results, 5, 4)).not.toEqual(speakerIntervals(results, 5, 5));
  });

  it('brackets a score that is the same for every speaker', () => {
    const even = { truth: TRUTH, predicted: TRUTH, speakers: TRUTH.map((_, i) => `s${i % 5}`) };
    expect(speakerIntervals(even, 5, 1)).toEqual({ accuracy: [1, 1], uar: [1, 1] });
  });

  it('is not estimable with fewer than three speakers; clips without a speaker are none', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', null), { minLength: 1, maxLength: 30 }), (names) => {
        const zeros = names.map(() => 0);
        expect(speakerIntervals({ truth: zeros, predicted: zeros, speakers: names }, 2, 1, 10)).toEqual({
          accuracy: null,
          uar: null,
        });
      }),
    );
  });
});
