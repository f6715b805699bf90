// Calls that ask a run’s model.
import { z } from 'zod';
import * as s from '../schemas.ts';
import { base, runRef, soundFile } from './base.ts';

const ofClip = runRef.extend({ clipId: s.idSchema });
const ofFile = runRef.extend({ file: soundFile });
/** Between the beginnings of two windows; a long sound has fewer, further apart. */
const hop = { hopSeconds: z.number().min(0.02).max(10).optional() };

export const predictCalls = {
  clip: base.input(ofClip).output(s.predictionSchema),
  file: base.input(ofFile).output(s.predictionSchema),
  /** Sliding windows, each cut out and heard as a clip of its own through the run's recipe. */
  clipOverTime: base.input(ofClip.extend(hop)).output(s.overTimeSchema),
  fileOverTime: base.input(ofFile.extend(hop)).output(s.overTimeSchema),
};
