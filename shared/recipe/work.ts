// How much work a recipe's network is.
import { inputShape } from './columns.ts';
import type { Recipe } from './recipe.ts';

/** Products that are added up for one answer: those of its matrices, all else is little beside them. */
export function multiplyAdds(
  { features, layers }: Pick<Recipe, 'features' | 'layers'>,
  labels: number,
): number {
  const { frames, coefficients } = inputShape(features);
  let [rows, width, sum] = [frames, coefficients, 0];
  for (const layer of layers) {
    if (layer.type === 'dropout') continue;
    if (layer.type === 'dense') {
      sum += rows * width * layer.units;
      width = layer.units;
      continue;
    }
    const directions = layer.bidirectional ? 2 : 1;
    sum += directions * rows * 4 * layer.units * (width + layer.units);
    width = directions * layer.units;
    if (!layer.returnSequences) rows = 1;
  }
  return sum + rows * width * labels;
}
