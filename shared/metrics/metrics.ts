// Scores of a classifier from its confusion matrix: accuracy, recall, precision, F1 and UAR.

/** Counts; rows are the true labels, columns the predicted ones, both in the order of the label list. */
export type Confusion = number[][];

/**
 * Counts how often a label was taken for another (sklearn.metrics.confusion_matrix).
 * @param truth label indices, 0 .. labelCount - 1
 * @param predicted label indices of the same length
 * @throws RangeError where lengths differ or an index is outside the labels
 */
export function confusionMatrix(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  labelCount: number,
): Confusion {
  if (truth.length !== predicted.length) throw new RangeError('truth and predicted differ in length');
  const matrix = Array.from({ length: labelCount }, () => new Array<number>(labelCount).fill(0));
  for (let i = 0; i < truth.length; i++) {
    const row = matrix[truth[i]!];
    const column = predicted[i]!;
    if (row?.[column] === undefined) throw new RangeError(`label index outside 0..${labelCount - 1}`);
    row[column]! += 1;
  }
  return matrix;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The confusion matrix that stands in a tally from `offset` on. */
export function confusionOf(tally: Float64Array, labels: number, offset = 0): Confusion {
  return Array.from({ length: labels }, (_, i) =>
    Array.from(tally.subarray(offset + i * labels, offset + (i + 1) * labels)),
  );
}

/** Share of clips whose label was recognised, 0..1 (sklearn.metrics.accuracy_score); null without clips. */
export function accuracy(confusion: Confusion): number | null {
  const clips = sum(confusion.map(sum));
  return clips === 0 ? null : sum(confusion.map((row, i) => row[i]!)) / clips;
}

/** Recall of each label, 0..1 (sklearn.metrics.recall_score, average=None); null for a label without test clips. */
export function recallByLabel(confusion: Confusion): (number | null)[] {
  return confusion.map((row, i) => {
    const clips = sum(row);
    return clips === 0 ? null : row[i]! / clips;
  });
}

/**
 * Unweighted average recall, 0..1: the mean of the labels' recalls over the labels that have test clips
 * (Schuller et al. 2009, the INTERSPEECH Emotion Challenge; sklearn.metrics.balanced_accuracy_score).
 * Null without clips.
 */
export function uar(confusion: Confusion): number | null {
  const recalls = recallByLabel(confusion).filter((recall) => recall !== null);
  return recalls.length === 0 ? null : sum(recalls) / recalls.length;
}

/** Share of the clips taken for each label that are of it, 0..1 (sklearn.metrics.precision_score); null where none was. */
export function precisionByLabel(confusion: Confusion): (number | null)[] {
  return confusion.map((row, i) => {
    const taken = sum(confusion.map((other) => other[i]!));
    return taken === 0 ? null : row[i]! / taken;
  });
}

/**
 * F1 of each label, 2 tp / (2 tp + fp + fn), 0..1 (sklearn.metrics.f1_score, average=None); null for a label that
 * neither has test clips nor was ever answered.
 */
export function f1ByLabel(confusion: Confusion): (number | null)[] {
  return confusion.map((row, i) => {
    const counted = sum(row) + sum(confusion.map((other) => other[i]!));
    return counted === 0 ? null : (2 * row[i]!) / counted;
  });
}

/**
 * Macro F1, 0..1: the mean of the labels' F1 over the labels that occur, as truth or as answer
 * (sklearn.metrics.f1_score, average='macro'). Null without clips.
 */
export function macroF1(confusion: Confusion): number | null {
  const scores = f1ByLabel(confusion).filter((f1) => f1 !== null);
  return scores.length === 0 ? null : sum(scores) / scores.length;
}

/** Index of the greatest value, the first of equals; as tf.argMax and numpy.argmax. */
export function argMax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/** Percentile of sorted values with linear interpolation, as numpy.percentile; share in 0..1; NaN of no values. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return NaN;
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  return low + (position - below) * ((sorted[Math.ceil(position)] ?? low) - low);
}

/** Percentile of values in any order; share in 0..1, 0.5 is the median; NaN of no values. */
export function percentileOf(values: readonly number[], share: number): number {
  return percentile(Float64Array.from(values).sort(), share);
}
