// Agreement between raters, and clips on which they disagree.
import { z } from 'zod';
import { clipSchema } from './clips.ts';
import { countSchema, labelSchema } from './common.ts';
import { ownLabelSchema } from './ledger.ts';

/** null: the corpus's own labels, taken as one more rater. */
const whoSchema = z.string().nullable();
/** At most 1; null where it is not defined (no clip in common, or one label alone). */
const coefficientSchema = z.number().max(1).nullable();

/** "Unsure" is no rating: it counts nowhere here. */
export const agreementSchema = z.object({
  raters: z.array(z.object({ rater: whoSchema, clips: countSchema })),
  labels: z.array(labelSchema),
  /** Clips rated by at least two of the raters, and by all of them. */
  clips: countSchema,
  completeClips: countSchema,
  /** Every two raters on the clips that both rated. */
  pairs: z.array(
    z.object({
      raters: z.tuple([whoSchema, whoSchema]),
      clips: countSchema,
      /** Share of equal labels, 0..1. */
      agreement: z.number().min(0).max(1).nullable(),
      cohensKappa: coefficientSchema,
      /** counts[label of the first][label of the second] */
      counts: z.array(z.array(countSchema)),
    }),
  ),
  /** On the clips that all rated; null with fewer than two raters. */
  fleissKappa: coefficientSchema,
  /** Nominal, on every clip with two ratings or more. */
  krippendorffsAlpha: coefficientSchema,
});
export type Agreement = z.infer<typeof agreementSchema>;

export const disagreementSchema = z.object({
  clip: clipSchema,
  labels: z.array(ownLabelSchema),
  /** The label of more raters than any other; null where the first place is shared. */
  majority: labelSchema.nullable(),
  /** It was resolved, and somebody has decided otherwise since. */
  reopened: z.boolean(),
});
export type Disagreement = z.infer<typeof disagreementSchema>;
