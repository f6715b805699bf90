// What a recipe costs before it is trained: parameters, and the work of one clip beside the classic recipe's.
import { inputShape } from './columns.ts';
import { CLASSIC_RECIPE, type Recipe } from './recipe.ts';

export interface RecipeCost {
  /** Shape of the network's input. */
  readonly frames: number;
  readonly columns: number;
  /** Weights that are learnt, the softmax over `labels` included. */
  readonly parameters: number;
  /** Multiplications of one forward pass over one clip. */
  readonly multiplications: number;
}

/** A recipe that no network can be built of, with the reason in words. */
export class UntrainableError extends Error {}

/**
 * Counts by the layers' own definitions: an LSTM of U units on C columns has 4 U (C + U + 1) weights (Keras: LSTM),
 * a dense layer U (C + 1).
 * @throws UntrainableError where the layers do not fit together or the input has no fixed length
 */
export function recipeCost(recipe: Recipe, labels: number): RecipeCost {
  if (recipe.features.frames === null)
    throw new UntrainableError('A network needs a fixed number of frames: set how many it sees.');
  const { frames, coefficients } = inputShape(recipe.features);
  let parameters = 0;
  let multiplications = 0;
  let columns = coefficients;
  /** True while there is a vector a frame, not one a clip. */
  let sequence = true;
  recipe.layers.forEach((layer, i) => {
    if (layer.type === 'dropout') return;
    const steps = sequence ? frames : 1;
    if (layer.type === 'dense') {
      parameters += layer.units * (columns + 1);
      multiplications += steps * layer.units * columns;
      columns = layer.units;
      return;
    }
    if (!sequence)
      throw new UntrainableError(
        `Layer ${i + 1} is an LSTM, and what comes before it gives one vector a clip: the LSTM layer before must hand on all frames.`,
      );
    const ways = layer.bidirectional ? 2 : 1;
    parameters += ways * 4 * layer.units * (columns + layer.units + 1);
    multiplications += ways * steps * 4 * layer.units * (columns + layer.units);
    columns = ways * layer.units;
    sequence = layer.returnSequences;
  });
  if (sequence)
    throw new UntrainableError('The last LSTM layer must give one vector a clip, not one a frame.');
  parameters += labels * (columns + 1);
  multiplications += labels * columns;
  return { frames, columns: coefficients, parameters, multiplications };
}

/** Work of an epoch beside the classic recipe's, as a factor: by multiplications alone, so a first guess. */
export function timesClassic(recipe: Recipe, labels: number): number {
  return recipeCost(recipe, labels).multiplications / recipeCost(CLASSIC_RECIPE, labels).multiplications;
}
