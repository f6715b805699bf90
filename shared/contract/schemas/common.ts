// Shapes that several areas share: ids, labels, times, intervals, progress.
import { z } from 'zod';

export const idSchema = z.number().int().positive();
export const labelSchema = z.string().trim().min(1).max(64);
/** Who decides: the name is the identity. */
export const raterSchema = z.string().trim().normalize('NFC').min(1).max(80);
/** 1: a guess, 5: certain. */
export const confidenceSchema = z.number().int().min(1).max(5);
export const noteSchema = z.string().trim().min(1).max(2000);
export const countSchema = z.number().int().nonnegative();
export const isoTimeSchema = z.iso.datetime();
/** Lower and upper end of a 95 % interval; null where it is not estimable (fewer than three test speakers). */
export const intervalSchema = z.tuple([z.number(), z.number()]).nullable();
export type Interval = z.infer<typeof intervalSchema>;

export const sexSchema = z.enum(['female', 'male']).nullable();
export type Sex = z.infer<typeof sexSchema>;

/** `version` counts decisions since the corpus was first opened (v1: as imported); `hash` identifies the labels themselves. */
export const labelVersionSchema = z.object({ version: idSchema, hash: z.string() });
export type LabelVersion = z.infer<typeof labelVersionSchema>;

export const indexProgressSchema = z.object({
  type: z.literal('progress'),
  done: countSchema,
  total: countSchema,
  ratePerSecond: z.number().nonnegative(),
  etaSeconds: z.number().nonnegative().nullable(),
});
