// Calls on clips.
import { z } from 'zod';
import * as s from '../schemas.ts';
import { base, clipRef, clipQuery } from './base.ts';

export const clipsCalls = {
  page: base
    .input(
      clipQuery.extend({
        offset: z.number().int().nonnegative(),
        limit: z.number().int().positive().max(1000),
      }),
    )
    .output(z.object({ total: z.number().int(), clips: z.array(s.clipSchema) })),
  /** Ids of the clips under a filter, in order: for select-all, a range of rows and the next clip. */
  ids: base
    .input(
      clipQuery.extend({
        offset: z.number().int().nonnegative().default(0),
        limit: z.number().int().positive().optional(),
      }),
    )
    .output(z.array(s.idSchema)),
  /** A clip's place in the list, from 0; null where the filter leaves it out. */
  place: base.input(clipQuery.extend({ clipId: s.idSchema })).output(z.number().int().nullable()),
  get: base.input(clipRef).output(s.clipSchema),
  /** What listening to it has told, and which other files hold the same. */
  check: base.input(clipRef).output(s.clipCheckSchema),
  /** The file on the engine's machine: absolute path, for a person to find it by. */
  file: base.input(clipRef).output(z.object({ path: z.string() })),
  history: base.input(clipRef).output(z.array(s.ledgerEventSchema)),
  /** The clip as a WAV that any browser plays, decoded by the engine. */
  audio: base.input(clipRef).output(z.file()),
  features: base
    .input(clipRef.extend({ recipe: z.string().default('classic') }))
    .output(s.clipFeaturesSchema),
};
