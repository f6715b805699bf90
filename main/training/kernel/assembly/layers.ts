// What a network needs besides matrix products and LSTMs: bias and activations, softmax and its loss, Adam.
import { ROW, multiplyAdd } from './gemm.ts';
import { tanh4 } from './lstm.ts';

/** Sums of the columns of [rows, 8 panels] (a bias's gradient), four running sums a column. */
export function columnSums(from: usize, panel: usize, rows: usize, panels: usize, to: usize): void {
  for (; panels > 0; panels--) {
    let a0 = f32x4.splat(0);
    let a1 = a0;
    let b0 = a0;
    let b1 = a0;
    let at = from;
    const end = from + rows * ROW;
    for (; at + ROW < end; at += 2 * ROW) {
      a0 = f32x4.add(a0, v128.load(at));
      a1 = f32x4.add(a1, v128.load(at, 16));
      b0 = f32x4.add(b0, v128.load(at, 32));
      b1 = f32x4.add(b1, v128.load(at, 48));
    }
    if (at < end) {
      a0 = f32x4.add(a0, v128.load(at));
      a1 = f32x4.add(a1, v128.load(at, 16));
    }
    v128.store(to, f32x4.add(a0, b0));
    v128.store(to, f32x4.add(a1, b1), 16);
    to += ROW;
    from += panel;
  }
}

/** The transpose of a weight [8 rowPanels, 8 columnPanels], both without gaps. */
export function transpose(from: usize, rowPanels: usize, columnPanels: usize, to: usize): void {
  for (let column: usize = 0; column < columnPanels; column++)
    for (let row: usize = 0; row < rowPanels; row++) {
      const block = from + (column * rowPanels + row) * 8 * ROW;
      const turned = to + (row * columnPanels + column) * 8 * ROW;
      for (let i: usize = 0; i < 2; i++)
        for (let j: usize = 0; j < 2; j++)
          transposeFour(block + i * 4 * ROW + j * 16, turned + j * 4 * ROW + i * 16);
    }
}

function transposeFour(from: usize, to: usize): void {
  const a = v128.load(from);
  const b = v128.load(from, 32);
  const c = v128.load(from, 64);
  const d = v128.load(from, 96);
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(ab, cd, 0, 2));
  v128.store(to, v128.shuffle<f64>(ab, cd, 1, 3), 32);
  v128.store(to, v128.shuffle<f64>(abHigh, cdHigh, 0, 2), 64);
  v128.store(to, v128.shuffle<f64>(abHigh, cdHigh, 1, 3), 96);
}

/** ReLU (kind 1) or tanh (kind 2) in place; no number stays no number. */
export function activate(kind: usize, at: usize, panel: usize, rows: usize, panels: usize): void {
  for (; panels > 0; panels--) {
    const end = at + rows * ROW;
    for (let v = at; v < end; v += 16) {
      const x = v128.load(v);
      v128.store(v, kind === 1 ? f32x4.pmax(x, f32x4.splat(0)) : tanh4(x));
    }
    at += panel;
  }
}

/** Multiplies a gradient by the activation's slope, from the activation's output. */
export function activateBackward(
  kind: usize,
  output: usize,
  gradient: usize,
  panel: usize,
  rows: usize,
  panels: usize,
): void {
  const one = f32x4.splat(1);
  for (; panels > 0; panels--) {
    const length = rows * ROW;
    for (let at: usize = 0; at < length; at += 16) {
      const y = v128.load(output + at);
      const d = v128.load(gradient + at);
      const slope = f32x4.sub(one, f32x4.mul(y, y));
      const passed = kind === 1 ? v128.and(d, f32x4.gt(y, f32x4.splat(0))) : f32x4.mul(d, slope);
      v128.store(gradient + at, passed);
    }
    output += panel;
    gradient += panel;
  }
}

/** to = from * factors, element by element (dropout, forward and gradient): `panels` panels of `rows` rows. */
export function multiply(
  from: usize,
  fromPanel: usize,
  factors: usize,
  factorPanel: usize,
  to: usize,
  toPanel: usize,
  rows: usize,
  panels: usize,
): void {
  for (; panels > 0; panels--) {
    for (let at: usize = 0; at < rows * ROW; at += 16)
      v128.store(to + at, f32x4.mul(v128.load(from + at), v128.load(factors + at)));
    from += fromPanel;
    factors += factorPanel;
    to += toPanel;
  }
}

