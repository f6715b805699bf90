// Calls on agreement between raters.
import { z } from 'zod';
import * as s from '../schemas.ts';
import { base, corpusRef } from './base.ts';

const about = corpusRef.extend({
  /** Default: all who have rated a clip of the corpus. */
  raters: z.array(s.raterSchema).max(100).optional(),
  filter: s.clipFilterSchema.prefault({}),
});

export const agreementCalls = {
  report: base
    .input(
      about.extend({
        /** Take the labels that the corpus came with as one more rater. */
        corpusLabels: z.boolean().default(false),
        /** Only decisions made blind. */
        blindOnly: z.boolean().default(false),
      }),
    )
    .output(s.agreementSchema),
  /** Clips that raters label differently and nobody has resolved, the most divided first. */
  disagreements: base
    .input(about.extend({ offset: s.countSchema.default(0), limit: z.number().int().min(1).max(1000) }))
    .output(z.object({ total: s.countSchema, rows: z.array(s.disagreementSchema) })),
};
