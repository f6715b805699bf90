// Makes the step of a fold: the fastest way to compute its network that knows all of its layers.
import { inputShape } from '../../shared/recipe/columns.ts';
import type { ModelArtifacts } from './artifacts.ts';
import { loadBackend } from './backend.ts';
import { foldStream } from './batches.ts';
import { balancedWeights } from './class-weights.ts';
import { buildModel, describeModel } from './model.ts';
import type { TrainJob } from './protocol.ts';
import { createStockStep, type TrainingStep } from './step.ts';
import { initialWeights } from './weights.ts';

/**
 * Loads the job's backend and makes the step of its fold, at the initial weights of its seed.
 * @returns the step, and what the files of its model say beside the weights
 * @throws UserError UNAVAILABLE where the backend is not there
 */
export async function createStep(
  job: Omit<TrainJob, 'validation' | 'test' | 'epochs' | 'checkpoint'>,
): Promise<{ step: TrainingStep; model: ModelArtifacts }> {
  await loadBackend(job.backend);
  const { recipe, labels, seed, fold } = job;
  const { frames, coefficients } = inputShape(recipe.features);
  const model = buildModel(recipe, labels, initialWeights(recipe, labels, seed, foldStream(fold)));
  const step = createStockStep(model, recipe.training, {
    features: job.features,
    shape: [job.targets.length, frames, coefficients],
    targets: job.targets,
    ...(recipe.training.classWeights === 'balanced' && {
      labelWeights: balancedWeights(job.targets, job.train, labels),
    }),
  });
  return { step, model: describeModel(model) };
}
