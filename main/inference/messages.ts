// What the predictor process is asked and what it answers.
import type { BackendName } from '../../shared/contract/schemas.ts';

export interface PredictRequest {
  readonly id: number;
  readonly backend: BackendName;
  /** Model folders; the answer is the mean over them. */
  readonly folders: readonly string[];
  /** One clip or several, [clips, frames, coefficients], each fitted to the network's input. */
  readonly features: Float32Array;
  readonly frames: number;
  readonly coefficients: number;
}

export type PredictAnswer = { readonly id: number } & (
  | { /** [clips, labels]. */ readonly probabilities: Float32Array }
  | { readonly error: string; /** The file it is about. */ readonly path: string | null }
);
