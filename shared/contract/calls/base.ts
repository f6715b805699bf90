// What the calls of several areas start from: errors and references.
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { errorMap } from '../errors.ts';
import * as s from '../schemas.ts';

export const base = oc.errors(errorMap);

/** Most bytes of a sound that is sent whole. */
export const MOST_SOUND_BYTES = 200_000_000;
/** Any audio file: its bytes. */
export const soundFile = z.file().max(MOST_SOUND_BYTES, {
  error: ({ input }) =>
    `${(input as File).name} has ${(input as File).size} bytes; at most ${MOST_SOUND_BYTES} are taken.`,
});
export const corpusRef = z.strictObject({ corpusId: s.idSchema });
export const clipRef = z.strictObject({ clipId: s.idSchema });
export const runRef = z.strictObject({ runId: s.idSchema });
/** Of one corpus, or of several seen together. */
export const clipQuery = z.strictObject({
  corpusId: z.union([s.idSchema, z.array(s.idSchema).min(1).max(100)]),
  filter: s.clipFilterSchema.prefault({}),
  sort: s.clipSortSchema.prefault({ key: 'path' }),
});
