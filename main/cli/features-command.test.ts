// The features command: recipes by name and by file, files and folders, and what is refused.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { UserError } from '../../shared/contract/errors.ts';
import { CLASSIC_RECIPE } from '../../shared/recipe/recipe.ts';
import { encodeWavPcm16 } from '../audio/wav.ts';
import { UsageError } from './commands.ts';
import { features } from './features-command.ts';

const root = mkdtempSync(join(tmpdir(), 'pathos-features-command-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const corpus = join(root, 'corpus');
mkdirSync(corpus);
const clip = join(corpus, 'clip.wav');
const sound = Float32Array.from({ length: 11_025 }, (_, i) => 0.2 * Math.sin(i * 0.03));
writeFileSync(clip, encodeWavPcm16([sound], 22_050));

interface Printed {
  sampleRateHz: number;
  frames: number;
  coefficients: number;
  names: string[];
  values: number[][];
}

function recipeFile(name: string, value: unknown): string {
  const file = join(root, name);
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
  return file;
}

const ofClip = (recipe: string, raw = true): Promise<Printed> =>
  features(clip, { recipe, raw, cache: true }) as Promise<Printed>;

test('a preset gives the network’s matrix, or all frames', async () => {
  const fitted = await ofClip('classic', false);
  expect(fitted).toMatchObject({ sampleRateHz: 22_050, frames: 40, coefficients: 13 });
  const raw = await ofClip('classic');
  expect(raw.frames).toBe(22);
  expect(raw.values).toEqual(fitted.values.slice(0, 22));
  expect(fitted.values.slice(22).flat()).toEqual(new Array(18 * 13).fill(0));
});

test('a JSON file may hold a recipe or its features alone', async () => {
  const spec = { tracks: [{ type: 'rms' }, { type: 'f0' }], frames: 10 };
  const alone = await ofClip(recipeFile('features.json', spec));
  expect(alone.names).toEqual(['rms', 'f0_hz', 'voiced', 'voiced_probability']);
  expect(alone.values).toHaveLength(22);
  for (const row of alone.values) expect(row).toHaveLength(4);
  const whole = recipeFile('recipe.json', { ...CLASSIC_RECIPE, name: 'mine', features: spec });
  expect(await ofClip(whole)).toEqual(alone);
  expect((await ofClip(whole, false)).frames).toBe(10);
});

test('a file that can be no recipe is not read', async () => {
  const file = recipeFile('large.json', '{}');
  truncateSync(file, 11 * 2 ** 20);
  await expect(ofClip(file)).rejects.toThrow(`${file} could not be read: it has more than 10 MB.`);
  await expect(ofClip(root)).rejects.toThrow(`${root} could not be read: EISDIR`);
});

test('a folder goes into the workspace’s cache; broken files cost themselves', async () => {
  copyFileSync(clip, join(corpus, 'copy.wav'));
  writeFileSync(join(corpus, 'broken.wav'), 'no sound in here');
  const options = { recipe: 'classic', workspace: join(root, 'workspace'), cache: true };
  const first = await features(corpus, options);
  const defects = [{ path: 'broken.wav', reason: expect.any(String) as string }];
  expect(first).toEqual({ clips: 2, defects, seconds: expect.any(Number) as number, cached: 0, workers: 1 });
  expect(await features(corpus, options)).toMatchObject({ clips: 2, cached: 2 });
  const anew = { ...options, cache: false, workers: 2 };
  expect(await features(corpus, anew)).toMatchObject({ clips: 2, cached: 0, workers: 2 });
});

test.each([
  { what: 'an unknown name', recipe: () => 'studio', message: /No recipe is called "studio"/ },
  {
    what: 'a file that is no JSON',
    recipe: () => recipeFile('a.json', 'not JSON'),
    message: /is not a recipe/,
  },
  {
    what: 'an unknown feature',
    recipe: () => recipeFile('b.json', { tracks: [{ type: 'loudness' }] }),
    message: /tracks\[0\]\.type/,
  },
  {
    what: 'a feature that the rate cannot have',
    recipe: () => recipeFile('c.json', { sampleRateHz: 8000, tracks: [{ type: 'contrast' }] }),
    message: /above-nyquist/,
  },
])('$what is a usage error', async ({ recipe, message }) => {
  const error: unknown = await ofClip(recipe()).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UsageError);
  expect((error as Error).message).toMatch(message);
});

test('a clip without such features, and one that is not there, are named', async () => {
  const short = join(corpus, 'short.wav');
  writeFileSync(short, encodeWavPcm16([sound.subarray(0, 2000)], 22_050));
  const recipe = recipeFile('deltas.json', { tracks: [{ type: 'mfcc', deltas: 2 }] });
  for (const [file, message] of [
    [short, /too-few-frames/],
    [join(corpus, 'nothing.wav'), /does not exist/],
  ] as const) {
    const error: unknown = await features(file, { recipe, cache: true }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ code: 'UNREADABLE', data: { path: file } });
    expect((error as Error).message).toMatch(message);
  }
});

test.each([
  ['--raw goes with a file', corpus, { raw: true, cache: true }],
  ['--workers goes with a folder', clip, { workers: 2, cache: true }],
  ['--no-cache goes with a folder', clip, { cache: false }],
])('%s', async (message, file, options) => {
  const error: unknown = await features(file, { recipe: 'classic', ...options }).catch((it: unknown) => it);
  expect(error).toBeInstanceOf(UsageError);
  expect((error as Error).message).toContain(message);
});
