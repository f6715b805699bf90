// Calls of live recognition: a stream in, answers out, and what is kept.
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import * as s from '../schemas.ts';
import { base, soundFile } from './base.ts';

/**
 * Float32 samples of one channel in base64 (shared/contract/samples.ts), at most 60 s at 192 kHz. Not a file, of which there
 * would be fifty a second: the browsers keep each one in a process of their own, and old ones fall over them.
 */
const samples = z.string().max(64_000_000);

export const liveCalls = {
  /** Starts listening; the stream of answers ends with its AbortSignal. */
  start: base.input(s.startLiveInputSchema).output(eventIterator(s.liveEventSchema)),
  /** The next samples, full scale +-1. One push at a time: they are taken in their order. */
  push: base
    .input(
      s.liveSessionRef.extend({ /** Place of the first one in the stream. */ at: s.countSchema, samples }),
    )
    .output(z.void()),
  adjust: base.input(s.liveSessionRef.extend({ settings: s.liveSettingsSchema })).output(z.void()),
  /** Goes on with another model. */
  useModel: base.input(s.liveSessionRef.extend({ model: s.liveModelRefSchema })).output(s.liveModelSchema),
  /** What a stretch of quiet and one of neutral speech say of room and speaker. */
  calibrate: base
    .input(s.liveSessionRef.extend({ quiet: s.liveSpanSchema, speech: s.liveSpanSchema }))
    .output(s.liveCalibrationSchema),
  /** Keeps a stretch of the stream as a WAV in the workspace's corpus of recordings. */
  save: base.input(s.liveSessionRef.extend(s.liveSpanSchema.shape)).output(s.liveRecordingSchema),
  /** A file down the same path, every window of it. */
  file: base
    .input(
      s.liveModelRefSchema.extend({
        file: soundFile,
        settings: s.liveSettingsSchema.prefault({ ...s.LIVE_DEFAULTS }),
      }),
    )
    .output(s.liveFileSchema),
};
