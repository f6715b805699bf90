// Label sets: which labels there are to choose from, how they look, which key sets them, and what other sets call them.
import { z } from 'zod';
import { EMOTIONS } from '../../labels/emotions.ts';
import { idSchema, labelSchema } from './common.ts';

/** A colour or shape of the studio's palette, named after the emotion it belongs to. */
const toneSchema = z.enum(EMOTIONS);

export const labelSetItemSchema = z.strictObject({
  label: labelSchema,
  /** null: the emotion's own, or the next free one. */
  colour: toneSchema.nullable().default(null),
  shape: toneSchema.nullable().default(null),
  /** One character, the same for one label of the set only; null: none. */
  key: z.string().trim().length(1).nullable().default(null),
});

/** Items in order. `mapping`: another set's label to this set's, or null where it has none. */
export const labelSetInputSchema = z.strictObject({
  name: z.string().trim().min(1).max(80),
  items: z.array(labelSetItemSchema).min(1).max(64),
  mapping: z
    .array(z.strictObject({ from: labelSchema, to: labelSchema.nullable() }))
    .max(500)
    .default([]),
});
export type LabelSetInput = z.input<typeof labelSetInputSchema>;

export const labelSetSchema = z.object({
  /** null: not saved; made of the labels that the corpus has. */
  labelSetId: idSchema.nullable(),
  ...labelSetInputSchema.shape,
  /** Corpora that are labelled with it. */
  corpusIds: z.array(idSchema),
});
export type LabelSet = z.infer<typeof labelSetSchema>;
