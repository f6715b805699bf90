// Runs, folds, curves and predictions.
import { z } from 'zod';
import { recipeSchema } from '../../recipe/recipe.ts';
import {
  idSchema,
  labelSchema,
  countSchema,
  isoTimeSchema,
  intervalSchema,
  labelVersionSchema,
} from './common.ts';
import { backendSchema } from './engine.ts';
import { clipFeaturesSchema } from './features.ts';

export const splitSchema = z.enum(['loso', 'random']);
export type SplitName = z.infer<typeof splitSchema>;
export const runStateSchema = z.enum(['queued', 'running', 'done', 'cancelled', 'failed']);
export type RunState = z.infer<typeof runStateSchema>;

export const startRunInputSchema = z.strictObject({
  corpusId: idSchema,
  /** Name of a preset. */
  recipe: z.string().default('classic'),
  split: splitSchema.default('loso'),
  seed: z.number().int().min(0).max(2_147_483_647).default(1),
  /** Overrides the recipe's number of epochs. */
  epochs: z.number().int().positive().max(10_000).optional(),
  backend: backendSchema.optional(),
});
export type StartRunInput = z.input<typeof startRunInputSchema>;

export const epochSchema = z.object({
  /** From 1. */
  epoch: idSchema,
  loss: z.number(),
  accuracy: z.number(),
  /** On the fold's held-out clips: `evaluatedOn` of the run says what they are. */
  heldOutLoss: z.number(),
  heldOutAccuracy: z.number(),
  seconds: z.number().nonnegative(),
});
export type Epoch = z.infer<typeof epochSchema>;

export const foldStateSchema = z.enum(['waiting', 'running', 'done', 'cancelled', 'failed']);
export const foldSchema = z.object({
  /** From 0. */
  index: countSchema,
  heldOutSpeakers: z.array(z.string()),
  trainClips: countSchema,
  testClips: countSchema,
  state: foldStateSchema,
  epochs: z.array(epochSchema),
  accuracy: z.number().nullable(),
  uar: z.number().nullable(),
  error: z.string().nullable(),
});
export type Fold = z.infer<typeof foldSchema>;

export const runSummarySchema = z.object({
  runId: idSchema,
  corpusId: idSchema,
  corpusName: z.string(),
  synthetic: z.boolean(),
  state: runStateSchema,
  recipe: z.string(),
  split: splitSchema,
  seed: z.number().int(),
  epochs: idSchema,
  backend: backendSchema,
  /** How the LSTM was computed. */
  path: z.enum(['stock', 'fused layer', 'fused step']),
  labels: z.array(labelSchema),
  labelVersion: labelVersionSchema,
  folds: countSchema,
  foldsDone: countSchema,
  /** Epochs finished over all folds. */
  epochsDone: countSchema,
  etaSeconds: z.number().nonnegative().nullable(),
  createdAt: isoTimeSchema,
  seconds: z.number().nonnegative(),
  secondsPerEpoch: z.number().nonnegative().nullable(),
  accuracy: z.number().nullable(),
  accuracyInterval: intervalSchema,
  uar: z.number().nullable(),
  uarInterval: intervalSchema,
  /** Why the run or a fold failed, or what a cancel kept. */
  message: z.string().nullable(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

export const runDetailSchema = runSummarySchema.extend({
  recipeSpec: recipeSchema,
  /** What the held-out curve is measured on: the classic recipe has no validation clips. */
  evaluatedOn: z.enum(['test', 'validation']),
  /** One sentence: who was scored by whom, on how many clips, what it overstates. */
  protocol: z.string(),
  foldDetails: z.array(foldSchema),
  /** confusion[label][predicted], counts, over the test clips of all finished folds; null before there are any. */
  confusion: z.array(z.array(countSchema)).nullable(),
  recallByLabel: z.array(z.number().nullable()),
  recallBySpeaker: z.array(
    z.object({
      speaker: z.string(),
      clips: countSchema,
      uar: z.number().nullable(),
      recall: z.array(z.number().nullable()),
    }),
  ),
  /** What stands on both sides of the split. */
  leakage: z.object({ sharedSpeakers: countSchema, testSpeakers: countSchema }),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

export const runEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), run: runDetailSchema }),
  z.object({
    type: z.literal('batch'),
    fold: countSchema,
    epoch: idSchema,
    batch: idSchema,
    batches: idSchema,
    /** Means over the epoch so far. */
    loss: z.number(),
    accuracy: z.number(),
  }),
  z.object({ type: z.literal('epoch'), fold: countSchema, epoch: epochSchema, summary: runSummarySchema }),
  z.object({ type: z.literal('fold'), fold: foldSchema, summary: runSummarySchema }),
]);
export type RunEvent = z.infer<typeof runEventSchema>;

export const predictionRowSchema = z.object({
  clipId: idSchema,
  path: z.string(),
  speaker: z.string().nullable(),
  label: labelSchema,
  predicted: labelSchema,
  probabilities: z.array(z.number()),
  fold: countSchema,
});
export type PredictionRow = z.infer<typeof predictionRowSchema>;

export const predictionSchema = z.object({
  runId: idSchema,
  /** File name as given. */
  name: z.string(),
  label: labelSchema,
  labels: z.array(labelSchema),
  /** In the order of `labels`; sums to 1. */
  probabilities: z.array(z.number()),
  /** Which of the run's models answered, in words. */
  model: z.string(),
  features: clipFeaturesSchema,
});
export type Prediction = z.infer<typeof predictionSchema>;
