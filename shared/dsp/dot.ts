// Sum of products.

/** Sum of weights[i] * values[offset + i]. */
export function dotRow(values: Float64Array, offset: number, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += values[offset + i]! * weights[i]!;
  return sum;
}
