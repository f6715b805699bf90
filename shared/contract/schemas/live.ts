// Live recognition: what a stream is started with, what it tells, what is kept of it.
import { z } from 'zod';
import { countSchema, idSchema, labelSchema, labelVersionSchema } from './common.ts';
import { liveOpinionSchema } from './live-recording.ts';

/** Widest matrix whose columns are told one by one. */
const MOST_COLUMNS = 20_000;

/** Statistics of a recipe's columns over a voice that was calibrated, for recipes that normalise over a speaker. */
export const liveSpeakerSchema = z.object({
  names: z.array(z.string()).max(MOST_COLUMNS),
  mean: z.array(z.number()).max(MOST_COLUMNS),
  deviation: z.array(z.number()).max(MOST_COLUMNS),
});
export type LiveSpeaker = z.infer<typeof liveSpeakerSchema>;

/** How the answer is made of the raw probabilities. */
export const liveSettingsSchema = z.strictObject({
  /** Below this level nothing is a voice, in dB of full scale. */
  gateDbfs: z.number().min(-100).max(0),
  /** The answer is "unsure" where the best smoothed probability is below; null: as the run's held-out clips say. */
  unsureBelow: z.number().min(0).max(1).nullable(),
  /** Another answer must lead for so long before it is given. */
  holdSeconds: z.number().min(0).max(5),
  /** Who was calibrated; null: a speaker that nobody measured. */
  speaker: liveSpeakerSchema.nullable(),
});
export type LiveSettings = z.infer<typeof liveSettingsSchema>;

/** Until somebody calibrates or moves a slider. */
export const LIVE_DEFAULTS: LiveSettings = {
  gateDbfs: -50,
  unsureBelow: null,
  holdSeconds: 0.4,
  speaker: null,
};

/** Which of a run's models listen: the mean of all folds, as prediction of a file takes it; the first; or one. */
export const liveFoldsSchema = z.union([z.literal('all'), z.literal('first'), countSchema]).nullable();
/** `null`: all where they answer in time, else the first. */
export type LiveFolds = z.infer<typeof liveFoldsSchema>;

export const liveModelRefSchema = z.strictObject({ runId: idSchema, folds: liveFoldsSchema.default(null) });
export type LiveModelRef = z.infer<typeof liveModelRefSchema>;

/** From which held-out predictions a threshold came, and what it costs. */
export const unsureThresholdSchema = z.object({
  value: z.number().min(0).max(1),
  /** Held-out clips it was taken from; below 20 the value is a guess. */
  clips: countSchema,
  /** Share of these clips that would get an answer. */
  answered: z.number().min(0).max(1),
  /** Share of the answered clips that are right; null where none is answered. */
  right: z.number().min(0).max(1).nullable(),
});
export type UnsureThreshold = z.infer<typeof unsureThresholdSchema>;

export const liveModelSchema = z.object({
  runId: idSchema,
  recipe: z.string(),
  labels: z.array(labelSchema),
  /** Of the labels that the run was trained on. */
  labelVersion: labelVersionSchema,
  /** Which of the run's models answers, in words. */
  model: z.string(),
  /** Finished folds with a model, and how many of these answer. */
  folds: countSchema,
  asked: countSchema,
  /** Rate that the recipe hears at. */
  recipeRateHz: z.number(),
  windowSeconds: z.number(),
  hopSeconds: z.number(),
  /** The same in samples of the device; windows end at multiples of the hop. */
  windowSamples: idSchema,
  hopSamples: idSchema,
  threshold: unsureThresholdSchema,
});
export type LiveModel = z.infer<typeof liveModelSchema>;

const share = z.number().min(0).max(1);

