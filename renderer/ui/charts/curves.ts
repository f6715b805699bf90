// Learning curves as numbers: what is drawn, what is told to a screen reader, and what stands in the table.
import type { Epoch, Fold } from '../../../shared/contract/schemas.ts';

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

/**
 * The axis of a loss: from 0 where the lowest value is below half of the highest, else close around the values,
 * so that curves far from 0 are not squeezed into a band.
 */
export function lossRange(folds: readonly CurveFolds[], tails: readonly CurveTail[]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  const take = (value: number | null): void => {
    if (value === null || !Number.isFinite(value)) return;
    low = Math.min(low, value);
    high = Math.max(high, value);
  };
  for (const fold of folds) for (const values of [fold.training, fold.heldOut]) values.forEach(take);
  for (const tail of tails) tail.y.forEach(take);
  if (high <= 0 || low > high) return [0, 1];
  const margin = Math.max((high - low) * 0.08, high * 0.02);
  return [low < high / 2 ? 0 : low - margin, high + margin];
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

/** Epochs that are named on the axis: 1 and round ones, at most about `most`. */
export function epochTicks(epochs: number, most: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000].find((s) => epochs / s <= most) ?? 5000;
  const ticks = [1];
  for (let tick = step === 1 ? 2 : step; tick <= epochs; tick += step) ticks.push(tick);
  // The first one is written out, "epoch 1": the next must leave it room.
  return ticks.filter((tick, i) => i !== 1 || tick >= 1 + 0.75 * step);
}
