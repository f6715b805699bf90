// Clips: rows, filters, orders, the cross-tab.
import { z } from 'zod';
import { confidenceSchema, idSchema, labelSchema, countSchema, sexSchema } from './common.ts';

/** What a model said of a recording when it was made: nobody has confirmed it, and it is no label. */
export const modelOpinionSchema = z.object({
  label: labelSchema,
  /** Of that label, 0..1. */
  probability: z.number().min(0).max(1),
  /** Of the model. */
  recipe: z.string().min(1).max(200),
});
export type ModelOpinion = z.infer<typeof modelOpinionSchema>;

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
  /** From the file beside it, where the Live room has written one. */
  opinion: modelOpinionSchema.nullable(),
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

/** What there is to look at in a clip: full scale for several samples, never loud, data that break off, a file twice. */
export const CLIP_FLAGS = ['clipped', 'silent', 'broken', 'duplicate'] as const;
export const clipFlagSchema = z.enum(CLIP_FLAGS);
export type ClipFlag = z.infer<typeof clipFlagSchema>;

/**
 * What raters have remarked: flagged as a bad recording, with a note, raters differ, a resolution stands, another label
 * than the corpus came with.
 */
export const CLIP_MARKS = ['bad', 'noted', 'disputed', 'resolved', 'relabelled'] as const;
export const clipMarkSchema = z.enum(CLIP_MARKS);
export type ClipMark = z.infer<typeof clipMarkSchema>;

export const clipFilterSchema = z.strictObject({
  /** null: clips without a label. */
  labels: z.array(labelSchema.nullable()).default([]),
  speakers: z.array(z.string()).default([]),
  sexes: z.array(z.enum(['female', 'male'])).default([]),
  /**
   * Substring of path, utterance or text, without regard to case. In a corpus of more than 50,000 clips one of fewer than
   * three characters is looked for where a speaker begins with it, else an utterance, else a file name.
   */
  search: z.string().max(200).default(''),
  /** Show defective files instead of good clips. */
  defects: z.boolean().default(false),
  /** Only clips that a rater has decided (true) or not (false). */
  rated: z.boolean().optional(),
  /** Clips with one of these. */
  flags: z.array(clipFlagSchema).default([]),
  /** Clips with one of these. */
  marks: z.array(clipMarkSchema).default([]),
});
export type ClipFilter = z.input<typeof clipFilterSchema>;

export const clipSortSchema = z.strictObject({
  key: z.enum(['path', 'speaker', 'utterance', 'label', 'duration', 'rater']),
  descending: z.boolean().default(false),
});
export type ClipSort = z.input<typeof clipSortSchema>;

export const crosstabSchema = z.object({
  speakers: z.array(z.object({ speaker: z.string(), sex: sexSchema })),
  /** null, last, where there are clips without a label. */
  labels: z.array(labelSchema.nullable()),
  /** counts[speaker][label] */
  counts: z.array(z.array(countSchema)),
});
export type Crosstab = z.infer<typeof crosstabSchema>;

/** What listening to a clip's data has told. Levels in dB of full scale, at least -120. */
export const clipCheckSchema = z.object({
  /** Null where its data were not listened to yet. */
  audio: z
    .object({
      peakDb: z.number(),
      /** Of the loudest 20 ms. */
      loudestDb: z.number(),
      clippedSamples: countSchema,
      /** Why the data could not be decoded to their end. */
      fault: z.string().nullable(),
    })
    .nullable(),
  /** Other good clips of the corpus with the same content, by path; at most ten. */
  duplicates: z.array(z.object({ clipId: idSchema, path: z.string(), label: labelSchema.nullable() })),
});
export type ClipCheck = z.infer<typeof clipCheckSchema>;
