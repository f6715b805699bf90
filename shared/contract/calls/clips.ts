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
  /** Ids of every clip under a filter, in order: for select-all and for the next clip. */
  ids: base.input(clipQuery).output(z.array(s.idSchema)),
  get: base.input(clipRef).output(s.clipSchema),
  history: base.input(clipRef).output(z.array(s.ledgerEventSchema)),
  /** The clip as a WAV that any browser plays, decoded by the engine. */
  audio: base.input(clipRef).output(z.file()),
  features: base
    .input(clipRef.extend({ recipe: z.string().default('classic') }))
    .output(s.clipFeaturesSchema),
};
