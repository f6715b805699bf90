// Initial weights from a seed, as Keras draws them: the same on every backend, whatever the backend's own initialisers do.
import { columnNames } from '../../shared/recipe/columns.ts';
import type { Recipe } from '../../shared/recipe/recipe.ts';
import { createRandom, type Random } from '../../shared/metrics/random.ts';

/** One weight tensor, row-major. */
export interface WeightTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * Initial weights of a recipe's network in the order of Keras's and tfjs's `getWeights`: for an LSTM the kernel
 * [in, 4 units], the recurrent kernel [units, 4 units] and the bias [4 units], gates in the order i, f, c, o;
 * for a dense layer kernel and bias; the softmax layer last.
 * @param labels number of labels
 * @param stream name of the random stream; every fold has one of its own
 */
export function initialWeights(recipe: Recipe, labels: number, seed: number, stream: string): WeightTensor[] {
  const random = createRandom(seed, `${stream}/weights`);
  const weights: WeightTensor[] = [];
  let inputs = columnNames(recipe.features).length;
  recipe.layers.forEach((layer, i) => {
    if (layer.type === 'dropout') return;
    const name = layerName(layer.type, i);
    const { units } = layer;
    if (layer.type === 'dense') {
      weights.push(glorotUniform(`${name}/kernel`, inputs, units, random), zeros(`${name}/bias`, units));
      inputs = units;
      return;
    }
    const directions = layer.bidirectional ? [`${name}/forward`, `${name}/backward`] : [name];
    for (const direction of directions)
      weights.push(
        glorotUniform(`${direction}/kernel`, inputs, 4 * units, random),
        orthogonal(`${direction}/recurrent_kernel`, units, 4 * units, random),
        unitForgetBias(`${direction}/bias`, units),
      );
    inputs = directions.length * units;
  });
  weights.push(glorotUniform('softmax/kernel', inputs, labels, random), zeros('softmax/bias', labels));
  return weights;
}

/** Name of a recipe's layer in model files: `lstm_1`, `dense_3`, counted from 1. */
export function layerName(type: string, index: number): string {
  return `${type}_${index + 1}`;
}

/** Uniform in +-sqrt(6 / (rows + columns)): Glorot & Bengio 2010, keras.initializers.GlorotUniform. */
function glorotUniform(name: string, rows: number, columns: number, random: Random): WeightTensor {
  const limit = Math.sqrt(6 / (rows + columns));
  const values = Float32Array.from({ length: rows * columns }, () => (2 * random.uniform() - 1) * limit);
  return { name, shape: [rows, columns], values };
}

/** Zeros, with ones for the forget gate: Jozefowicz et al. 2015, `unit_forget_bias` of keras.layers.LSTM. */
function unitForgetBias(name: string, units: number): WeightTensor {
  return { name, shape: [4 * units], values: new Float32Array(4 * units).fill(1, units, 2 * units) };
}

function zeros(name: string, length: number): WeightTensor {
  return { name, shape: [length], values: new Float32Array(length) };
}

/** Orthonormal rows, uniform over such matrices: Saxe et al. 2014, keras.initializers.Orthogonal. rows <= columns. */
function orthogonal(name: string, rows: number, columns: number, random: Random): WeightTensor {
  const normal = Float64Array.from({ length: rows * columns }, () => random.normal());
  return { name, shape: [rows, columns], values: Float32Array.from(orthonormalRows(normal, rows, columns)) };
}

/**
 * Q transposed of the QR decomposition of `matrix` transposed, with R's diagonal positive: what Keras obtains
 * by QR and a change of signs. Gram-Schmidt, run twice over each row for full precision (Giraud et al. 2005);
 * its R has a positive diagonal by construction, and that decomposition is unique.
 * @param matrix row-major [rows, columns], rows <= columns, of full rank
 * @returns row-major [rows, columns] with orthonormal rows
 */
export function orthonormalRows(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const q = Float64Array.from(matrix);
  const row = (i: number): Float64Array => q.subarray(i * columns, (i + 1) * columns);
  for (let i = 0; i < rows; i++) {
    const current = row(i);
    for (let pass = 0; pass < 2; pass++)
      for (let j = 0; j < i; j++) addScaled(current, row(j), -dot(current, row(j)));
    const norm = Math.sqrt(dot(current, current));
    for (let c = 0; c < columns; c++) current[c]! /= norm;
  }
  return q;
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}

function addScaled(target: Float64Array, source: Float64Array, scale: number): void {
  for (let i = 0; i < target.length; i++) target[i]! += scale * source[i]!;
}
