// Calls on segments. Their edits are decisions of the ledger: labels.undo, labels.redo and labels.revert take them back.
import { z } from 'zod';
import * as s from '../schemas.ts';
import { base, clipRef, corpusRef } from './base.ts';

export const segmentsCalls = {
  /** A clip's segments by start. */
  list: base.input(clipRef).output(z.array(s.segmentSchema)),
  /** All segments of a corpus, by clip and start. */
  ofCorpus: base.input(corpusRef).output(z.array(s.segmentSchema)),
  /**
   * Edits of one corpus's segments as one decision: all of them, or none. CONFLICT as labels.set has it.
   * `createdSegmentIds`: one a create or split, in the order of the edits.
   */
  edit: base
    .input(
      z.strictObject({
        edits: z.array(s.segmentEditSchema).min(1).max(10_000),
        rater: s.raterSchema,
        reason: z.string().trim().max(500).nullable().default(null),
        blind: z.boolean().default(false),
      }),
    )
    .output(s.labelResultSchema.extend({ createdSegmentIds: z.array(s.idSchema) })),
};
