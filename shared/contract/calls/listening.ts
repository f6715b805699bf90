// Calls on listening tests and on human recall taken over from tables.
import { z } from 'zod';
import * as s from '../schemas.ts';
import { base, corpusRef } from './base.ts';

const testRef = z.strictObject({ testId: s.idSchema });

export const listeningCalls = {
  /** Newest first. */
  list: base.input(corpusRef).output(z.array(s.listeningTestSchema)),
  /** Draws the sample. BAD_INPUT where no clip fits. */
  create: base.input(s.createListeningTestSchema).output(s.listeningTestSchema),
  /** Where a rater stands: resumable at any time. */
  session: base.input(testRef.extend({ rater: s.raterSchema })).output(s.listeningSessionSchema),
  /** Appends an answer; the last one about a clip counts. On disk when answered. Labels are not touched. */
  answer: base
    .input(s.listeningAnswerSchema)
    .output(z.object({ answered: s.countSchema, clips: s.countSchema })),
  /** `raters` default: all. `runId`: a model to stand beside them. */
  result: base
    .input(testRef.extend({ raters: z.array(s.raterSchema).optional(), runId: s.idSchema.optional() }))
    .output(s.listeningResultSchema),
};

export const humanRecallCalls = {
  list: base.input(corpusRef).output(z.array(s.humanRecallSchema)),
  /**
   * Takes over hit rates of listeners from a table (CSV, TSV; any encoding; decimal points or commas; percent or
   * share): a row a recording. Columns are guessed where not named.
   */
  import: base
    .input(
      corpusRef.extend({
        table: z.file().max(20_000_000),
        fileColumn: z.string().min(1).optional(),
        recallColumn: z.string().min(1).optional(),
      }),
    )
    .output(s.humanRecallSchema),
  remove: base.input(z.strictObject({ humanRecallId: s.idSchema })).output(z.void()),
};
