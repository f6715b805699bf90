// What a trainer process is told and what it answers: plain data, sent with Node's advanced serialisation.
import type { BackendName, Epoch, RunSummary } from '../../shared/contract/schemas.ts';
import type { Recipe } from '../../shared/recipe/recipe.ts';
import type { ModelArtifacts } from './artifacts.ts';

/** One fold to train. */
export interface TrainJob {
  readonly recipe: Recipe;
  /** Number of labels. */
  readonly labels: number;
  /** [clips, frames, coefficients], row-major. */
  readonly features: Float32Array;
  /** Label index of every clip. */
  readonly targets: Int32Array;
  /** Positions of the fold's clips. */
  readonly train: Int32Array;
  readonly test: Int32Array;
  readonly seed: number;
  readonly fold: number;
  readonly epochs: number;
  readonly backend: BackendName;
}

export type ToTrainer = { readonly type: 'train'; readonly job: TrainJob } | { readonly type: 'cancel' };

/** How a step computes the network: reported with every result. */
export type StepPath = RunSummary['path'];

export interface BatchMessage {
  readonly type: 'batch';
  /** From 1, as is `batch`. */
  readonly epoch: number;
  readonly batch: number;
  readonly batches: number;
  /** Means over the clips of the epoch so far. */
  readonly loss: number;
  readonly accuracy: number;
}

export interface EpochMessage {
  readonly type: 'epoch';
  readonly epoch: Epoch;
  /** All weights at the end of the epoch, in the order of the model's artifacts. */
  readonly weights: Float32Array;
  /** [test clips, labels], in the order of the fold's test clips. */
  readonly probabilities: Float32Array;
  /** Tensors alive: equal after every epoch, or something leaks. */
  readonly tensors: number;
}

export type FromTrainer =
  | { readonly type: 'ready'; readonly path: StepPath; readonly model: ModelArtifacts }
  | BatchMessage
  | EpochMessage
  | { readonly type: 'end'; readonly cancelled: boolean }
  | { readonly type: 'failed'; readonly reason: string };
