// Calls on raters and on each one's own labels.
import { z } from 'zod';
import * as s from '../schemas.ts';
import { base, corpusRef } from './base.ts';

export const ratersCalls = {
  /** Raters of the workspace by name, with what they did in the corpus, where one is named. */
  list: base
    .input(z.strictObject({ corpusId: s.idSchema.optional() }).prefault({}))
    .output(z.array(s.raterSummarySchema)),
  /** Adds a rater before their first decision; nothing happens where they are there. */
  add: base.input(z.strictObject({ rater: s.raterSchema })).output(z.array(s.raterSummarySchema)),
  /** Every rater's own labels of some clips. */
  ofClips: base
    .input(z.strictObject({ clipIds: z.array(s.idSchema).max(10_000) }))
    .output(z.array(s.ownLabelSchema)),
  /** All labels of one rater in a corpus. */
  labels: base.input(corpusRef.extend({ rater: s.raterSchema })).output(z.array(s.ownLabelSchema)),
};
