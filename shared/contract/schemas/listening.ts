// Listening tests: a blind sample, its answers, what they come to; and human recall taken over from a table.
import { z } from 'zod';
import { clipFilterSchema } from './clips.ts';
import {
  confidenceSchema,
  countSchema,
  idSchema,
  intervalSchema,
  isoTimeSchema,
  labelSchema,
  raterSchema,
} from './common.ts';

const shareSchema = z.number().min(0).max(1).nullable();

export const createListeningTestSchema = z.strictObject({
  corpusId: idSchema,
  name: z.string().trim().min(1).max(80),
  filter: clipFilterSchema.prefault({}),
  /** Answers to choose from, and labels that are drawn; default: all labels that the corpus has. */
  labels: z.array(labelSchema).min(2).max(64).optional(),
  /** Clips to draw; fewer are drawn where there are fewer. */
  clips: z.number().int().min(1).max(5000),
  /** As equal a number as can be of every label, and for each label of every speaker; none: any clip as likely as another. */
  stratifyBy: z.enum(['label', 'speaker-label', 'none']).default('speaker-label'),
  /** What counts as right: the label the corpus came with (what the actor meant), or the current one. */
  truth: z.enum(['imported', 'current']).default('imported'),
  seed: z.number().int().nonnegative().max(0xffffffff),
});
export type CreateListeningTest = z.input<typeof createListeningTestSchema>;

export const listeningTestSchema = z.object({
  testId: idSchema,
  corpusId: idSchema,
  name: z.string(),
  labels: z.array(labelSchema),
  clips: countSchema,
  stratifyBy: z.enum(['label', 'speaker-label', 'none']),
  truth: z.enum(['imported', 'current']),
  seed: countSchema,
  createdAt: isoTimeSchema,
  /** Who has answered, and how much. */
  raters: z.array(z.object({ rater: z.string(), answered: countSchema })),
});
export type ListeningTest = z.infer<typeof listeningTestSchema>;

/** One rater's way through a test: nothing here tells the label. */
export const listeningSessionSchema = z.object({
  test: listeningTestSchema,
  /** In this rater's own seeded order. `label` null with `answered`: unsure. */
  items: z.array(
    z.object({
      clipId: idSchema,
      durationSeconds: z.number(),
      answered: z.boolean(),
      label: labelSchema.nullable(),
    }),
  ),
  answered: countSchema,
  /** Index of the first item without an answer; null: done. */
  next: countSchema.nullable(),
});
export type ListeningSession = z.infer<typeof listeningSessionSchema>;

export const listeningAnswerSchema = z.strictObject({
  testId: idSchema,
  rater: raterSchema,
  clipId: idSchema,
  /** One of the test's labels; null: unsure, which counts as not recognised. */
  label: labelSchema.nullable(),
  confidence: confidenceSchema.nullable().default(null),
  /** How often the clip was played, and how long the answer took from its first play. */
  plays: countSchema.nullable().default(null),
  seconds: z.number().nonnegative().nullable().default(null),
});

/** Scores of answers beside labels: of people, or of a model on the same clips. */
export const scoreSchema = z.object({
  answers: countSchema,
  /** Rows: labels; columns: answers. */
  confusion: z.array(z.array(countSchema)),
  /** Answers "unsure" (or a label outside the test's), a number a label. */
  unsure: z.array(countSchema),
  recallByLabel: z.array(shareSchema),
  accuracy: shareSchema,
  accuracyInterval: intervalSchema,
  uar: shareSchema,
  /** 95 %, speakers drawn with replacement; null with fewer than three speakers. */
  uarInterval: intervalSchema,
});
export type Score = z.infer<typeof scoreSchema>;

export const listeningResultSchema = z.object({
  test: listeningTestSchema,
  labels: z.array(labelSchema),
  /** All raters asked for, pooled, and each of them. */
  pooled: scoreSchema,
  byRater: z.array(scoreSchema.extend({ rater: z.string() })),
  /** The model of a run on those answered clips that it was tested on; null where no run was named. */
  model: scoreSchema.extend({ runId: idSchema }).nullable(),
});
export type ListeningResult = z.infer<typeof listeningResultSchema>;

export const humanRecallSchema = z.object({
  humanRecallId: idSchema,
  corpusId: idSchema,
  name: z.string(),
  importedAt: isoTimeSchema,
  /** Rows of the table, and clips of the corpus that they name. */
  rows: countSchema,
  clips: countSchema,
  /** By the label the corpus came with: the mean hit rate of its clips. */
  byLabel: z.array(z.object({ label: labelSchema, clips: countSchema, recall: z.number().min(0).max(1) })),
  uar: z.number().min(0).max(1),
  uarInterval: intervalSchema,
  /** The corpus keeps only part of the table's recordings, those that were recognised: no more than this. */
  upperBound: z.boolean(),
  /** What this number is and is not, in one or two sentences. */
  caveat: z.string(),
});
export type HumanRecall = z.infer<typeof humanRecallSchema>;
