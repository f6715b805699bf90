// Parallel utterances: the same sentence said by several speakers in several emotions.
import { z } from 'zod';
import { clipSchema } from './clips.ts';
import { countSchema, labelSchema } from './common.ts';

export const parallelUtteranceSchema = z.object({
  utterance: z.string(),
  /** The sentence's words, where the corpus tells them. */
  text: z.string().nullable(),
  clips: countSchema,
  speakers: countSchema,
  /** Distinct labels it is said in, "unsure" and none left out. */
  labels: countSchema,
});
export type ParallelUtterance = z.infer<typeof parallelUtteranceSchema>;

/** Speakers and labels in order, and the utterance's clips; `speaker` null and `label` null have a place too. */
export const parallelGridSchema = z.object({
  utterance: z.string(),
  text: z.string().nullable(),
  speakers: z.array(z.string().nullable()),
  labels: z.array(labelSchema.nullable()),
  clips: z.array(clipSchema),
});
export type ParallelGrid = z.infer<typeof parallelGridSchema>;
