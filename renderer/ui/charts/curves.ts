// Learning curves as numbers: what is drawn, what is told to a screen reader, and what stands in the table.
import type { Epoch, EvaluatedOn, Fold } from '../../../shared/contract/schemas.ts';

export type Measure = 'loss' | 'accuracy';

/** Mean over the folds that have reached an epoch. */
export interface CurveMean {
  /** From 1. */
  epoch: number;
  training: number;
  heldOut: number;
  /** Folds in the mean. */
  folds: number;
}

const TRAINING: Readonly<Record<Measure, (epoch: Epoch) => number>> = {
  loss: (epoch) => epoch.loss,
  accuracy: (epoch) => epoch.accuracy,
};
const HELD_OUT: Readonly<Record<Measure, (epoch: Epoch) => number>> = {
  loss: (epoch) => epoch.heldOutLoss,
  accuracy: (epoch) => epoch.heldOutAccuracy,
};

/** One fold's curves on epochs 1 to `epochs`; null where it has not been. */
export interface CurveFolds {
  training: (number | null)[];
  heldOut: (number | null)[];
}

/** Curves of every fold, each as long as the run will be. */
export function foldCurves(folds: readonly Fold[], epochs: number, measure: Measure): CurveFolds[] {
  return folds.map((fold) => {
    const curves: CurveFolds = {
      training: new Array<number | null>(epochs).fill(null),
      heldOut: new Array<number | null>(epochs).fill(null),
    };
    for (const epoch of fold.epochs) {
      if (epoch.epoch > epochs) continue;
      curves.training[epoch.epoch - 1] = TRAINING[measure](epoch);
      curves.heldOut[epoch.epoch - 1] = HELD_OUT[measure](epoch);
    }
    return curves;
  });
}

/** Means over folds, in the order of epochs; only epochs that a fold has finished. */
export function meanCurve(curves: readonly CurveFolds[], epochs: number): CurveMean[] {
  const points: CurveMean[] = [];
  for (let i = 0; i < epochs; i += 1) {
    const reached = curves.filter((curve) => curve.training[i] !== null && curve.heldOut[i] !== null);
    if (reached.length === 0) continue;
    const mean = (of: (curve: CurveFolds) => number): number =>
      reached.reduce((sum, curve) => sum + of(curve), 0) / reached.length;
    points.push({
      epoch: i + 1,
      training: mean((curve) => curve.training[i]!),
      heldOut: mean((curve) => curve.heldOut[i]!),
      folds: reached.length,
    });
  }
  return points;
}

/** The running means of an epoch under way: x in epochs, from the last finished one to the next. */
export interface CurveTail {
  fold: number;
  x: number[];
  y: number[];
}

/** Another run's mean curve, drawn behind the one that is looked at. */
export interface CurveOverlay {
  readonly id: number;
  /** "run 12". */
  readonly label: string;
  /** Held-out mean on epochs 1, 2, …; null where no fold has been. */
  readonly values: readonly (number | null)[];
}

const SHORT: Readonly<Record<EvaluatedOn, string>> = { test: 'test', validation: 'val.' };

/** The name of another run's curve, with what it is measured on where that is not what the run looked at is. */
export function overlayLabel(name: string, heldOut: EvaluatedOn, lookedAt: EvaluatedOn): string {
  return heldOut === lookedAt ? name : `${name} ${SHORT[heldOut]}`;
}

/** Held-out means over folds on epochs 1, 2, …, of both measures; null where no fold has been. */
export type HeldOutMeans = Readonly<Record<Measure, readonly (number | null)[]>>;

export function heldOutMeans(folds: readonly { readonly epochs: readonly Epoch[] }[]): HeldOutMeans {
  const sums: { loss: number; accuracy: number; folds: number }[] = [];
  for (const fold of folds)
    for (const epoch of fold.epochs) {
      const sum = (sums[epoch.epoch - 1] ??= { loss: 0, accuracy: 0, folds: 0 });
      sum.loss += epoch.heldOutLoss;
      sum.accuracy += epoch.heldOutAccuracy;
      sum.folds += 1;
    }
  const mean = (measure: Measure): (number | null)[] =>
    Array.from(sums, (sum) => (sum === undefined ? null : sum[measure] / sum.folds));
  return { loss: mean('loss'), accuracy: mean('accuracy') };
}

/** How an axis counts. */
export type AxisScale = 'linear' | 'log';

/** First and last epoch that are shown. */
export type Span = readonly [from: number, to: number];

/** Lowest and highest of some values; [Infinity, -Infinity] of none. */
export type Extent = readonly [low: number, high: number];

export interface ExtentOptions {
  /** Only what lies in it counts; null: all. */
  readonly span?: Span | null;
  /** A logarithmic axis has no place for values of 0 and below. */
  readonly scale?: AxisScale;
}

