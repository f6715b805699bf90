// The LSTM over all time steps of a group of clips, forward and gradient (Hochreiter & Schmidhuber 1997; gates as Keras has them).
//
// Rows of an activation are time steps and clips: row (block * clips + clip). Gates lie in the order i, f, c, o,
// `unitPanels` panels each. States have a block of zeros before the first step and one behind the last, so that step t
// is block t + 1 whichever way time runs.
import { ROW, multiplyAdd, panelProduct } from './gemm.ts';

/** Half a panel's row. */
const VECTOR: usize = 16;

/**
 * tanh as a quotient of polynomials, as Eigen has it: within 3e-7 of the truth, and no number stays no number, since
 * pmin and pmax give their first operand back where the comparison fails.
 */
// @ts-ignore: decorator
@inline
export function tanh4(value: v128): v128 {
  const bound = f32x4.splat(7.90531110763549805);
  const x = f32x4.pmax(f32x4.pmin(value, bound), f32x4.neg(bound));
  const x2 = f32x4.mul(x, x);
  let p = multiplyAdd(x2, f32x4.splat(-2.76076847742355e-16), f32x4.splat(2.00018790482477e-13));
  p = multiplyAdd(x2, p, f32x4.splat(-8.60467152213735e-11));
  p = multiplyAdd(x2, p, f32x4.splat(5.12229709037114e-8));
  p = multiplyAdd(x2, p, f32x4.splat(1.48572235717979e-5));
  p = multiplyAdd(x2, p, f32x4.splat(6.37261928875436e-4));
  p = multiplyAdd(x2, p, f32x4.splat(4.89352455891786e-3));
  let q = multiplyAdd(x2, f32x4.splat(1.19825839466702e-6), f32x4.splat(1.18534705686654e-4));
  q = multiplyAdd(x2, q, f32x4.splat(2.26843463243900e-3));
  q = multiplyAdd(x2, q, f32x4.splat(4.89352518554385e-3));
  return f32x4.div(f32x4.mul(x, p), q);
}

/** 1 / (1 + exp(-x)) = (1 + tanh(x / 2)) / 2 */
// @ts-ignore: decorator
@inline
function sigmoid4(x: v128): v128 {
  const half = f32x4.splat(0.5);
  return multiplyAdd(half, tanh4(f32x4.mul(x, half)), half);
}

/**
 * Runs an LSTM whose gates hold the input's part already (X W + b); they are overwritten by their activations.
 * @param gates [steps * clips] rows, 4 unitPanels panels, gatePanel bytes apart
 * @param recurrent the recurrent kernel, [8 unitPanels] rows, 4 unitPanels panels
 * @param states h, [(steps + 2) * clips] rows, the outer blocks zero; statePanel bytes apart, as are all below
 * @param cells c, as states
 * @param cellTanhs tanh(c), as states
 * @param mask 1 or 0 by step and clip, [steps * clips] float32; 0: none. A masked step leaves the state as it was
 * @param backwards 1: from the last step to the first
 */
export function lstmForward(
  gates: usize,
  gatePanel: usize,
  recurrent: usize,
  unitPanels: usize,
  states: usize,
  cells: usize,
  cellTanhs: usize,
  statePanel: usize,
  steps: usize,
  clips: usize,
  mask: usize,
  backwards: usize,
): void {
  const block = clips * ROW;
  for (let s: usize = 0; s < steps; s++) {
    const t = backwards ? steps - 1 - s : s;
    const before = (backwards ? t + 2 : t) * block;
    const now = (t + 1) * block;
    for (let panel: usize = 0; panel < unitPanels; panel++) {
      const gate = gates + panel * gatePanel + t * block;
      for (let kind: usize = 0; kind < 4; kind++) {
        const first = kind * unitPanels;
        const sums = gate + first * gatePanel;
        const weights = recurrent + (first + panel) * unitPanels * 8 * ROW;
        panelProduct(states + before, statePanel, unitPanels, weights, sums, clips, sums, ROW);
      }
      const at = panel * statePanel;
      cellStep(
        gate,
        unitPanels * gatePanel,
        cells + at + before,
        cells + at + now,
        cellTanhs + at + now,
        states + at + now,
        block,
      );
      if (mask)
        for (let clip: usize = 0; clip < clips; clip++)
          if (load<f32>(mask + ((t * clips + clip) << 2)) === 0) {
            const row = at + clip * ROW;
            memory.copy(states + row + now, states + row + before, ROW);
            memory.copy(cells + row + now, cells + row + before, ROW);
          }
    }
  }
}

/** One panel of units at one step: `length` bytes of every operand. */
function cellStep(
  gate: usize,
  gateStep: usize,
  cellBefore: usize,
  cell: usize,
  cellTanh: usize,
  state: usize,
  length: usize,
): void {
  const forgetGate = gate + gateStep;
  const candidate = forgetGate + gateStep;
  const outputGate = candidate + gateStep;
  for (let at: usize = 0; at < length; at += VECTOR) {
    const i = sigmoid4(v128.load(gate + at));
    const f = sigmoid4(v128.load(forgetGate + at));
    const g = tanh4(v128.load(candidate + at));
    const o = sigmoid4(v128.load(outputGate + at));
    const c = multiplyAdd(f, v128.load(cellBefore + at), f32x4.mul(i, g));
    const squashed = tanh4(c);
    v128.store(gate + at, i);
    v128.store(forgetGate + at, f);
    v128.store(candidate + at, g);
    v128.store(outputGate + at, o);
    v128.store(cell + at, c);
    v128.store(cellTanh + at, squashed);
    v128.store(state + at, f32x4.mul(o, squashed));
  }
}

