// Calls on a clip over time: windows of its sound and its tracks, binary, at the detail a screen can show.
import { z } from 'zod';
import * as s from '../schemas.ts';
import { base, clipRef } from './base.ts';

const recipe = z.string().default('classic');
const first = z.number().int().nonnegative();

export const tracksCalls = {
  /** What the sound is; reads the file's header only. */
  sound: base.input(clipRef).output(s.soundInfoSchema),
  /** Samples as interleaved 16-bit integers, little-endian; fewer at the end. */
  audio: base
    .input(clipRef.extend({ first, frames: z.number().int().positive().max(1_000_000) }))
    .output(z.file()),
  /**
   * Records of a track, packed as trackWindow.ts says. Begins to compute it where it is not known; answers within a moment with what there is. Ask
   * again while less is done than there is: a track that nobody asks for any more is given up.
   */
  window: base
    .input(
      clipRef.extend({
        recipe,
        track: s.trackNameSchema,
        level: z.number().int().nonnegative().max(16),
        first,
        count: z.number().int().positive().max(16_384),
      }),
    )
    .output(z.file()),
  /** The recipe's own numbers, float32, frame by frame, of a track that is computed. */
  values: base
    .input(
      clipRef.extend({
        recipe,
        track: s.valueTrackSchema,
        first,
        count: z.number().int().positive().max(4096),
      }),
    )
    .output(z.file()),
  /** Frames of some tracks as CSV: with `first` 0 the head is in front. Empty behind the last frame. */
  table: base
    .input(
      clipRef.extend({
        recipe,
        tracks: z.array(s.featureTrackSchema).min(1),
        first,
        count: z.number().int().positive().max(4096),
      }),
    )
    .output(z.file()),
};
