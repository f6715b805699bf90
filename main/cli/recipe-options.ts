// Recipes as they are typed: the name of a preset or a JSON file, and what other options change in them.
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { DspError, noFeatures } from '../../shared/dsp/dspError.ts';
import {
  FEATURE_PRESETS,
  featureSpecSchema,
  type FeatureSpec,
  PRESETS,
  type Recipe,
  recipeSchema,
  type TrainingSpec,
} from '../../shared/recipe/recipe.ts';
import { whyNoFeatures, whyUntrainable } from '../features/possible.ts';
import { inOneLine, readJsonText, UsageError } from './commands.ts';

export interface RecipeOptions {
  readonly recipe: string;
  readonly classWeights?: TrainingSpec['classWeights'];
  readonly validation?: number;
  readonly keep?: TrainingSpec['keep'];
  readonly earlyStopping?: number;
  readonly monitor?: TrainingSpec['monitor'];
}

const DEFAULT_VALIDATION_SHARE = 0.2;

/** The preset or file named, with what the other options change in it. @throws UsageError for one that is none */
export async function typedRecipe(options: RecipeOptions): Promise<Recipe> {
  const base = PRESETS.get(options.recipe) ?? (await inFile(options.recipe, recipeSchema, PRESETS));
  const why = whyUntrainable(base);
  if (why instanceof DspError) throw new UsageError(noFeatures(why));
  if (why) throw new UsageError(`This recipe cannot be trained: ${why.message}`);
  return { ...base, training: changed(base.training, options) };
}

function changed(training: TrainingSpec, options: RecipeOptions): TrainingSpec {
  const { classWeights = training.classWeights, monitor = training.monitor, validation } = options;
  const chooses = validation !== undefined || options.earlyStopping !== undefined;
  // Who sets speakers aside wants the best epoch, unless a recipe that has some says otherwise.
  const keep = options.keep ?? (training.validation === null && chooses ? 'best' : training.keep);
  const earlyStopping =
    options.earlyStopping === undefined
      ? training.earlyStopping
      : { minDelta: 0, ...training.earlyStopping, patience: options.earlyStopping };
  const best = keep === 'best' || earlyStopping !== null;
  if (options.monitor !== undefined && !best)
    throw new UsageError(
      '--monitor tells the best epoch, and none is looked for: add --keep best, --early-stopping or --validation.',
    );
  const share = validation ?? training.validation?.share ?? (best ? DEFAULT_VALIDATION_SHARE : undefined);
  return {
    ...training,
    ...{ classWeights, keep, monitor, earlyStopping },
    validation: share === undefined ? null : { share },
  };
}

/** A preset by its name, or the features of a recipe, or a feature specification alone, in a JSON file. */
export async function typedFeatures(nameOrFile: string): Promise<FeatureSpec> {
  const spec = FEATURE_PRESETS.get(nameOrFile) ?? (await inFile(nameOrFile, featuresInside, FEATURE_PRESETS));
  const why = whyNoFeatures(spec);
  if (why) throw new UsageError(noFeatures(why));
  return spec;
}

const featuresInside = z.preprocess((json) => {
  const inRecipe = z.looseObject({ features: z.unknown() }).safeParse(json);
  return inRecipe.success ? inRecipe.data.features : json;
}, featureSpecSchema);

async function inFile<T>(
  name: string,
  schema: z.ZodType<T>,
  presets: ReadonlyMap<string, unknown>,
): Promise<T> {
  if (!existsSync(name)) {
    const names = [...presets.keys()].join(', ');
    throw new UsageError(`No recipe is called "${name}", and no file. There is: ${names}; or a JSON file.`);
  }
  const text = await readJsonText(name).catch((error: Error) => {
    throw new UsageError(error.message);
  });
  const parsed = schema.safeParse(parsedJson(name, text));
  if (parsed.success) return parsed.data;
  throw new UsageError(`${name} is not a recipe: ${inOneLine(parsed.error.issues)}.`);
}

function parsedJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${name} is not a recipe: ${(error as Error).message}.`);
  }
}
