// Calls that ask a run’s model.
import { z } from 'zod';
import * as s from '../schemas.ts';
import { base, runRef } from './base.ts';

export const predictCalls = {
  clip: base.input(runRef.extend({ clipId: s.idSchema })).output(s.predictionSchema),
  /** Any audio file: its bytes, at most 200 MB. */
  file: base.input(runRef.extend({ file: z.file().max(200_000_000) })).output(s.predictionSchema),
};
