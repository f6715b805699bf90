// Tests of the initial weights: Keras's shapes, distributions and orthogonal matrices, from a seed.
import { describe, expect, it } from 'vitest';
import { CLASSIC_RECIPE } from '../../shared/recipe/recipe.ts';
import { initialWeights, orthonormalRows, type WeightTensor } from './weights.ts';

const weights = initialWeights(CLASSIC_RECIPE, 7, 1, 'fold 0');
const named = (name: string): WeightTensor => weights.find((weight) => weight.name === name)!;

describe('orthonormalRows', () => {
  it("equals NumPy's QR with R's diagonal made positive", () => {
    // numpy 2.4: A = default_rng(3).normal(size=(6, 3)).round(3); q, r = qr(A); q *= sign(diag(r)); here transposed.
    const a = [
      [2.041, -0.568, -2.02, 3.323, -0.281, -0.391],
      [-2.556, -0.453, -0.232, 0.226, -0.668, 0.482],
      [0.418, -0.216, -0.865, -0.353, -1.055, -0.239],
    ];
    const q = [
      [
        0.4581848188374509, -0.1275105228317845, -0.4534705213383885, 0.7459814566373589,
        -0.06308179034459761, -0.08777572962540095,
      ],
      [
        -0.8316184585570292, -0.214516354875122, -0.23470828866250143, 0.3264900579453987,
        -0.27614224582464403, 0.15638156619363158,
      ],
      [
        0.17508528567536763, -0.1054244723666455, -0.4570148714094554, -0.4799872347693851,
        -0.7058976574456615, -0.14383665161548814,
      ],
    ];
    const got = orthonormalRows(Float64Array.from(a.flat()), 3, 6);
    q.flat().forEach((value, i) => expect(got[i]).toBeCloseTo(value, 12));
  });
});

describe('initialWeights', () => {
  it("has Keras's order and shapes", () => {
    expect(weights.map(({ name, shape }) => [name, shape])).toEqual([
      ['lstm_1/kernel', [13, 512]],
      ['lstm_1/recurrent_kernel', [128, 512]],
      ['lstm_1/bias', [512]],
      ['lstm_2/kernel', [128, 256]],
      ['lstm_2/recurrent_kernel', [64, 256]],
      ['lstm_2/bias', [256]],
      ['dense_3/kernel', [64, 64]],
      ['dense_3/bias', [64]],
      ['softmax/kernel', [64, 7]],
      ['softmax/bias', [7]],
    ]);
  });

  it('draws kernels uniformly within the Glorot limit', () => {
    const { values } = named('lstm_2/kernel');
    const limit = Math.sqrt(6 / (128 + 256));
    expect(values.every((value) => Math.abs(value) <= limit)).toBe(true);
    const variance = values.reduce((total, value) => total + value * value, 0) / values.length;
    expect(variance / (limit ** 2 / 3)).toBeCloseTo(1, 1);
  });

  it('makes recurrent kernels with orthonormal rows', () => {
    const { values } = named('lstm_2/recurrent_kernel');
    for (let a = 0; a < 64; a++)
      for (let b = 0; b <= a; b++) {
        let product = 0;
        for (let c = 0; c < 256; c++) product += values[a * 256 + c]! * values[b * 256 + c]!;
        expect(Math.abs(product - (a === b ? 1 : 0))).toBeLessThan(1e-6);
      }
  });

  it('sets the forget gates to one and every other bias to zero', () => {
    const bias = [...named('lstm_2/bias').values];
    expect(bias).toEqual(bias.map((_, i) => (i >= 64 && i < 128 ? 1 : 0)));
    expect(named('dense_3/bias').values.every((value) => value === 0)).toBe(true);
  });

  it('depends on the seed and the stream alone', () => {
    expect(initialWeights(CLASSIC_RECIPE, 7, 1, 'fold 0')).toEqual(weights);
    expect(initialWeights(CLASSIC_RECIPE, 7, 2, 'fold 0')).not.toEqual(weights);
    expect(initialWeights(CLASSIC_RECIPE, 7, 1, 'fold 1')).not.toEqual(weights);
  });
});
