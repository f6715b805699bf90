// What a fold's network is fed: its clips' features, normalised as the recipe says, padded or cut.
import { fitFrames } from '../../shared/dsp/matrix.ts';
import { fitNormalisation, standardise, statisticsFor } from '../../shared/dsp/normalise.ts';
import type { FittedNormalisation, SpokenMatrix } from '../../shared/dsp/normalise.ts';
import { inputShape } from '../../shared/recipe/columns.ts';
import type { FeatureSpec } from '../../shared/recipe/recipe.ts';

export interface FoldInputs {
  /** [clips, frames, coefficients] */
  readonly features: Float32Array;
  /** To be kept with the model; null where the recipe normalises over nothing, or over the utterance. */
  readonly normalisation: FittedNormalisation | null;
}

/**
 * Prepares the inputs of a run's folds. Where nothing is fitted all folds share one array.
 *
 * @param clips the run's clips, their features neither padded nor cut; they are left as they are
 * @returns the inputs of a fold by the positions of the clips it trains on; all others count as held out
 */
export function createFoldInputs(
  clips: readonly SpokenMatrix[],
  spec: FeatureSpec,
): (train: Int32Array) => FoldInputs {
  const together = (normalisation: FittedNormalisation | null): Float32Array => {
    const { frames, coefficients } = inputShape(spec);
    const features = new Float32Array(clips.length * frames * coefficients);
    clips.forEach((clip, i) =>
      features.set(networkInput(clip, spec, normalisation), i * frames * coefficients),
    );
    return features;
  };
  const { normalise } = spec;
  if (normalise !== 'speaker' && normalise !== 'corpus') {
    const shared = { features: together(null), normalisation: null };
    return () => shared;
  }
  return (train) => {
    const trained = new Set(train);
    const training = clips.filter((_, i) => trained.has(i));
    const others = clips.filter((_, i) => !trained.has(i));
    const normalisation = fitNormalisation(normalise, training, others);
    return { features: together(normalisation), normalisation };
  };
}

/**
 * Who speaks in a clip, as a run's statistics name them: speakers of another corpus than the one it trains on are other
 * people, whatever they are called.
 */
export function voiceOf(
  { corpusId, speaker }: { readonly corpusId: number; readonly speaker: string | null },
  run: { readonly corpusId: number },
): string | null {
  return speaker === null || corpusId === run.corpusId ? speaker : JSON.stringify([corpusId, speaker]);
}

/**
 * One clip as a model takes it: [frames, coefficients]. The matrix is left as it is.
 *
 * @param normalisation the one kept with the model
 */
export function networkInput(
  clip: SpokenMatrix,
  spec: FeatureSpec,
  normalisation: FittedNormalisation | null,
): Float32Array {
  const { matrix } = clip;
  const { frames } = inputShape(spec);
  const cut = fitFrames(matrix, Math.min(frames, matrix.frames));
  if (normalisation) standardise(cut, statisticsFor(normalisation, clip));
  return cut.frames === frames ? cut.values : fitFrames(cut, frames).values;
}

/** What a reader of the score has to know of the normalisation; empty where there is nothing. */
export function describeNormalisation({ normalise }: FeatureSpec): string {
  if (normalise === 'corpus') return 'Features normalised over the training clips.';
  if (normalise !== 'speaker') return '';
  return 'Features normalised per speaker; a speaker who is held out, over all of their own clips, labels unseen.';
}
