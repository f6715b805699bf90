// A run's network answered one clip at a time by the training kernel: for one clip a tensor library's calls cost more than its sums.
import { inputShape } from '../../shared/recipe/columns.ts';
import { recipeSchema } from '../../shared/recipe/recipe.ts';
import type { ModelCard } from '../training/artifacts.ts';
import { putIn } from '../training/kernel/fused-step.ts';
import { Kernel } from '../training/kernel/kernel.ts';
import { KernelNetwork } from '../training/kernel/network.ts';
import { TapeSpace } from '../training/kernel/tape.ts';

/** From features [frames, coefficients] to probabilities. Its result is overwritten by the next answer. */
export type DirectNetwork = (features: Float32Array) => Float32Array;

const FIRST_CLIP = Int32Array.of(0);

/**
 * The network of a recipe, in float32; within 1e-5 of what tfjs answers. Nothing is allocated for an answer but views.
 * @param values all weights as one vector, in the order of the model's file
 * @returns null where the kernel cannot hold it, or the weights are of another network
 */
export function directNetwork(
  card: Pick<ModelCard, 'recipe' | 'labels'>,
  values: Float32Array,
): DirectNetwork | null {
  const { features: spec, layers } = recipeSchema.parse(card.recipe);
  const { frames: steps, coefficients: columns } = inputShape(spec);
  const labels = card.labels.length;
  const shape = { layers, steps, columns, labels };
  try {
    const kernel = new Kernel();
    const network = new KernelNetwork(kernel, shape, 1);
    const { layout, vectors, groups } = network;
    const [group] = groups;
    layout.scatter(values, kernel.floats(vectors.weights, layout.length));
    const tape = new TapeSpace(kernel).keep((it) => network.write(it, group, 1, 1, false));
    const probabilities = kernel.floats(group.probabilities, labels);
    return (features) => {
      // Any target will do: the loss beside the probabilities is not read.
      putIn(kernel, group, FIRST_CLIP, { features, shape: [1, steps, columns], targets: FIRST_CLIP });
      kernel.run(tape);
      return probabilities as Float32Array;
    };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
