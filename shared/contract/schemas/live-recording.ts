// The JSON beside a recording of the Live room: what a model said of it, which is an opinion and no label of the clip.
import { z } from 'zod';
import { countSchema, idSchema, isoTimeSchema, labelSchema, labelVersionSchema } from './common.ts';

const share = z.number().min(0).max(1);

/** What a run's models think of a stretch as a whole: the mean of their raw answers to its voiced windows. */
export const liveOpinionSchema = z.object({
  /** The best of `probabilities`, and its probability. */
  label: labelSchema,
  probability: share,
  /** In the order of the model's labels. */
  probabilities: z.array(share),
});
export type LiveOpinion = z.infer<typeof liveOpinionSchema>;

/** Raised when a field changes its meaning or goes; a new one alone is no reason. */
export const LIVE_RECORDING_VERSION = 1;

export const liveRecordingFileSchema = z.object({
  kind: z.literal('pathos-live-recording'),
  version: z.literal(LIVE_RECORDING_VERSION),
  recordedAt: isoTimeSchema,
  /** Of the WAV: its rate, and how many samples it has. */
  sampleRateHz: z.number().positive(),
  samples: countSchema,
  /** Nobody has confirmed it; null where no voice was heard. */
  unconfirmed: liveOpinionSchema.nullable(),
  model: z.object({
    runId: idSchema,
    recipe: z.string(),
    /** Of the labels that the run was trained on. */
    labelVersion: labelVersionSchema,
    labels: z.array(labelSchema),
    /** Which of the run's models answered, in words, and how many. */
    model: z.string(),
    asked: countSchema,
  }),
  /** In samples of the WAV, as are the windows' places. */
  windowSamples: idSchema,
  windows: z.array(
    z.object({
      startSample: countSchema,
      endSample: countSchema,
      voiced: z.boolean(),
      /** Null where nothing was asked because nobody spoke. */
      raw: z.array(share).nullable(),
      state: z.enum(['silence', 'unsure', 'answer']),
      answer: labelSchema.nullable(),
    }),
  ),
});
export type LiveRecordingFile = z.infer<typeof liveRecordingFileSchema>;