/**
 * The gradient through all steps: turns the gates' activations into the gradient of their inputs.
 * @param gates as lstmForward left them
 * @param recurrentTransposed [32 unitPanels] rows, unitPanels panels
 * @param stateGradients the outputs' gradient [steps * clips] rows, gatePanel bytes apart; overwritten
 * @param cellGradients work space, unitPanels panels of [clips] rows without gaps
 * @param carried work space of the same size, where there is a mask: the states' gradient past masked steps
 */
export function lstmBackward(
  gates: usize,
  gatePanel: usize,
  recurrentTransposed: usize,
  unitPanels: usize,
  stateGradients: usize,
  cells: usize,
  cellTanhs: usize,
  statePanel: usize,
  steps: usize,
  clips: usize,
  mask: usize,
  backwards: usize,
  cellGradients: usize,
  carried: usize,
): void {
  const block = clips * ROW;
  memory.fill(cellGradients, 0, unitPanels * block);
  if (mask) memory.fill(carried, 0, unitPanels * block);
  for (let s: usize = 0; s < steps; s++) {
    // The last step that was run comes first.
    const t = backwards ? s : steps - 1 - s;
    const after = gates + (backwards ? t - 1 : t + 1) * block;
    const before = (backwards ? t + 2 : t) * block;
    for (let panel: usize = 0; panel < unitPanels; panel++) {
      const gradient = stateGradients + panel * gatePanel + t * block;
      if (s > 0) {
        const weights = recurrentTransposed + panel * unitPanels * 32 * ROW;
        panelProduct(after, gatePanel, 4 * unitPanels, weights, gradient, clips, gradient, ROW);
      }
      const at = panel * statePanel;
      const gate = gates + panel * gatePanel + t * block;
      const work = panel * block;
      if (mask) addMasked(gradient, carried + work, mask + ((t * clips) << 2), clips);
      cellGradient(
        gate,
        unitPanels * gatePanel,
        gradient,
        cells + at + before,
        cellTanhs + at + (t + 1) * block,
        cellGradients + work,
        block,
        mask ? mask + ((t * clips) << 2) : 0,
      );
    }
  }
}

/** Adds what came past later masked steps; where this step is masked, all of it goes on to the step before. */
function addMasked(gradient: usize, carried: usize, mask: usize, clips: usize): void {
  for (let clip: usize = 0; clip < clips; clip++) {
    const masked = load<f32>(mask + (clip << 2)) === 0;
    for (let half: usize = 0; half < ROW; half += VECTOR) {
      const at = clip * ROW + half;
      const sum = f32x4.add(v128.load(gradient + at), v128.load(carried + at));
      v128.store(gradient + at, sum);
      v128.store(carried + at, masked ? sum : f32x4.splat(0));
    }
  }
}

/** One panel of units at one step. Masked rows have no gradient of their gates, and hand on that of their cells. */
function cellGradient(
  gate: usize,
  gateStep: usize,
  stateGradient: usize,
  cellBefore: usize,
  cellTanh: usize,
  cellGradients: usize,
  length: usize,
  mask: usize,
): void {
  const one = f32x4.splat(1);
  const forgetGate = gate + gateStep;
  const candidate = forgetGate + gateStep;
  const outputGate = candidate + gateStep;
  for (let at: usize = 0; at < length; at += VECTOR) {
    if (mask && load<f32>(mask + ((at / ROW) << 2)) === 0) {
      const zero = f32x4.splat(0);
      v128.store(gate + at, zero);
      v128.store(forgetGate + at, zero);
      v128.store(candidate + at, zero);
      v128.store(outputGate + at, zero);
      continue;
    }
    const i = v128.load(gate + at);
    const f = v128.load(forgetGate + at);
    const g = v128.load(candidate + at);
    const o = v128.load(outputGate + at);
    const squashed = v128.load(cellTanh + at);
    const dh = v128.load(stateGradient + at);
    const slope = f32x4.mul(o, f32x4.sub(one, f32x4.mul(squashed, squashed)));
    const dc = multiplyAdd(dh, slope, v128.load(cellGradients + at));
    v128.store(gate + at, f32x4.mul(f32x4.mul(dc, g), f32x4.mul(i, f32x4.sub(one, i))));
    const forgetSlope = f32x4.mul(f, f32x4.sub(one, f));
    v128.store(forgetGate + at, f32x4.mul(f32x4.mul(dc, v128.load(cellBefore + at)), forgetSlope));
    v128.store(candidate + at, f32x4.mul(f32x4.mul(dc, i), f32x4.sub(one, f32x4.mul(g, g))));
    const outputSlope = f32x4.mul(o, f32x4.sub(one, o));
    v128.store(outputGate + at, f32x4.mul(f32x4.mul(dh, squashed), outputSlope));
    v128.store(cellGradients + at, f32x4.mul(dc, f));
  }
}
