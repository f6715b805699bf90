// What the tests of commands that train share: a small corpus of real speech, and a recipe that is soon trained.
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CLASSIC_RECIPE } from '../../shared/recipe/recipe.ts';

/** Clips of the shrunk demo corpus: two labels of six speakers, four sentences each. */
export const SMALL_DEMO_CLIPS = 48;

/** Takes the labels that a test does not need out of the unpacked demo corpus. */
export function shrinkDemo(demo: string): void {
  for (const label of ['disgust', 'happiness', 'sadness'])
    rmSync(path.join(demo, label), { recursive: true });
}

/** Writes a recipe called tiny, and returns its file. */
export function tinyRecipe(folder: string): string {
  const file = path.join(folder, 'tiny.json');
  const layers = [{ type: 'lstm', units: 8, returnSequences: false }];
  writeFileSync(file, JSON.stringify({ ...CLASSIC_RECIPE, name: 'tiny', layers }));
  return file;
}
