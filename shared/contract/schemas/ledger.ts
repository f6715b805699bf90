// Label decisions: events of the ledger and what a decision changed.
import { z } from 'zod';
import { clipSchema } from './clips.ts';
import { idSchema, labelSchema, countSchema, isoTimeSchema, labelVersionSchema } from './common.ts';

export const ledgerEventSchema = z.object({
  eventId: countSchema,
  clipId: idSchema,
  /** Label after this event. */
  label: labelSchema.nullable(),
  previousLabel: labelSchema.nullable(),
  /** import: what the corpus came with; label: a rater's decision; undo and redo: what they say. */
  kind: z.enum(['import', 'label', 'undo', 'redo']),
  rater: z.string().nullable(),
  at: isoTimeSchema,
  reason: z.string().nullable(),
  blind: z.boolean(),
  supersedes: countSchema.nullable(),
  undone: z.boolean(),
});
export type LedgerEvent = z.infer<typeof ledgerEventSchema>;

export const labelResultSchema = z.object({
  /** Clips whose label changed, as they are now. */
  clips: z.array(clipSchema),
  labelVersion: labelVersionSchema,
  /** When it was on disk. */
  savedAt: isoTimeSchema,
  canUndo: z.boolean(),
  canRedo: z.boolean(),
});
export type LabelResult = z.infer<typeof labelResultSchema>;
