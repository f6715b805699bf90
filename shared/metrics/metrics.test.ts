// Tests of the scores against scikit-learn 1.9.1 and against exact enumeration.
import { describe, expect, it } from 'vitest';
import { accuracy, confusionMatrix, percentile, percentileOf, recallByLabel, uar } from './metrics.ts';

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

  it('sorts what comes in any order, and leaves it as it came', () => {
    const values = [10, 9, 8];
    expect(percentileOf(values, 0.5)).toBe(9);
    expect(percentileOf([...values, 100], 0.5)).toBe(9.5);
    expect(values).toEqual([10, 9, 8]);
  });

  it('is no number where there are no values', () => {
    expect(percentile([], 0.5)).toBeNaN();
    expect(percentileOf([], 0.95)).toBeNaN();
  });
});
