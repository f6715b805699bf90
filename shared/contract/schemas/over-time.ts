// What a run's model hears along a sound: one answer a sliding window.
import { z } from 'zod';
import { countSchema, idSchema, labelSchema } from './common.ts';

export const windowAnswerSchema = z.object({
  fromSeconds: z.number().nonnegative(),
  /** In the order of `labels`; sums to 1. Null where the stretch has no such features: too short once silence is trimmed. */
  probabilities: z.array(z.number()).nullable(),
});
export type WindowAnswer = z.infer<typeof windowAnswerSchema>;

export const overTimeSchema = z.object({
  runId: idSchema,
  /** File name as given. */
  name: z.string(),
  labels: z.array(labelSchema),
  /** Which of the run's models answered, in words. */
  model: z.string(),
  durationSeconds: z.number().nonnegative(),
  windowSeconds: z.number().positive(),
  /** From one window's beginning to the next one's. */
  hopSeconds: z.number().nonnegative(),
  /** Zeros after each window's frames, up to the network's input. */
  paddedFrames: countSchema,
  /** What a window is for this recipe and this sound, in a sentence. */
  windowMeans: z.string(),
  windows: z.array(windowAnswerSchema),
});
export type OverTime = z.infer<typeof overTimeSchema>;
