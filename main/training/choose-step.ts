// Makes the step of a fold: the fastest way to compute its network, and why it is not a faster one.
import { inputShape } from '../../shared/recipe/columns.ts';
import type { ModelArtifacts } from './artifacts.ts';
import { grantedThreads, loadBackend } from './backend.ts';
import { foldStream } from './batches.ts';
import { balancedWeights } from './class-weights.ts';
import { FusedAdam } from './kernel/fused-adam.ts';
import { useFusedLstm, useStockLstm } from './kernel/fused-layer.ts';
import { createFusedStep } from './kernel/fused-step.ts';
import { bestBuild, threadWords, type KernelBuild } from './kernel/kernel.ts';
import { buildModel, describeModel } from './model.ts';
import type { StepPath, TrainJob } from './protocol.ts';
import { createStockStep, type TrainingData, type TrainingStep } from './step.ts';
import { initialWeights } from './weights.ts';

/** What a step is made from. */
export type StepJob = Omit<TrainJob, 'validation' | 'test' | 'epochs' | 'normalisation' | 'checkpoint'>;

export interface StepChoice {
  /** Default: the fastest that the job's backend and network allow. */
  readonly path?: StepPath;
  /** Default: the fastest build that runs here. */
  readonly build?: KernelBuild;
  /** Default: as many as the process was given. */
  readonly threads?: number;
}

/** A step, and what the files of its model say beside the weights. */
export interface MadeStep {
  readonly step: TrainingStep;
  readonly model: ModelArtifacts;
}

/**
 * Loads the job's backend and makes the step of its fold, at the initial weights of its seed. On `wasm` the whole
 * step is the kernel's; on `tensorflow` the LSTM layers and Adam are, and TensorFlow computes the rest.
 * @throws UserError UNAVAILABLE where the backend is not there
 */
export async function createStep(job: StepJob, choice: StepChoice = {}): Promise<MadeStep> {
  await loadBackend(job.backend);
  const path = choice.path ?? (job.backend === 'tensorflow' ? 'fused layer' : 'fused step');
  const threads = choice.threads ?? grantedThreads();
  // The kernel's loss knows no weights.
  if (path === 'fused step' && weighsLabels(job.recipe))
    return tfjsStep(job, 'fused layer', 'no fused step: labels are weighed', threads);
  if (path !== 'fused step') return tfjsStep(job, path, 'TensorFlow.js computes the rest', threads);
  try {
    return kernelStep(job, choice.build ?? bestBuild(), threads);
  } catch (error) {
    // A network too large for the kernel's memory.
    if (choice.path || !(error instanceof RangeError)) throw error;
    return tfjsStep(job, 'fused layer', `no fused step: ${error.message}`, threads);
  }
}

function modelOf({ recipe, labels, seed, fold }: StepJob): {
  model: ReturnType<typeof buildModel>;
  weights: Float32Array;
} {
  const weights = initialWeights(recipe, labels, seed, foldStream(fold));
  const model = buildModel(recipe, labels, weights);
  return { model, weights: Float32Array.from(weights.flatMap(({ values }) => [...values])) };
}

function dataOf({ recipe, features, targets, train, labels }: StepJob): TrainingData {
  const { frames, coefficients } = inputShape(recipe.features);
  return {
    features,
    shape: [targets.length, frames, coefficients],
    targets,
    ...(weighsLabels(recipe) && { labelWeights: balancedWeights(targets, train, labels) }),
  };
}

const weighsLabels = (recipe: StepJob['recipe']): boolean => recipe.training.classWeights === 'balanced';

function kernelStep(job: StepJob, build: KernelBuild, threads: number): MadeStep {
  // tfjs says what the model's files hold; its tensors are not needed beyond that.
  const { model, weights } = modelOf(job);
  const description = describeModel(model);
  model.dispose();
  const { recipe, labels, seed, fold } = job;
  const { layers, training } = recipe;
  const data = dataOf(job);
  const step = createFusedStep({ layers, training, labels, data, weights, threads, build, seed, fold });
  return { step, model: description };
}

function tfjsStep(job: StepJob, path: 'stock' | 'fused layer', why: string, threads: number): MadeStep {
  const fused = path === 'fused layer';
  if (fused) useFusedLstm(threads);
  else useStockLstm();
  const { model } = modelOf(job);
  const { recipe, seed, fold } = job;
  const step = createStockStep(model, recipe.training, dataOf(job), {
    path,
    foldSeed: { seed, fold },
    ...(fused && {
      how: `LSTM layers and Adam in WebAssembly, ${bestBuild()}, ${threadWords(threads)}; ${why}`,
      createOptimiser: (variables, training) => new FusedAdam(variables, training),
    }),
  });
  return { step, model: describeModel(model) };
}
