// Calls on label sets.
import { z } from 'zod';
import * as s from '../schemas.ts';
import { base, corpusRef } from './base.ts';

export const labelSetsCalls = {
  list: base.output(z.array(s.labelSetSchema)),
  /** The set that a corpus is labelled with; where none was chosen, one made of the labels it has (`labelSetId` null). */
  ofCorpus: base.input(corpusRef).output(s.labelSetSchema),
  /** Makes a set, or changes one. Clips keep their labels. BAD_INPUT where two items share a label or a key. */
  save: base
    .input(s.labelSetInputSchema.extend({ labelSetId: s.idSchema.nullable() }))
    .output(s.labelSetSchema),
  remove: base.input(z.strictObject({ labelSetId: s.idSchema })).output(z.void()),
  /** Presets a set for a corpus; null: the labels it has. */
  choose: base.input(corpusRef.extend({ labelSetId: s.idSchema.nullable() })).output(s.labelSetSchema),
};
