// What the calls of several areas start from: errors and references.
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { errorMap } from '../errors.ts';
import * as s from '../schemas.ts';

export const base = oc.errors(errorMap);
export const corpusRef = z.strictObject({ corpusId: s.idSchema });
export const clipRef = z.strictObject({ clipId: s.idSchema });
export const runRef = z.strictObject({ runId: s.idSchema });
export const clipQuery = corpusRef.extend({
  filter: s.clipFilterSchema.prefault({}),
  sort: s.clipSortSchema.prefault({ key: 'path' }),
});
