// Calls that decide labels, take decisions back and tell what was decided. The rater comes with every call.
import { z } from 'zod';
import * as s from '../schemas.ts';
import { base, corpusRef } from './base.ts';

const clipIds = z.array(s.idSchema).min(1).max(100_000);
/** Who decides, and why. */
const decision = {
  rater: s.raterSchema,
  reason: z.string().trim().max(500).nullable().default(null),
};

export const labelsCalls = {
  /**
   * One decision over one or many clips of a corpus: one undo takes it back. On disk when answered.
   * CONFLICT where somebody else has decided since `saw`: nothing is changed, `data.conflicts` has their events.
   */
  set: base
    .input(
      z.strictObject({
        clipIds,
        saw: s.sawSchema,
        ...decision,
        blind: z.boolean().default(false),
        ...s.labelPatchSchema.shape,
      }),
    )
    .output(s.labelResultSchema),
  /** Takes back the rater's own last decision that stands, of labels or segments; redo brings it back. */
  undo: base.input(corpusRef.extend({ rater: s.raterSchema })).output(s.labelResultSchema),
  redo: base.input(corpusRef.extend({ rater: s.raterSchema })).output(s.labelResultSchema),
  /** Takes out one event, or its whole decision, of any rater. A decision of its own: it can be undone and reverted. */
  revert: base
    .input(
      z.strictObject({
        eventId: s.idSchema,
        scope: z.enum(['event', 'decision']).default('event'),
        ...decision,
      }),
    )
    .output(s.labelResultSchema),
  /**
   * Ends disagreements: the resolved label holds, whatever is decided later, until it is resolved anew, undone or
   * reverted. `majority` of the raters' own labels, `expert`: the rater's word now, or one rater's labels for all.
   */
  resolve: base
    .input(
      z.strictObject({
        clipIds,
        saw: s.sawSchema,
        ...decision,
        by: z.discriminatedUnion('method', [
          z.strictObject({ method: z.literal('majority') }),
          z.strictObject({ method: z.literal('expert'), label: s.labelSchema.nullable() }),
          z.strictObject({ method: z.literal('labels-of'), expert: s.raterSchema }),
        ]),
      }),
    )
    .output(s.resolveResultSchema),
  state: base.input(corpusRef.extend({ rater: s.raterSchema })).output(s.ledgerStateSchema),
  /** The whole corpus's ledger after an event, oldest first. */
  events: base
    .input(corpusRef.extend({ after: s.countSchema.default(0), limit: z.number().int().min(1).max(10_000) }))
    .output(z.array(s.ledgerEventSchema)),
};
