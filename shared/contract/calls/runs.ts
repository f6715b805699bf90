// Calls on runs.
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import * as s from '../schemas.ts';
import { base, runRef } from './base.ts';

export const runsCalls = {
  /** Newest first; those that were deleted and can be brought back only where they are asked for. */
  list: base
    .input(
      z.strictObject({ corpusId: s.idSchema.optional(), deleted: z.boolean().default(false) }).prefault({}),
    )
    .output(z.array(s.runSummarySchema)),
  start: base.input(s.startRunInputSchema).output(s.runSummarySchema),
  get: base.input(runRef).output(s.runDetailSchema),
  /** A snapshot, then what happens, until the run has ended; a pause does not end it. */
  watch: base.input(runRef).output(eventIterator(s.runEventSchema)),
  /** Stops at the batch and keeps what it needs to go on from there. */
  pause: base.input(runRef).output(s.runSummarySchema),
  /** Goes on with a paused run; trains again what a run that ended left unfinished. */
  resume: base.input(runRef).output(s.runSummarySchema),
  /** Stops now: finished folds are kept and scored, of the others the last finished epoch. */
  cancel: base.input(runRef).output(s.runSummarySchema),
  /** Stops now: the folds under way end with the epoch they would keep, and count; those not begun are left out. */
  stop: base.input(runRef).output(s.runSummarySchema),
  predictions: base.input(runRef).output(z.array(s.predictionRowSchema)),
  /** Which clips each fold used for what, and its own scores. */
  foldReports: base.input(runRef).output(z.array(s.foldReportSchema)),
  /** Curves of many runs at once, in the order asked for. */
  curves: base
    .input(z.strictObject({ runIds: z.array(s.idSchema).max(500) }))
    .output(z.array(s.runCurvesSchema)),
  change: base.input(runRef.extend({ changes: s.runChangesSchema })).output(s.runSummarySchema),
  /** Takes a run that is not under way out of the list; its files stay for a month, and `restore` brings it back. */
  remove: base.input(runRef).output(s.runSummarySchema),
  restore: base.input(runRef).output(s.runSummarySchema),
  compare: base.input(z.strictObject({ a: s.idSchema, b: s.idSchema })).output(s.comparisonSchema),
  card: base.input(runRef).output(s.protocolCardSchema),
  /** Starts what a card describes, on a corpus of this workspace. */
  rerun: base
    .input(
      z.strictObject({
        card: s.protocolCardSchema,
        corpusId: s.idSchema,
        /** Of a cross-corpus run. */
        testCorpusId: s.idSchema.optional(),
      }),
    )
    .output(s.runSummarySchema),
  /** Whether a run is what a card describes, and gave what it says. */
  matchCard: base.input(runRef.extend({ card: s.protocolCardSchema })).output(s.cardMatchSchema),
};
