// Jobs of the training benchmark: EMO-DB's features, and a job as files that Python reads.
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fitFrames } from '../shared/dsp/matrix.ts';
import { inputShape } from '../shared/recipe/columns.ts';
import { percentileOf } from '../shared/metrics/metrics.ts';
import { CLASSIC_RECIPE } from '../shared/recipe/recipe.ts';
import { computeFeatures } from '../main/features/features.ts';
import type { TrainJob } from '../main/training/protocol.ts';
import type { FoldPlan } from '../main/training/fold-plan.ts';
import { planFolds } from '../main/training/splits.ts';
import { splitByName } from '../shared/protocol/split.ts';

export type Job = Omit<TrainJob, 'backend'>;

/** A benchmark's folds choose no epoch, and are not taken up again. */
export const NOTHING_ASIDE = { validation: new Int32Array(0), normalisation: null, checkpoint: null };

/** Their letter in an EMO-DB file name. */
const EMOTION_LETTERS = 'WLEAFTN';

export const median = (values: readonly number[]): number => percentileOf(values, 0.5);
export const verdict = (passed: boolean): string => (passed ? 'pass' : 'short');

/** EMO-DB under the classic recipe: features, and what a split needs to know of its clips. */
export async function emodbClips(folder: string, seed: number, epochs: number) {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.wav')).sort();
  const { features: spec } = CLASSIC_RECIPE;
  const { frames, coefficients } = inputShape(spec);
  const size = frames * coefficients;
  const features = new Float32Array(files.length * size);
  for (const [i, file] of files.entries()) {
    const matrix = await computeFeatures(path.join(folder, file), spec);
    features.set(fitFrames(matrix, frames).values, i * size);
  }
  const targets = Int32Array.from(files, (file) => EMOTION_LETTERS.indexOf(file[5]!));
  const clips = files.map((file, i) => ({
    path: file,
    speaker: file.slice(0, 2),
    label: targets[i]!,
    take: null,
    content: file,
    foreign: false,
  }));
  return { recipe: CLASSIC_RECIPE, features, targets, clips, labels: [...EMOTION_LETTERS], seed, epochs };
}

/** EMO-DB split at random. */
export async function emodbJob(folder: string, seed: number, epochs: number): Promise<Job> {
  const { clips, labels, ...job } = await emodbClips(folder, seed, epochs);
  const settings = { seed, validationShare: null };
  const [{ train, test }] = planFolds(splitByName('random'), clips, labels, settings) as [FoldPlan];
  return { ...job, ...NOTHING_ASIDE, labels: labels.length, train, test, fold: 0 };
}

/**
 * Writes a job's clips, and what is said of them, into a folder.
 * @param folds training and test positions of several folds, where there are any
 * @param more what else its reader wants to know
 */
export async function writeJob(
  folder: string,
  job: Job,
  folds: readonly { readonly train: readonly number[]; readonly test: readonly number[] }[] = [],
  more: object = {},
): Promise<void> {
  const { recipe, labels, train, test, seed, epochs, features, targets } = job;
  const { frames, coefficients: columns } = inputShape(recipe.features);
  const said = { recipe, labels, seed, epochs, frames, columns, train: [...train], test: [...test], folds };
  const write = (name: string, data: string | Uint8Array): Promise<void> =>
    writeFile(path.join(folder, name), data);
  await write('job.json', JSON.stringify({ ...said, ...more }));
  await write('features.f32', new Uint8Array(features.buffer));
  await write('targets.i32', new Uint8Array(targets.buffer));
}
