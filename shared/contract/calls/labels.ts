// Calls that decide labels.
import { z } from 'zod';
import * as s from '../schemas.ts';
import { base, corpusRef } from './base.ts';

export const labelsCalls = {
  /** One decision over one or many clips: one undo takes it back. */
  set: base
    .input(
      z.strictObject({
        clipIds: z.array(s.idSchema).min(1).max(100_000),
        /** null: unsure, no label. */
        label: s.labelSchema.nullable(),
        reason: z.string().trim().max(500).nullable().default(null),
        blind: z.boolean().default(false),
      }),
    )
    .output(s.labelResultSchema),
  undo: base.input(corpusRef).output(s.labelResultSchema),
  redo: base.input(corpusRef).output(s.labelResultSchema),
  state: base
    .input(corpusRef)
    .output(z.object({ labelVersion: s.labelVersionSchema, canUndo: z.boolean(), canRedo: z.boolean() })),
};
