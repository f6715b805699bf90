// Features of a folder and of one clip.
import { z } from 'zod';
import { featureSpecSchema } from '../../recipe/recipe.ts';
import { countSchema, indexProgressSchema } from './common.ts';
import { defectSchema } from './corpora.ts';

export const extractInputSchema = z.strictObject({
  folder: z.string().min(1),
  spec: featureSpecSchema,
  /** Threads at most; default: as many as are worth their start, at most one a core. */
  workers: z.number().int().positive().max(256).optional(),
  /** Whether matrices that are known are taken from the workspace, and new ones kept there. */
  useCache: z.boolean().default(true),
});
export const extractEventSchema = z.discriminatedUnion('type', [
  indexProgressSchema,
  z.object({
    type: z.literal('done'),
    /** Clips that have features now. */
    clips: countSchema,
    /** Files without, each by its path in the folder. */
    defects: z.array(defectSchema),
    seconds: z.number().nonnegative(),
    /** Of the clips, those whose matrix was known. */
    cached: countSchema,
    /** How many threads computed. */
    workers: countSchema,
  }),
]);
export type ExtractEvent = z.infer<typeof extractEventSchema>;

/** The feature matrix of a clip as a recipe computes it, before and after fitting it to the network's input. */
export const clipFeaturesSchema = z.object({
  recipe: z.string(),
  sampleRateHz: z.number(),
  hopLength: z.number(),
  frames: countSchema,
  coefficients: countSchema,
  /** Of the columns: mfcc_0, f0_hz. */
  names: z.array(z.string()),
  /** One row a frame. */
  values: z.array(z.array(z.number())),
  /** Frames of the network's input; frames beyond it are cut, missing ones are zeros. */
  inputFrames: countSchema,
});
export type ClipFeatures = z.infer<typeof clipFeaturesSchema>;
