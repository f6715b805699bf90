// Features of files: a broken one costs itself only, known ones come from the cache, cancelling stops.
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Matrix } from '../../shared/dsp/matrix.ts';
import { createExtractor } from '../../shared/dsp/extractor.ts';
import { createFastExtractor } from '../../shared/dsp/kernel/extractor.ts';
import { CLASSIC_RECIPE, featureSpecSchema } from '../../shared/recipe/recipe.ts';
import { encodeWavFloat32 } from '../audio/wav.ts';
import { AudioError } from '../audio/audioError.ts';
import type { CachedFeatures } from './cache.ts';
import { createClipExtractor } from './extract.ts';
import { computeFeatures, extractAll, featureHash, recipeHash } from './features.ts';
import type { ExtractProgress } from './features.ts';
import { extractFolder } from './folder.ts';

const SPEC = CLASSIC_RECIPE.features;
const folder = mkdtempSync(join(tmpdir(), 'pathos-features-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sound = Float32Array.from({ length: 8000 }, (_, i) => 0.2 * Math.sin(i * i * 1e-5));
const good = join(folder, 'good.wav');
writeFileSync(good, encodeWavFloat32([sound], SPEC.sampleRateHz));
const broken = join(folder, 'broken.wav');
writeFileSync(broken, 'no sound in here');
const expected = createFastExtractor(SPEC)(sound);

function clip(path: string): { path: string; contentHash: string } {
  return { path, contentHash: `hash of ${path}` };
}

/** Forgets everything at the end of the test. */
class MemoryCache {
  readonly #matrices = new Map<string, Matrix>();

  getMany(contentHashes: readonly string[], hash: string): (Matrix | undefined)[] {
    return contentHashes.map((contentHash) => this.#matrices.get(`${contentHash} ${hash}`));
  }

  putMany(entries: readonly CachedFeatures[], hash: string): void {
    for (const { contentHash, matrix } of entries) this.#matrices.set(`${contentHash} ${hash}`, matrix);
  }
}

test('a file’s features are those of its samples', async () => {
  expect(await computeFeatures(good, SPEC)).toEqual(expected);
});

test('a file that is heard in blocks has the features of one that is held as a whole', async () => {
  const long = Float32Array.from({ length: 400_000 }, (_, i) => 0.2 * Math.sin(i * i * 1e-7));
  const file = join(folder, 'long.wav');
  writeFileSync(file, encodeWavFloat32([long, long.map((value) => value / 3)], 48_000));
  const spec = { ...SPEC, trimTopDb: 40 };
  expect(await createClipExtractor(spec, 1000)(file)).toEqual(await createClipExtractor(spec)(file));
  const deltas = featureSpecSchema.parse({ tracks: [{ type: 'mfcc', deltas: 1 }] });
  writeFileSync(file, encodeWavFloat32([sound.subarray(0, 4000)], SPEC.sampleRateHz));
  await expect(createClipExtractor(deltas, 1000)(file)).rejects.toMatchObject({
    path: file,
    cause: { code: 'too-few-frames' },
  });
});

test('a large file is computed by a thread, with the same numbers and the same errors', async () => {
  const minutes = Float32Array.from({ length: 600_000 }, (_, i) => 0.2 * Math.sin(i * i * 1e-7));
  const file = join(folder, 'large.wav');
  writeFileSync(file, encodeWavFloat32([minutes], SPEC.sampleRateHz));
  const matrix = createFastExtractor(SPEC)(minutes);
  expect(await computeFeatures(file, SPEC)).toEqual(matrix);
  const { matrices } = await extractAll([clip(file), clip(good)], SPEC);
  expect(matrices).toEqual([matrix, expected]);
  minutes[500_000] = NaN;
  writeFileSync(file, encodeWavFloat32([minutes], SPEC.sampleRateHz));
  await expect(computeFeatures(file, SPEC)).rejects.toMatchObject({ code: 'non-finite', path: file });
  writeFileSync(file, encodeWavFloat32([minutes.subarray(0, 300_000)], 4_800_000));
  await expect(computeFeatures(file, SPEC)).rejects.toBeInstanceOf(AudioError);
});

test('the specification’s hash ignores the order of keys, not their values', () => {
  const reversed = Object.fromEntries(Object.entries(SPEC).reverse()) as typeof SPEC;
  expect(featureHash(reversed)).toBe(featureHash(SPEC));
  expect(featureHash({ ...SPEC, hopLength: 256 })).not.toBe(featureHash(SPEC));
  expect(featureHash(SPEC)).toMatch(/^[0-9a-f]{64}$/);
});

test('a recipe’s hash is that of its content, whatever it is called', () => {
  const hash = recipeHash(CLASSIC_RECIPE);
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(recipeHash({ ...CLASSIC_RECIPE, name: 'mine' })).toBe(hash);
  const longer = { ...CLASSIC_RECIPE.training, epochs: 31 };
  expect(recipeHash({ ...CLASSIC_RECIPE, training: longer })).not.toBe(hash);
  expect(recipeHash({ ...CLASSIC_RECIPE, features: { ...SPEC, frames: null } })).not.toBe(hash);
});

test('a clip that has no such features is told by name and reason', async () => {
  const short = join(folder, 'short.wav');
  writeFileSync(short, encodeWavFloat32([sound.subarray(0, 4000)], SPEC.sampleRateHz));
  const deltas = featureSpecSchema.parse({ tracks: [{ type: 'mfcc', deltas: 1 }] });
  const error: unknown = await computeFeatures(short, deltas).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AudioError);
  expect(error).toMatchObject({ path: short, cause: { code: 'too-few-frames' } });
  const contrast = featureSpecSchema.parse({ sampleRateHz: 8000, tracks: [{ type: 'contrast' }] });
  await expect(computeFeatures(good, contrast)).rejects.toMatchObject({ code: 'above-nyquist' });
});

test('a folder’s files go into the cache, and come out of it', async () => {
  const cache = new MemoryCache();
  const files = ['good.wav', 'broken.wav', 'missing.wav'];
  const first = await extractFolder(folder, files, SPEC, { cache });
  expect(first).toMatchObject({ clips: 1, cached: 0, workers: 1 });
  expect(first.defects.map(({ path }) => path)).toEqual(['broken.wav', 'missing.wav']);
  copyFileSync(good, join(folder, 'copy.wav'));
  const again = await extractFolder(folder, [...files, 'copy.wav'], SPEC, { cache });
  expect(again).toMatchObject({ clips: 2, cached: 2, defects: first.defects });
  const uncached = await extractFolder(folder, files, SPEC);
  expect(uncached).toMatchObject({ clips: 1, cached: 0, defects: first.defects });
});

test('a folder’s files are computed by as many threads as are asked for and have something to do', async () => {
  const files = ['good.wav', 'broken.wav', 'missing.wav'];
  const alone = await extractFolder(folder, files, SPEC);
  const shared = await extractFolder(folder, files, SPEC, { workers: 2 });
  expect(shared).toEqual({ ...alone, workers: 2, seconds: expect.any(Number) as number });
  expect(await extractFolder(folder, files, SPEC, { workers: 50 })).toMatchObject({ workers: 3 });
});

test('features beyond the kernel are those of the plain extractor, in the pool too', async () => {
  const spec = featureSpecSchema.parse({ tracks: [{ type: 'mfcc' }, { type: 'centroid' }, { type: 'f0' }] });
  const matrices = [createExtractor(spec)(sound)];
  expect(await extractAll([clip(good)], spec)).toEqual({ matrices, defects: [], path: 'typescript' });
  expect(await extractAll([clip(good)], spec, { workers: 1 })).toMatchObject({ matrices });
});

test('clips without a content hash are never cached', async () => {
  const cache = new MemoryCache();
  const unknown = { path: good, contentHash: '' };
  await extractAll([unknown], SPEC, { cache });
  expect(cache.getMany([''], featureHash(SPEC))).toEqual([undefined]);
  cache.putMany([{ contentHash: '', matrix: { ...expected, frames: 0 } }], featureHash(SPEC));
  expect((await extractAll([unknown], SPEC, { cache })).matrices).toEqual([expected]);
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
  expect(again).toEqual({ matrices: [expected, expected], defects: [], path: 'simd' });
  expect(steps.at(-1)).toMatchObject({ done: 2, total: 2, cached: 1, secondsLeft: 0 });
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
  expect(
    clips.map(({ contentHash }) => cache.getMany([contentHash], featureHash(SPEC))[0] !== undefined),
  ).toEqual([true, true, false, false, false]);
});

test('the event loop turns during a long extraction out of the cache', async () => {
  const cache = new MemoryCache();
  cache.putMany([{ contentHash: 'known', matrix: expected }], featureHash(SPEC));
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 1);
  const clips = Array.from({ length: 2_000_000 }, () => ({ path: good, contentHash: 'known' }));
  await expect(extractAll(clips, SPEC, { cache, signal: stop.signal })).rejects.toMatchObject({
    name: 'AbortError',
  });
});

test('a fault of the cache is not a defect of a clip', async () => {
  const cache = {
    getMany: () => [],
    putMany: () => {
      throw new Error('disk full');
    },
  };
  await expect(extractAll([clip(good)], SPEC, { cache })).rejects.toThrow('disk full');
  const many = Array.from({ length: 400 }, () => clip(good));
  await expect(extractAll(many, SPEC, { cache, workers: 2 })).rejects.toThrow('disk full');
});
