// What a trainer process is told and what it answers: plain data, sent with Node's advanced serialisation.
import type { BackendName, Epoch, RunSummary } from '../../shared/contract/schemas.ts';
import type { FittedNormalisation } from '../../shared/dsp/normalise.ts';
import type { Recipe } from '../../shared/recipe/recipe.ts';
import type { ModelArtifacts } from './artifacts.ts';

/** One fold to train. */
export interface TrainJob {
  readonly recipe: Recipe;
  /** Number of labels. */
  readonly labels: number;
  /** [clips, frames, coefficients], row-major. */
  readonly features: Float32Array;
  /** By which the features were normalised: kept with the model. */
  readonly normalisation: FittedNormalisation | null;
  /** Label index of every clip. */
  readonly targets: Int32Array;
  /** Positions of the fold's clips. */
  readonly train: Int32Array;
  /** Those that an epoch is chosen on; empty where the recipe chooses none. */
  readonly validation: Int32Array;
  readonly test: Int32Array;
  readonly seed: number;
  readonly fold: number;
  readonly epochs: number;
  readonly backend: BackendName;
  /** Where it keeps what it needs to go on later; null: nowhere. */
  readonly checkpoint: { readonly file: string; readonly everySeconds: number } | null;
}

/** How long a trainer whose engine is gone may take to write down where it is. */
export const ORPHAN_GRACE_MS = 5000;

/**
 * How a fold is ended before its time: `pause` keeps what it needs to go on, `cancel` and `stop` leave the epoch that
 * is kept, which counts as finished after a stop.
 */
export type Interrupt = 'pause' | 'cancel' | 'stop';

export type ToTrainer =
  | { readonly type: 'train'; readonly job: TrainJob }
  | { readonly type: 'interrupt'; readonly how: Interrupt };

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

/** What a fold would end with now. */
export interface KeptEpoch {
  readonly epoch: number;
  /** All weights at its end, in the order of the model's artifacts. */
  readonly weights: Float32Array;
  /** [test clips, labels], in the order of the fold's test clips. */
  readonly probabilities: Float32Array;
}

export interface EpochMessage {
  readonly type: 'epoch';
  readonly epoch: Epoch;
  /** Where the fold keeps this epoch rather than the one before. */
  readonly kept: KeptEpoch | null;
  /** Tensors alive: equal after every epoch, or something leaks. */
  readonly tensors: number;
}

export type FromTrainer =
  | {
      readonly type: 'ready';
      readonly path: StepPath;
      /** What computes it, and why nothing faster does, in words. */
      readonly how: string;
      readonly model: ModelArtifacts;
    }
  /** Goes on from a checkpoint: with these epochs behind it. */
  | { readonly type: 'resumed'; readonly kept: KeptEpoch | null; readonly epochs: readonly Epoch[] }
  | BatchMessage
  | EpochMessage
  /** Its state could not be written: training goes on, but a crash costs more. */
  | { readonly type: 'unsaved'; readonly reason: string }
  | { readonly type: 'end'; readonly interrupt: Interrupt | null; readonly stoppedEarly: boolean }
  | { readonly type: 'failed'; readonly reason: string };
