// Pitch, brightness and flatness of the end of a window, by the extractor that the recipes use.
import type { LiveWindow } from '../../shared/contract/schemas.ts';
import { DspError } from '../../shared/dsp/dspError.ts';
import { createFastExtractor } from '../../shared/dsp/kernel/extractor.ts';
import { featureSpecSchema, type FeatureSpec } from '../../shared/recipe/recipe.ts';
import { quantile } from './level.ts';

/** As much sound as a few frames of pitch need. */
const HEARD_SECONDS = 0.24;
/** Of speech, children and screams included. */
const PITCH_HZ = { low: 65, high: 700 };
const COLUMNS = { pitch: 0, voiced: 1, centroid: 3, flatness: 4, count: 5 };

export type Descriptors = Pick<LiveWindow, 'pitchHz' | 'centroidHz' | 'flatness'>;

const NOTHING: Descriptors = { pitchHz: null, centroidHz: null, flatness: null };

/** A function of a window's samples at the recipe's rate; one a stream. */
export function createDescriptors({
  sampleRateHz,
  nFft,
}: FeatureSpec): (samples: Float32Array) => Descriptors {
  let extract: ReturnType<typeof createFastExtractor>;
  try {
    extract = createFastExtractor(
      featureSpecSchema.parse({
        // Frames of the recipe, half as far apart as they are long: a middle of few frames is as good, at half the work.
        ...{ sampleRateHz, nFft, hopLength: nFft / 2 },
        tracks: [
          { type: 'f0', fMinHz: PITCH_HZ.low, fMaxHz: PITCH_HZ.high },
          { type: 'centroid' },
          { type: 'flatness' },
        ],
      }),
    );
  } catch (error) {
    if (!(error instanceof DspError)) throw error;
    // A recipe whose frames are too short for a pitch shows none.
    return () => NOTHING;
  }
  return (samples) => {
    const end = samples.subarray(Math.max(0, samples.length - Math.round(HEARD_SECONDS * sampleRateHz)));
    if (end.length < nFft) return NOTHING;
    const { frames, values } = extract(end);
    const rows = Array.from({ length: frames }, (_, frame) =>
      values.subarray(frame * COLUMNS.count, (frame + 1) * COLUMNS.count),
    );
    const voiced = rows.filter((row) => row[COLUMNS.voiced] === 1);
    const middle = (of: readonly Float32Array[], column: number): number | null =>
      of.length === 0
        ? null
        : quantile(
            of.map((row) => row[column]!),
            0.5,
          );
    return {
      pitchHz: middle(voiced, COLUMNS.pitch),
      centroidHz: middle(rows, COLUMNS.centroid),
      flatness: middle(rows, COLUMNS.flatness),
    };
  };
}