/** What is said of one window. */
export const liveWindowSchema = z.object({
  /** The window is the device's samples [startSample, endSample), counted from the start of the stream. */
  startSample: countSchema,
  endSample: countSchema,
  /** Share of the window in which a voice was heard. */
  speech: share,
  /** Whether the gate is open: nothing is guessed where it is not. */
  voiced: z.boolean(),
  /** The network's own answer to the window, in the order of the labels; null where the gate is closed. */
  raw: z.array(z.number()).nullable(),
  smoothed: z.array(z.number()).nullable(),
  state: z.enum(['silence', 'unsure', 'answer']),
  /** The label, where the state is `answer`. */
  answer: labelSchema.nullable(),
  heldSeconds: z.number().nonnegative(),
  /** Over the hop, in dB of full scale. */
  levelDbfs: z.number(),
  /** By the extractor of the recipes, over the end of the window; null where no voice was heard or it has no pitch. */
  pitchHz: z.number().nullable(),
  centroidHz: z.number().nullable(),
  flatness: z.number().nullable(),
  /** Time of the work for this window, in milliseconds. */
  featuresMs: z.number().nonnegative(),
  modelMs: z.number().nonnegative(),
  totalMs: z.number().nonnegative(),
});
export type LiveWindow = z.infer<typeof liveWindowSchema>;

export const startLiveInputSchema = liveModelRefSchema.extend({
  /** As the device gives it. */
  sampleRateHz: z.number().int().min(8000).max(192_000),
  settings: liveSettingsSchema.prefault({ ...LIVE_DEFAULTS }),
});
export type StartLiveInput = z.input<typeof startLiveInputSchema>;

export const liveEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('started'), sessionId: z.string() }),
  z.object({ type: z.literal('model'), model: liveModelSchema }),
  z.object({
    type: z.literal('window'),
    window: liveWindowSchema,
    /** Windows left out since the start because the machine was slow. */
    droppedWindows: countSchema,
    /** Samples that never came, since the start; silence stands for them. */
    missedSamples: countSchema,
  }),
  /** The stream goes on; null: it is over. */
  z.object({
    type: z.literal('trouble'),
    trouble: z
      .object({ message: z.string(), path: z.string().optional(), next: z.string().optional() })
      .nullable(),
  }),
]);
export type LiveEvent = z.infer<typeof liveEventSchema>;

export const liveSessionRef = z.strictObject({ sessionId: z.string().min(1).max(64) });

/** Time between two answers; windows end at its multiples from the start of the stream. */
export const LIVE_HOP_SECONDS = 0.08;

/** At most this much is kept of a stream, and can be saved. */
export const LIVE_KEPT_SECONDS = 60;

export const liveSpanSchema = z.strictObject({
  /** Of the stream's samples; what is no longer kept is left out. */
  fromSample: countSchema,
  untilSample: countSchema,
});

export const liveCalibrationSchema = z.object({
  /** Loudest twentieth of the quiet, and middle of the speech, in dB of full scale. */
  floorDbfs: z.number(),
  speechDbfs: z.number().nullable(),
  gateDbfs: z.number(),
  /** Why the measurement is not to be trusted; null where it is. */
  warning: z.string().nullable(),
  /** Seconds of voice in what was read. */
  voicedSeconds: z.number().nonnegative(),
  /** Median pitch of the voice. */
  pitchHz: z.number().nullable(),
  speaker: liveSpeakerSchema.nullable(),
});
export type LiveCalibration = z.infer<typeof liveCalibrationSchema>;

export const liveRecordingSchema = z.object({
  /** Absolute. */
  file: z.string(),
  seconds: z.number(),
  corpusId: idSchema,
  clipId: idSchema.nullable(),
  /** The model's opinion, unconfirmed: it is written beside the file and is no label of the corpus. */
  opinion: liveOpinionSchema.nullable(),
});
export type LiveRecording = z.infer<typeof liveRecordingSchema>;

/** A whole file down the live path. */
export const liveFileSchema = z.object({
  model: liveModelSchema,
  sampleRateHz: z.number(),
  windows: z.array(liveWindowSchema),
  /** Over all voiced windows; null where no voice was heard. */
  opinion: liveOpinionSchema.nullable(),
});
export type LiveFile = z.infer<typeof liveFileSchema>;