/** Copies `panels` panels of `rows` rows. */
export function copyPanels(
  from: usize,
  fromPanel: usize,
  to: usize,
  toPanel: usize,
  rows: usize,
  panels: usize,
): void {
  for (; panels > 0; panels--) {
    memory.copy(to, from, rows * ROW);
    from += fromPanel;
    to += toPanel;
  }
}

// @ts-ignore: decorator
@inline
function element(at: usize, panel: usize, row: usize, column: usize): usize {
  return at + (column >> 3) * panel + row * ROW + ((column & 7) << 2);
}

/**
 * Softmax and categorical cross-entropy from the logits, in float64; the logits become the loss's gradient.
 * @param targets label index of every row, int32
 * @param batch clips over which the loss is the mean: the whole batch's, of which these rows may be a part
 * @param score two float64: the rows' summed loss in nats, and how many are right
 * @param probabilities [rows, labels] float32
 */
export function softmaxLoss(
  logits: usize,
  panel: usize,
  rows: usize,
  labels: usize,
  targets: usize,
  batch: usize,
  score: usize,
  probabilities: usize,
): void {
  let loss: f64 = 0;
  let correct: f64 = 0;
  for (let row: usize = 0; row < rows; row++) {
    const target = <usize>load<i32>(targets + (row << 2));
    let best: usize = 0;
    let most = <f64>load<f32>(element(logits, panel, row, 0));
    for (let label: usize = 1; label < labels; label++) {
      const value = <f64>load<f32>(element(logits, panel, row, label));
      if (value > most) {
        most = value;
        best = label;
      }
    }
    let sum: f64 = 0;
    for (let label: usize = 0; label < labels; label++)
      sum += Math.exp(<f64>load<f32>(element(logits, panel, row, label)) - most);
    loss += Math.log(sum) + most - <f64>load<f32>(element(logits, panel, row, target));
    correct += best === target ? 1 : 0;
    for (let label: usize = 0; label < labels; label++) {
      const at = element(logits, panel, row, label);
      const probability = Math.exp(<f64>load<f32>(at) - most) / sum;
      store<f32>(probabilities + ((row * labels + label) << 2), <f32>probability);
      store<f32>(at, <f32>((probability - (label === target ? 1 : 0)) / <f64>batch));
    }
  }
  store<f64>(score, loss);
  store<f64>(score, correct, 8);
}

/**
 * Adam in Keras's form, on `bytes` of the flat vectors: w -= rate m / (sqrt(v) + epsilon), the rate corrected for
 * bias by the caller. The gradient is the sum of two: each half of a batch has its own.
 * @param settings four float32: rate, 1 - beta1, 1 - beta2, epsilon
 */
export function adam(
  weights: usize,
  first: usize,
  second: usize,
  gradient: usize,
  otherGradient: usize,
  bytes: usize,
  settings: usize,
): void {
  const rate = v128.load32_splat(settings);
  const oneMinusBeta1 = v128.load32_splat(settings, 4);
  const oneMinusBeta2 = v128.load32_splat(settings, 8);
  const epsilon = v128.load32_splat(settings, 12);
  for (let at: usize = 0; at < bytes; at += 16) {
    const g = f32x4.add(v128.load(gradient + at), v128.load(otherGradient + at));
    let m = v128.load(first + at);
    m = multiplyAdd(f32x4.sub(g, m), oneMinusBeta1, m);
    let v = v128.load(second + at);
    v = multiplyAdd(f32x4.sub(f32x4.mul(g, g), v), oneMinusBeta2, v);
    v128.store(first + at, m);
    v128.store(second + at, v);
    const step = f32x4.div(f32x4.mul(m, rate), f32x4.add(f32x4.sqrt(v), epsilon));
    v128.store(weights + at, f32x4.sub(v128.load(weights + at), step));
  }
}
