// Runs, folds, curves and predictions.
import { z } from 'zod';
import { splitNameSchema, splitSpecSchema } from '../../protocol/split.ts';
import { recipeSchema } from '../../recipe/recipe.ts';
import {
  idSchema,
  labelSchema,
  countSchema,
  isoTimeSchema,
  intervalSchema,
  labelVersionSchema,
  sexSchema,
} from './common.ts';
import { backendSchema } from './engine.ts';
import { clipFeaturesSchema } from './features.ts';
import { scoresSchema } from './run-scores.ts';

export { splitNameSchema, splitSpecSchema } from '../../protocol/split.ts';
export type { SplitName, SplitSpec } from '../../protocol/split.ts';

/**
 * `paused` goes on from where it was, also after a restart: somebody paused it, the engine was closed, or it ended
 * under the run (`message` says which).
 */
export const runStateSchema = z.enum(['queued', 'running', 'paused', 'done', 'cancelled', 'failed']);
export type RunState = z.infer<typeof runStateSchema>;

/** How the LSTM was computed. */
export const pathSchema = z.enum(['stock', 'fused layer', 'fused step']);

export const startRunInputSchema = z.strictObject({
  corpusId: idSchema,
  /** Name of a preset, or a whole recipe. */
  recipe: z.union([z.string(), recipeSchema]).default('classic'),
  /** A split with its settings, or the name of one with the settings it has by default. */
  split: z.union([splitNameSchema.exclude(['cross-corpus']), splitSpecSchema]).default('loso'),
  seed: z.number().int().min(0).max(2_147_483_647).default(1),
  /** Trains and tests on clips flagged as bad recordings too, which are left out otherwise. */
  keepFlagged: z.boolean().default(false),
  /** Overrides the recipe's number of epochs. */
  epochs: z.number().int().positive().max(10_000).optional(),
  backend: backendSchema.optional(),
  /** Folds trained side by side at most; default: the processor's cores. */
  foldsInParallel: z.int().positive().max(256).optional(),
  /** Threads of one fold, where the backend has any; default: the cores that the folds leave. */
  threads: z.int().positive().max(256).optional(),
});
export type StartRunInput = z.input<typeof startRunInputSchema>;

export const epochSchema = z.object({
  /** From 1. */
  epoch: idSchema,
  loss: z.number(),
  accuracy: z.number(),
  /** On the fold's validation clips, or its test clips where it has none: `evaluatedOn` of the run says which. */
  heldOutLoss: z.number(),
  heldOutAccuracy: z.number(),
  seconds: z.number().nonnegative(),
});
export type Epoch = z.infer<typeof epochSchema>;

/** What a run's held-out curve is measured on: a recipe without validation speakers has test clips alone. */
export const evaluatedOnSchema = z.enum(['test', 'validation']);
export type EvaluatedOn = z.infer<typeof evaluatedOnSchema>;

export const foldStateSchema = z.enum(['waiting', 'running', 'paused', 'done', 'cancelled', 'failed']);
export const foldSchema = z.object({
  /** From 0. */
  index: countSchema,
  /** Of the test clips, never heard by the fold's model; empty where the split does not go by speaker. */
  heldOutSpeakers: z.array(z.string()),
  /** Set aside from training to choose an epoch on. */
  validationSpeakers: z.array(z.string()),
  trainClips: countSchema,
  validationClips: countSchema,
  testClips: countSchema,
  /** Clips kept out of training because one of the same content is tested or validated on. */
  duplicatesLeftOut: countSchema,
  state: foldStateSchema,
  epochs: z.array(epochSchema),
  /** The epoch whose weights stand behind the predictions; null before there are any. */
  keptEpoch: idSchema.nullable(),
  /** True where the fold ended before the recipe's number of epochs because nothing improved any more. */
  stoppedEarly: z.boolean(),
  accuracy: z.number().nullable(),
  uar: z.number().nullable(),
  error: z.string().nullable(),
});
export type Fold = z.infer<typeof foldSchema>;

