// Adam's learning rate, rounded as Keras rounds it: the same for every way to compute the step.
import type { TrainingSpec } from '../../shared/recipe/recipe.ts';

/**
 * Learning rate with both bias corrections at a step (from 1), rounded to float32 where Keras rounds: in the first
 * steps 1 - beta2 has few digits left there, which moves the rate by some 1e-5 and the losses after it.
 */
export function correctedRate({ learningRate, beta1, beta2 }: TrainingSpec, step: number): number {
  const { fround } = Math;
  const power1 = fround(fround(beta1) ** step);
  const power2 = fround(fround(beta2) ** step);
  return fround(fround(fround(learningRate) * fround(Math.sqrt(fround(1 - power2)))) / fround(1 - power1));
}
