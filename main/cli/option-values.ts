// What an option's text may say, as commander asks: a value, or what is needed instead. Bounds are the contract's.
import { InvalidArgumentError } from 'commander';
import type { z } from 'zod';
import { extractInputSchema, idSchema, startRunInputSchema } from '../../shared/contract/schemas.ts';
import { splitSpecSchema } from '../../shared/protocol/split.ts';
import { recipeSchema } from '../../shared/recipe/recipe.ts';

/** A whole number that a bounded schema takes. */
function wholeNumber(schema: z.ZodNumber): (text: string) => number {
  const [bound, most] = [schema.minValue!, schema.maxValue!];
  const least = schema.safeParse(bound).success ? bound : bound + 1;
  return (text) => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`a whole number from ${least} to ${most} is needed.`);
    return value;
  };
}

const { shape: run } = startRunInputSchema;
const { shape: training } = recipeSchema.shape.training;
const [, groupedFolds] = splitSpecSchema.options;

export const seed = wholeNumber(run.seed.unwrap());
export const epochs = wholeNumber(run.epochs.unwrap());
export const foldsInParallel = wholeNumber(run.foldsInParallel.unwrap());
export const threads = wholeNumber(run.threads.unwrap());
export const patience = wholeNumber(training.earlyStopping.unwrap().unwrap().shape.patience);
export const folds = wholeNumber(groupedFolds.shape.folds.unwrap());
export const workers = wholeNumber(extractInputSchema.shape.workers.unwrap());

export function betweenZeroAndOne(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('a number between 0 and 1 is needed.');
  return value;
}

const isId = (text: string): boolean => /^[1-9]\d*$/.test(text) && idSchema.safeParse(Number(text)).success;

export function runNumber(text: string): string {
  if (!isId(text)) throw new InvalidArgumentError('a run number is needed.');
  return text;
}

export function runReference(text: string): string {
  if (text !== 'last' && !isId(text)) throw new InvalidArgumentError('a run number or "last" is needed.');
  return text;
}

/** A fold from 0, where people count from 1; or all of them. */
export function whichFolds(text: string): 'all' | number {
  if (text === 'all') return text;
  if (!isId(text)) throw new InvalidArgumentError('a fold from 1 or "all" is needed.');
  return Number(text) - 1;
}