/** Whether a fold has left a model: one that was cancelled has, where it kept an epoch. */
export function leftModel({ state, keptEpoch }: Pick<Fold, 'state' | 'keptEpoch'>): boolean {
  return state === 'done' || (state === 'cancelled' && keptEpoch !== null);
}

export const runNameSchema = z.string().trim().max(200);
export const runNotesSchema = z.string().max(20_000);
export const runTagsSchema = z.array(z.string().trim().min(1).max(64)).max(32);

export const runSummarySchema = z.object({
  runId: idSchema,
  /** As somebody called it; empty where nobody has. */
  name: runNameSchema,
  notes: runNotesSchema,
  tags: runTagsSchema,
  /** When it was deleted; null while it was not. */
  deletedAt: isoTimeSchema.nullable(),
  corpusId: idSchema,
  corpusName: z.string(),
  synthetic: z.boolean(),
  state: runStateSchema,
  recipe: z.string(),
  split: splitNameSchema,
  splitSpec: splitSpecSchema,
  seed: z.number().int(),
  epochs: idSchema,
  backend: backendSchema,
  path: pathSchema,
  foldsInParallel: idSchema,
  /** Of one fold. */
  threads: idSchema,
  labels: z.array(labelSchema),
  labelVersion: labelVersionSchema,
  /** Whether clips flagged as bad recordings were used as any other. */
  keepFlagged: z.boolean(),
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
  /** What it is doing before the first epoch, why it is paused or has failed, or what a cancel kept. */
  message: z.string().nullable(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

/**
 * What stands on both sides of the split: of `testClips` test clips, how many have in their fold's training clips one
 * of the same speaker, another take (the same speaker, sentence and label), or the same content.
 */
export const leakageSchema = z.object({
  testClips: countSchema,
  testSpeakers: countSchema,
  /** Test speakers that are trained on in the fold that tests them. */
  sharedSpeakers: countSchema,
  speakerClips: countSchema,
  takeClips: countSchema,
  duplicateClips: countSchema,
});
export type Leakage = z.infer<typeof leakageSchema>;

export const runDetailSchema = runSummarySchema.extend({
  recipeSpec: recipeSchema,
  /** What computes its network, and why nothing faster does; null until a trainer has said so. */
  how: z.string().nullable(),
  evaluatedOn: evaluatedOnSchema,
  /** One sentence: who was scored by whom, on how many clips, what it overstates. */
  protocol: z.string(),
  foldDetails: z.array(foldSchema),
  /** Over the test clips of all finished folds; null before there are any. */
  scores: scoresSchema.nullable(),
  leakage: leakageSchema,
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
  /** The run as a whole has moved on: began, is preparing, was paused or resumed. */
  z.object({ type: z.literal('run'), summary: runSummarySchema }),
]);
export type RunEvent = z.infer<typeof runEventSchema>;

/** Curves of a run alone, for many runs over one another. */
export const runCurvesSchema = z.object({
  runId: idSchema,
  evaluatedOn: evaluatedOnSchema,
  folds: z.array(z.object({ index: countSchema, epochs: z.array(epochSchema) })),
});
export type RunCurves = z.infer<typeof runCurvesSchema>;

/** What a fold used which clips for, by their paths and in their order, and how it scored its own test clips. */
export const foldReportSchema = z.object({
  fold: countSchema,
  train: z.array(z.string()),
  validation: z.array(z.string()),
  test: z.array(z.string()),
  scores: scoresSchema.nullable(),
});
export type FoldReport = z.infer<typeof foldReportSchema>;

/** What somebody calls a run and notes about it; what is not given stays. */
export const runChangesSchema = z.strictObject({
  name: runNameSchema.optional(),
  notes: runNotesSchema.optional(),
  tags: runTagsSchema.optional(),
});
export type RunChanges = z.infer<typeof runChangesSchema>;

export const predictionRowSchema = z.object({
  clipId: idSchema,
  /** Another one than the run's where it was tested on another. */
  corpusId: idSchema,
  path: z.string(),
  speaker: z.string().nullable(),
  sex: sexSchema,
  utterance: z.string().nullable(),
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
