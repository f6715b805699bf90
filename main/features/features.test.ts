// Features of files: a broken one costs itself only, known ones come from the cache, cancelling stops.
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Matrix } from '../../shared/dsp/matrix.ts';
import { createMfcc } from '../../shared/dsp/mfcc.ts';
import { CLASSIC_RECIPE } from '../../shared/recipe/recipe.ts';
import { encodeWavFloat32 } from '../audio/wav.ts';
import { computeFeatures, extractAll, featureHash } from './features.ts';
import type { ExtractProgress } from './features.ts';

const SPEC = CLASSIC_RECIPE.features;
const folder = mkdtempSync(join(tmpdir(), 'pathos-features-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sound = Float32Array.from({ length: 8000 }, (_, i) => 0.2 * Math.sin(i * i * 1e-5));
const good = join(folder, 'good.wav');
writeFileSync(good, encodeWavFloat32([sound], SPEC.sampleRateHz));
const broken = join(folder, 'broken.wav');
writeFileSync(broken, 'no sound in here');
const expected = createMfcc(SPEC)(sound);

function clip(path: string): { path: string; contentHash: string } {
  return { path, contentHash: `hash of ${path}` };
}

/** Forgets everything at the end of the test. */
class MemoryCache {
  readonly #matrices = new Map<string, Matrix>();

  get(contentHash: string, hash: string): Matrix | undefined {
    return this.#matrices.get(`${contentHash} ${hash}`);
  }

  put(contentHash: string, hash: string, matrix: Matrix): void {
    this.#matrices.set(`${contentHash} ${hash}`, matrix);
  }
}

test('a file’s features are those of its samples', async () => {
  expect(await computeFeatures(good, SPEC)).toEqual(expected);
});

test('the specification’s hash ignores the order of keys, not their values', () => {
  const reversed = Object.fromEntries(Object.entries(SPEC).reverse()) as typeof SPEC;
  expect(featureHash(reversed)).toBe(featureHash(SPEC));
  expect(featureHash({ ...SPEC, hopLength: 256 })).not.toBe(featureHash(SPEC));
  expect(featureHash(SPEC)).toMatch(/^[0-9a-f]{64}$/);
});

test('changing the specification changes the features', async () => {
  const finer = { ...SPEC, hopLength: 256 };
  expect((await computeFeatures(good, finer)).frames).toBe(1 + Math.floor(8000 / 256));
  expect(await computeFeatures(good, SPEC)).toEqual(expected);
});

test('a broken file costs itself only', async () => {
  const steps: ExtractProgress[] = [];
  const missing = join(folder, 'missing.wav');
  const { matrices, defects } = await extractAll([broken, good, missing].map(clip), SPEC, {
    onProgress: (progress) => steps.push(progress),
  });
  expect(matrices).toEqual([undefined, expected, undefined]);
  expect(defects).toEqual([
    { path: broken, reason: 'is not audio the studio reads: it starts with "no s"' },
    { path: missing, reason: 'does not exist' },
  ]);
  expect(steps.map((step) => step.done)).toEqual([1, 2, 3]);
});

test('what is in the cache is not read again', async () => {
  const cache = new MemoryCache();
  const moved = join(folder, 'moved.wav');
  copyFileSync(good, moved);
  await extractAll([clip(moved)], SPEC, { cache });
  rmSync(moved);
  const steps: ExtractProgress[] = [];
  const again = await extractAll([clip(moved), clip(good)], SPEC, {
    cache,
    onProgress: (step) => steps.push(step),
  });
  expect(again).toEqual({ matrices: [expected, expected], defects: [] });
  expect(steps.at(-1)).toEqual({ done: 2, total: 2, cached: 1 });
  const other = await extractAll([clip(moved)], { ...SPEC, hopLength: 256 }, { cache });
  expect(other.defects).toHaveLength(1);
});

test('cancelling stops at the next clip and keeps what is done', async () => {
  const cache = new MemoryCache();
  const stop = new AbortController();
  const clips = Array.from({ length: 5 }, (_, i) => ({ path: good, contentHash: String(i) }));
  const extraction = extractAll(clips, SPEC, {
    cache,
    signal: stop.signal,
    onProgress: ({ done }) => {
      if (done === 2) stop.abort();
    },
  });
  await expect(extraction).rejects.toMatchObject({ name: 'AbortError' });
  expect(clips.map(({ contentHash }) => cache.get(contentHash, featureHash(SPEC)) !== undefined)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

test('the event loop turns during a long extraction out of the cache', async () => {
  const cache = new MemoryCache();
  cache.put('known', featureHash(SPEC), expected);
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 1);
  const clips = Array.from({ length: 2_000_000 }, () => ({ path: good, contentHash: 'known' }));
  await expect(extractAll(clips, SPEC, { cache, signal: stop.signal })).rejects.toMatchObject({
    name: 'AbortError',
  });
});

test('a fault of the cache is not a defect of a clip', async () => {
  const cache = {
    get: () => undefined,
    put: () => {
      throw new Error('disk full');
    },
  };
  await expect(extractAll([clip(good)], SPEC, { cache })).rejects.toThrow('disk full');
});
