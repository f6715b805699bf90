// The features command: the matrix of one file, or the features of a whole folder into the workspace's cache.
import { promises as fs } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../shared/contract/errors.ts';
import { DspError } from '../../shared/dsp/dspError.ts';
import { fitFrames, rowsOf } from '../../shared/dsp/matrix.ts';
import { columnNames } from '../../shared/recipe/columns.ts';
import type { FeatureSpec } from '../../shared/recipe/recipe.ts';
import { AudioError } from '../audio/audioError.ts';
import { computeFeatures } from '../features/features.ts';
import { UsageError, type CommonOptions } from './commands.ts';
import { withEngine } from './local-engine.ts';
import { createProgress } from './progress.ts';
import { typedFeatures } from './recipe-options.ts';

export interface FeaturesOptions extends CommonOptions {
  readonly recipe: string;
  readonly raw?: boolean;
  readonly workers?: number;
  readonly cache: boolean;
}

/** @throws UsageError for a recipe that is none; UserError naming what cannot be read or has no such features */
export async function features(file: string, options: FeaturesOptions): Promise<object> {
  const spec = await typedFeatures(options.recipe);
  const stats = await fs.stat(file).catch(() => undefined);
  const isFolder = stats?.isDirectory() === true;
  if (stats) refuseIgnored(isFolder, options);
  return isFolder ? ofFolder(file, spec, options) : ofFile(file, spec, options);
}

/** An option that would be ignored is a mistake worth telling. */
function refuseIgnored(isFolder: boolean, { raw, workers, cache }: FeaturesOptions): void {
  if (isFolder && raw) throw new UsageError('--raw goes with a file.');
  if (!isFolder && workers !== undefined) throw new UsageError('--workers goes with a folder.');
  if (!isFolder && !cache) throw new UsageError('--no-cache goes with a folder.');
}

async function ofFile(file: string, spec: FeatureSpec, { raw }: FeaturesOptions): Promise<object> {
  const absolute = path.resolve(file);
  const whole = await computeFeatures(absolute, spec).catch((error: unknown) => {
    throw explained(error, absolute);
  });
  const matrix = raw || spec.frames === null ? whole : fitFrames(whole, spec.frames);
  return {
    sampleRateHz: spec.sampleRateHz,
    frames: matrix.frames,
    coefficients: matrix.coefficients,
    names: columnNames(spec),
    values: rowsOf(matrix),
  };
}

async function ofFolder(folder: string, spec: FeatureSpec, options: FeaturesOptions): Promise<object> {
  const { workspace, workers, cache } = options;
  const progress = createProgress('Features');
  return withEngine(workspace, async (client, signal) => {
    try {
      const events = await client.features.extract(
        { folder: path.resolve(folder), spec, useCache: cache, ...(workers !== undefined && { workers }) },
        { signal },
      );
      for await (const event of events) {
        if (event.type === 'done') {
          const { clips, defects, seconds, cached, workers: used } = event;
          return { clips, defects, seconds, cached, workers: used };
        }
        const eta = event.etaSeconds === null ? '' : `, ${event.etaSeconds.toFixed(0)} s left`;
        progress.update(event.done, event.total, `${event.ratePerSecond.toFixed(0)} clips/s${eta}`);
      }
    } finally {
      progress.stop();
    }
    throw new UserError('UNREADABLE', `The features of ${folder} ended early.`, { path: folder });
  });
}

/** An error of the analysis for a person, with the code that programs know it by. */
function explained(error: unknown, file: string): unknown {
  if (!(error instanceof AudioError)) return error;
  const { cause } = error;
  const code = cause instanceof DspError ? ` (${cause.code})` : '';
  return new UserError('UNREADABLE', `${error.message}${code}`, { path: file });
}
