// Calls on named snapshots of labels.
import { z } from 'zod';
import * as s from '../schemas.ts';
import { base, corpusRef } from './base.ts';

const words = {
  name: z.string().trim().min(1).max(80),
  note: s.noteSchema.nullable().default(null),
};
const namedVersionRef = z.strictObject({ namedVersionId: s.idSchema });

export const labelVersionsCalls = {
  /** Newest first. */
  list: base.input(corpusRef).output(z.array(s.namedVersionSchema)),
  /** Keeps the labels as they are now. BAD_INPUT where the corpus has a version of this name. */
  create: base.input(corpusRef.extend({ ...words, rater: s.raterSchema })).output(s.namedVersionSchema),
  rename: base.input(namedVersionRef.extend(words)).output(s.namedVersionSchema),
  /** What changed from one version to another; `after` null: to the labels as they are now. */
  compare: base
    .input(
      z.strictObject({
        before: s.idSchema,
        after: s.idSchema.nullable(),
        limit: z.number().int().min(0).max(100_000).default(1000),
      }),
    )
    .output(s.versionComparisonSchema),
};
