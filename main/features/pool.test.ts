// The pool: the same numbers as one thread, a crash costs one file, a cancel ends even a thread that hangs.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { CLASSIC_RECIPE } from '../../shared/recipe/recipe.ts';
import { encodeWavPcm16 } from '../audio/wav.ts';
import { extractAll, featureHash, type ExtractProgress } from './features.ts';
import { FeaturePool, type ClipResult } from './pool.ts';

const SPEC = CLASSIC_RECIPE.features;
const HASH = featureHash(SPEC);
const CRASHING = join(import.meta.dirname, 'crashing-worker.testing.ts');
const folder = mkdtempSync(join(tmpdir(), 'pathos-pool-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pools: FeaturePool[] = [];
afterEach(async () => void (await Promise.all(pools.splice(0).map((pool) => pool.close()))));

function poolOf(size: number, entry?: string): FeaturePool {
  const pool = new FeaturePool(size, entry);
  pools.push(pool);
  return pool;
}

/** Every file has a sound of its own. */
const files = Array.from({ length: 150 }, (_, i) => {
  const path = join(folder, `${i}.wav`);
  const samples = Float32Array.from({ length: 3000 }, (_sample, n) => 0.3 * Math.sin(n * n * 1e-6 * (i + 1)));
  writeFileSync(path, encodeWavPcm16([samples], SPEC.sampleRateHz));
  return path;
});

function named(name: string): string {
  return join(folder, name);
}

async function extract(pool: FeaturePool, paths: string[], signal?: AbortSignal): Promise<ClipResult[]> {
  const found: ClipResult[] = [];
  const onResults = (results: { index: number; result: ClipResult }[]): void => {
    for (const { index, result } of results) {
      expect(found[index]).toBeUndefined();
      found[index] = result;
    }
  };
  await pool.extract({ paths, spec: SPEC, featureHash: HASH, signal, onResults });
  return found;
}

const clips = (paths: string[]): { path: string; contentHash: string }[] =>
  paths.map((path) => ({ path, contentHash: path }));

test('two threads give what one gives, in the order of the clips, broken files named', async () => {
  const paths = [...files.slice(0, 70), named('missing.wav'), ...files.slice(70)];
  const steps: ExtractProgress[] = [];
  const alone = await extractAll(clips(paths), SPEC);
  const shared = await extractAll(clips(paths), SPEC, { workers: 2, onProgress: (step) => steps.push(step) });
  expect(shared).toEqual(alone);
  expect(shared.defects).toEqual([{ path: named('missing.wav'), reason: 'does not exist' }]);
  expect(steps.map(({ done }) => done)).toEqual(paths.map((_, i) => i + 1));
  expect(steps.at(-1)).toMatchObject({ total: 151, cached: 0, secondsLeft: 0 });
  expect(steps.at(-1)!.clipsPerSecond).toBeGreaterThan(0);
});

test('a pool is used again, also for no files', async () => {
  const pool = poolOf(2);
  expect(await extract(pool, [])).toEqual([]);
  const first = await extract(pool, files.slice(0, 3));
  expect(await extract(pool, files.slice(0, 3))).toEqual(first);
});

test('a file that crashes its thread is named, and costs itself only', async () => {
  const paths = [...files.slice(0, 40), named('crash one.wav'), ...files.slice(40), named('crash two.wav')];
  const results = await extract(poolOf(2, CRASHING), paths);
  const expected = await extract(poolOf(1), files);
  const defect = { defect: 'made the computation crash: out of luck' };
  expect(results).toEqual([...expected.slice(0, 40), defect, ...expected.slice(40), defect]);
});

test('threads that do not live end the extraction', async () => {
  await expect(extract(poolOf(2, CRASHING), [named('stillborn.wav')])).rejects.toThrow('do not live');
});

test('a cancel ends a thread that hangs, and the next extraction has new threads', async () => {
  const pool = poolOf(2, CRASHING);
  const stop = new AbortController();
  const hanging = extract(pool, [named('hang.wav'), ...files], stop.signal);
  setTimeout(() => stop.abort(), 300);
  await expect(hanging).rejects.toMatchObject({ name: 'AbortError' });
  expect(await extract(pool, files.slice(0, 2))).toHaveLength(2);
});