/** Of curves on epochs 1, 2, …. */
export function extentOf(
  curves: Iterable<readonly (number | null)[]>,
  { span = null, scale = 'linear' }: ExtentOptions = {},
): Extent {
  let low = Infinity;
  let high = -Infinity;
  for (const values of curves) {
    const from = span === null ? 0 : Math.max(0, Math.ceil(span[0]) - 1);
    const to = span === null ? values.length : Math.min(values.length, Math.floor(span[1]));
    for (let i = from; i < to; i += 1) {
      const value = values[i]!;
      if (value === null || !Number.isFinite(value) || (scale === 'log' && value <= 0)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return [low, high];
}

/**
 * Of the epochs under way, rounded outwards to two digits: they move with every batch, and the axis, with all that is
 * drawn on it, is not to move with them.
 */
export function tailExtent(
  tails: readonly CurveTail[],
  { span = null, scale = 'linear' }: ExtentOptions = {},
): Extent {
  const shown = tails.map(({ x, y }) =>
    y.filter((_, i) => span === null || (x[i]! >= span[0] && x[i]! <= span[1])),
  );
  const [low, high] = extentOf(shown, { scale });
  if (low > high) return [low, high];
  const step = 10 ** (Math.floor(Math.log10(Math.max(Math.abs(low), Math.abs(high), 1e-9))) - 1);
  const down = Math.floor(low / step) * step;
  return [scale === 'log' && down <= 0 ? low : down, Math.ceil(high / step) * step];
}

/**
 * The axis of a loss: from 0 where the lowest value is below half of the highest, else close around the values,
 * so that curves far from 0 are not squeezed into a band. A logarithmic one starts below the lowest value above 0.
 */
export function lossRange(extents: readonly Extent[], scale: AxisScale = 'linear'): [number, number] {
  const low = Math.min(...extents.map(([least]) => least));
  const high = Math.max(...extents.map(([, most]) => most));
  if (high <= 0 || low > high) return scale === 'log' ? [0.1, 10] : [0, 1];
  if (scale === 'log') return [low / 1.15, high * 1.15];
  const margin = Math.max((high - low) * 0.08, high * 0.02);
  return [low < high / 2 ? 0 : low - margin, high + margin];
}

/**
 * Exponential moving average without the pull of its start (TensorBoard's): each value weighs `weight` times as much
 * as the one after it. Gaps stay gaps and are skipped over.
 * @param weight 0: as it is; near 1: very smooth
 */
export function smooth(values: readonly (number | null)[], weight: number): (number | null)[] {
  let sum = 0;
  let weights = 0;
  return values.map((value) => {
    if (value === null) return null;
    sum = sum * weight + value;
    weights = weights * weight + 1;
    return sum / weights;
  });
}

/** What the curves say, in one sentence. */
export function finding(
  measure: Measure,
  points: readonly CurveMean[],
  heldOutName: string,
  folds: number,
  chance: number | null,
): string {
  const name = measure === 'loss' ? 'Loss' : 'Accuracy';
  const last = points.at(-1);
  if (last === undefined) return `${name} per epoch: no epoch is finished yet.`;
  const digits = 2;
  const over = folds > 1 ? `, mean of ${last.folds} of ${folds} folds` : '';
  const best = points.reduce((a, b) =>
    (measure === 'loss' ? b.heldOut < a.heldOut : b.heldOut > a.heldOut) ? b : a,
  );
  const extreme = measure === 'loss' ? 'lowest' : 'highest';
  const peak =
    best.epoch === last.epoch
      ? `the ${extreme} so far`
      : `${extreme} ${best.heldOut.toFixed(digits)} at epoch ${best.epoch}`;
  const against = chance === null ? '' : ` Chance is ${chance.toFixed(digits)}.`;
  return (
    `${name} per epoch. At epoch ${last.epoch}${over}: ${heldOutName} ${last.heldOut.toFixed(digits)} (${peak}), ` +
    `training ${last.training.toFixed(digits)}.${against}`
  );
}

/**
 * Moves labels apart that would overlap: keeps their order by wish, at least `gap` between neighbours, inside [low, high].
 * @param wishes where each label would stand, in pixels
 * @returns where each stands, in the order given
 */
export function spread(wishes: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wishes.map((_, index) => index).sort((a, b) => wishes[a]! - wishes[b]!);
  const placed = new Array<number>(wishes.length);
  let floor = low;
  for (const index of order) {
    placed[index] = Math.max(wishes[index]!, floor);
    floor = placed[index] + gap;
  }
  let ceiling = high;
  for (const index of order.reverse()) {
    placed[index] = Math.min(placed[index]!, ceiling);
    ceiling = placed[index] - gap;
  }
  return placed;
}

const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000];

/** Epochs that are named on the axis: 1 and round ones, at most about `most`; zoomed in, round ones from `from`. */
export function epochTicks(epochs: number, most: number, from = 0): number[] {
  const step = STEPS.find((s) => (epochs - from) / s <= most) ?? 5000;
  if (from > 0) {
    const ticks: number[] = [];
    for (let tick = Math.ceil(from / step) * step; tick <= epochs; tick += step) ticks.push(tick);
    return ticks;
  }
  const ticks = [1];
  for (let tick = step === 1 ? 2 : step; tick <= epochs; tick += step) ticks.push(tick);
  // The first one is written out, "epoch 1": the next must leave it room.
  return ticks.filter((tick, i) => i !== 1 || tick >= 1 + 0.75 * step);
}

/** A span with another width about its middle, within the epochs there are; null where that is all of them. */
export function zoomed(span: Span | null, epochs: number, factor: number, centre?: number): Span | null {
  const [from, to] = span ?? [0, epochs];
  const width = Math.max(2, (to - from) * factor);
  if (width >= epochs) return null;
  const middle = centre ?? (from + to) / 2;
  const share = (middle - from) / (to - from);
  const start = Math.max(0, Math.min(epochs - width, middle - share * width));
  return [start, start + width];
}
