// Clips: rows, filters, orders, the cross-tab.
import { z } from 'zod';
import { confidenceSchema, idSchema, labelSchema, countSchema, sexSchema } from './common.ts';

export const clipSchema = z.object({
  clipId: idSchema,
  corpusId: idSchema,
  /** Relative to the corpus folder, with forward slashes. */
  path: z.string(),
  speaker: z.string().nullable(),
  sex: sexSchema,
  utterance: z.string().nullable(),
  /** The sentence's words, where the corpus tells them. */
  text: z.string().nullable(),
  take: z.string().nullable(),
  /** Current label, derived from the ledger. */
  label: labelSchema.nullable(),
  /** Label the corpus came with (file name, folder or table). */
  importedLabel: labelSchema.nullable(),
  /** Who set the current label; null while it is the imported one. */
  rater: z.string().nullable(),
  /** Second label and confidence (1-5) that came with the current label. */
  secondaryLabel: labelSchema.nullable(),
  confidence: confidenceSchema.nullable(),
  /** The current label is a resolution: later decisions stand beside it and do not change it. */
  resolved: z.boolean(),
  note: z.string().nullable(),
  /** A rater has flagged the recording as bad. */
  bad: z.boolean(),
  /** The last event of the ledger about this clip: what a decision names as seen. 0: there is none. */
  eventId: countSchema,
  durationSeconds: z.number().nonnegative(),
  sampleRateHz: z.number(),
  channels: countSchema,
  encoding: z.string(),
  /** Why the file could not be used; null for a good clip. */
  defect: z.string().nullable(),
});
export type Clip = z.infer<typeof clipSchema>;

export const clipFilterSchema = z.strictObject({
  labels: z.array(labelSchema).default([]),
  speakers: z.array(z.string()).default([]),
  sexes: z.array(z.enum(['female', 'male'])).default([]),
  /** Substring of path, utterance or text, without regard to case. */
  search: z.string().max(200).default(''),
  /** Show defective files instead of good clips. */
  defects: z.boolean().default(false),
  /** Only clips that a rater has decided (true) or not (false). */
  rated: z.boolean().optional(),
});
export type ClipFilter = z.input<typeof clipFilterSchema>;

export const clipSortSchema = z.strictObject({
  key: z.enum(['path', 'speaker', 'utterance', 'label', 'duration', 'rater']),
  descending: z.boolean().default(false),
});
export type ClipSort = z.input<typeof clipSortSchema>;

export const crosstabSchema = z.object({
  speakers: z.array(z.object({ speaker: z.string(), sex: sexSchema })),
  labels: z.array(labelSchema),
  /** counts[speaker][label] */
  counts: z.array(z.array(countSchema)),
});
export type Crosstab = z.infer<typeof crosstabSchema>;
