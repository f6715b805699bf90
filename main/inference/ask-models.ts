// A run's models asked about clips: each model hears them normalised as it heard its own.
import type { FittedNormalisation, SpokenMatrix } from '../../shared/dsp/normalise.ts';
import { inputShape } from '../../shared/recipe/columns.ts';
import type { FeatureSpec } from '../../shared/recipe/recipe.ts';
import { readModelCard } from '../training/artifacts.ts';
import { networkInput } from '../training/normalisation.ts';
import type { NetworkInput } from './models.ts';

/** Mean probabilities over the models, [clips, labels], of clips that are neither padded nor cut. */
export type AskModels = (clips: readonly SpokenMatrix[]) => Promise<Float32Array>;

/** Models that are fed the same numbers. */
interface Alike {
  readonly folders: readonly string[];
  readonly normalisation: FittedNormalisation | null;
}

/**
 * Reads what the models' input takes, once for all questions.
 * @param folders of the models @param predict mean probabilities of the models in some of them
 * @throws UserError UNREADABLE naming a model's file
 */
export async function askModels(
  folders: readonly string[],
  spec: FeatureSpec,
  predict: (folders: readonly string[], input: NetworkInput) => Promise<Float32Array>,
): Promise<AskModels> {
  const { frames, coefficients } = inputShape(spec);
  const size = frames * coefficients;
  const groups = await fedAlike(folders, spec);
  return async (clips) => {
    const answers = await Promise.all(
      groups.map((group) => {
        const features = new Float32Array(clips.length * size);
        clips.forEach((clip, i) => features.set(networkInput(clip, spec, group.normalisation), i * size));
        return predict(group.folders, { features, frames, coefficients });
      }),
    );
    return answers[0]!.map((_, i) => answers.reduce((sum, answer) => sum + answer[i]!, 0) / answers.length);
  };
}

/** Where the recipe normalises over training clips, every model has statistics of its own. */
async function fedAlike(folders: readonly string[], { normalise }: FeatureSpec): Promise<Alike[]> {
  if (normalise !== 'speaker' && normalise !== 'corpus') return [{ folders, normalisation: null }];
  return Promise.all(
    folders.map(async (folder) => ({
      folders: [folder],
      normalisation: (await readModelCard(folder)).normalisation ?? null,
    })),
  );
}
