// Named snapshots of a corpus's labels.
import { z } from 'zod';
import { countSchema, idSchema, isoTimeSchema, labelSchema, labelVersionSchema } from './common.ts';

export const namedVersionSchema = z.object({
  namedVersionId: idSchema,
  corpusId: idSchema,
  name: z.string(),
  note: z.string().nullable(),
  rater: z.string(),
  at: isoTimeSchema,
  /** As a run names it: runs with this hash were trained on these labels. */
  labelVersion: labelVersionSchema,
  clips: countSchema,
  runIds: z.array(idSchema),
  /** The corpus's labels are these now. */
  current: z.boolean(),
});
export type NamedVersion = z.infer<typeof namedVersionSchema>;

export const versionComparisonSchema = z.object({
  /** Clips whose label differs. */
  changed: countSchema,
  unchanged: countSchema,
  /** How often which label became which, most frequent first. null: no label. */
  moves: z.array(
    z.object({ before: labelSchema.nullable(), after: labelSchema.nullable(), clips: countSchema }),
  ),
  /** The clips, by path, at most as many as asked for. */
  clips: z.array(
    z.object({
      clipId: idSchema,
      path: z.string(),
      before: labelSchema.nullable(),
      after: labelSchema.nullable(),
    }),
  ),
});
export type VersionComparison = z.infer<typeof versionComparisonSchema>;
