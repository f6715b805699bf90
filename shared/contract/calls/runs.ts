// Calls on runs.
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import * as s from '../schemas.ts';
import { base, runRef } from './base.ts';

export const runsCalls = {
  list: base
    .input(z.strictObject({ corpusId: s.idSchema.optional() }).prefault({}))
    .output(z.array(s.runSummarySchema)),
  start: base.input(s.startRunInputSchema).output(s.runSummarySchema),
  get: base.input(runRef).output(s.runDetailSchema),
  /** A snapshot, then what happens, until the run has ended. */
  watch: base.input(runRef).output(eventIterator(s.runEventSchema)),
  cancel: base.input(runRef).output(s.runSummarySchema),
  predictions: base.input(runRef).output(z.array(s.predictionRowSchema)),
};
