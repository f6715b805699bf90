// A clip over time, in windows: its sound, its outline and its features at every zoom.
import { z } from 'zod';
import { countSchema } from './common.ts';

/** Tracks of the viewer; `outline` is the waveform's. */
export const trackNameSchema = z.enum(['outline', 'spectrogram', 'log-mel', 'mfcc', 'f0', 'rms']);
export type TrackName = z.infer<typeof trackNameSchema>;
export const FEATURE_TRACKS = ['spectrogram', 'log-mel', 'mfcc', 'f0', 'rms'] as const;
/** Tracks that are shown or hidden. */
export const featureTrackSchema = z.enum(FEATURE_TRACKS);
export type FeatureTrack = z.infer<typeof featureTrackSchema>;
/** Those whose values are the recipe's own. */
export const valueTrackSchema = featureTrackSchema.exclude(['spectrogram']);
export type ValueTrack = z.infer<typeof valueTrackSchema>;

/** What a clip's sound is, before any of it is decoded. */
export const soundInfoSchema = z.object({
  sampleRateHz: z.number().positive(),
  channels: countSchema,
  /** Samples a channel. */
  frames: countSchema,
  durationSeconds: z.number().nonnegative(),
});
export type SoundInfo = z.infer<typeof soundInfoSchema>;

/**
 * What stands in front of the records of a track at one zoom level, where four records of a level are one of the next;
 * see trackWindow.ts.
 */
export const trackWindowSchema = z.object({
  /** Numbers: `int16` pairs of the outline (full scale 32767), `uint8` columns of pictures, `float32` pairs of curves. */
  kind: z.enum(['int16', 'uint8', 'float32']),
  /** Numbers in a record. Pictures: lowest row first. */
  width: countSchema,
  /** Records of the finest level, of the whole clip; 0 while that is not known. */
  records: countSchema,
  /** Of these, how many are computed. */
  done: countSchema,
  /** Seconds between two records of the finest level; record i is centred on i steps, of the outline it starts there. */
  stepSeconds: z.number().nonnegative(),
  /** What byte 0 and byte 255 of a picture stand for, one a column or one for all; what a curve spans. */
  low: z.array(z.number()),
  high: z.array(z.number()),
  /** Names of the columns of the recipe's values; empty where there are none. */
  columns: z.array(z.string()),
  /** First record of the data. */
  first: countSchema,
});
export type TrackWindow = z.infer<typeof trackWindowSchema>;
