// Segments: labelled stretches of a clip, in tiers.
import { z } from 'zod';
import { countSchema, idSchema, labelSchema, noteSchema } from './common.ts';

/** Seconds from the clip's start, as a 64-bit float: sample n of a clip is n / sampleRateHz, and rounds back to n. */
const secondsSchema = z.number().nonnegative();
export const tierSchema = z.string().trim().min(1).max(64);
export const DEFAULT_TIER = 'segments';

export const segmentSchema = z.object({
  segmentId: idSchema,
  clipId: idSchema,
  startSeconds: secondsSchema,
  /** After the start, not after the clip's end. */
  endSeconds: secondsSchema,
  /** Segments may overlap, within a tier too. */
  tier: tierSchema,
  label: labelSchema.nullable(),
  locked: z.boolean(),
  note: z.string().nullable(),
  /** Who changed it last. */
  rater: z.string(),
  /** The last event about it: what an edit names as seen. */
  eventId: idSchema,
});
export type Segment = z.infer<typeof segmentSchema>;

const fields = {
  startSeconds: secondsSchema,
  endSeconds: secondsSchema,
  tier: tierSchema,
  label: labelSchema.nullable(),
  locked: z.boolean(),
  note: noteSchema.nullable(),
};
/** `saw`: the segment's `eventId` as shown. */
const seen = { segmentId: idSchema, saw: countSchema };

export const segmentEditSchema = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('create'),
    clipId: idSchema,
    startSeconds: secondsSchema,
    endSeconds: secondsSchema,
    tier: tierSchema.default(DEFAULT_TIER),
    label: labelSchema.nullable().default(null),
    locked: z.boolean().default(false),
    note: noteSchema.nullable().default(null),
  }),
  /** Move, resize, relabel, lock: what is left out stays. A locked segment is unlocked first, or in the same edit. */
  z.strictObject({ op: z.literal('change'), ...seen, ...z.object(fields).partial().shape }),
  z.strictObject({ op: z.literal('delete'), ...seen }),
  /** The segment ends at the point; a new one like it goes on from there. */
  z.strictObject({ op: z.literal('split'), ...seen, atSeconds: secondsSchema }),
  /** The earliest one grows over all of them and keeps its tier, label and note; the others are deleted. */
  z.strictObject({
    op: z.literal('merge'),
    segmentIds: z.array(idSchema).min(2).max(1000),
    saw: z.array(countSchema),
  }),
]);
export type SegmentEdit = z.infer<typeof segmentEditSchema>;
