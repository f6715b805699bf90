// Features of the files of a folder: hashed, taken from the cache or computed, counted; none is held in memory.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { FeatureSpec } from '../../shared/recipe/recipe.ts';
import { extractEach, suggestedWorkers } from './features.ts';
import type { ClipSource, ExtractOptions, FeatureDefect } from './features.ts';

export interface FolderExtraction {
  /** Files that have features. */
  clips: number;
  /** Files that have none, by their path in the folder, in order. */
  defects: FeatureDefect[];
  seconds: number;
  /** Clips whose matrix came out of the cache. */
  cached: number;
  /** How many threads computed. */
  workers: number;
}

/**
 * Computes the features of files and keeps them in the cache, where one is given. Files that are known by their
 * content are not analysed again.
 *
 * Threads are as many as `options.workers` says, by default as many as are worth their start.
 *
 * @param files relative to `folder`, with forward slashes
 * @throws as extractEach
 */
export async function extractFolder(
  folder: string,
  files: readonly string[],
  spec: FeatureSpec,
  options: ExtractOptions = {},
): Promise<FolderExtraction> {
  const startedAt = performance.now();
  const sources: ClipSource[] = [];
  for (const file of files) {
    const absolute = path.join(folder, file);
    // Without a cache nobody asks what a file is known by.
    const contentHash = options.cache ? await hashFile(absolute, options.signal) : '';
    sources.push({ path: absolute, contentHash });
  }
  const { defects, cached, workers } = await extractEach(
    sources,
    spec,
    { ...options, workers: options.workers ?? suggestedWorkers(files.length) },
    () => undefined,
  );
  return {
    clips: files.length - defects.length,
    defects: defects.map(({ path: file, reason }) => ({
      path: path.relative(folder, file).split(path.sep).join('/'),
      reason,
    })),
    seconds: (performance.now() - startedAt) / 1000,
    cached,
    workers,
  };
}

/** Hex SHA-256 of a file's content; empty where it cannot be read, which its decoder then says in words. */
async function hashFile(file: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash, { ...(signal && { signal }) });
  } catch {
    signal?.throwIfAborted();
    return '';
  }
  return hash.digest('hex');
}
