// A run of several folds: live it answers as prediction of a file does, by all of its models or by the one that is asked for.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { LIVE_DEFAULTS, type LiveSpeaker } from '../../shared/contract/schemas.ts';
import { columnNames } from '../../shared/recipe/columns.ts';
import { CLASSIC_RECIPE } from '../../shared/recipe/recipe.ts';
import { decodeAudioFile } from '../audio/decode.ts';
import { encodeWavFloat32 } from '../audio/wav.ts';
import { withEngine } from '../cli/local-engine.ts';
import { shrinkDemo, tinyRecipe } from '../cli/testing.ts';
import { train } from '../cli/train-command.ts';
import { unpackDemoCorpus } from '../corpus/demo.ts';
import { foldFolder, readModelCard } from '../training/artifacts.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'pathos-live-folds-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let demo: string;

it('asks all folds, as prediction of a file does, and one where one is asked for', async () => {
  demo = await unpackDemoCorpus(folder);
  shrinkDemo(demo);
  const workspace = path.join(folder, 'workspace');
  const options = { workspace, recipe: tinyRecipe(folder), seed: 1, epochs: 1, backend: 'wasm' } as const;
  await train(demo, { ...options, split: 'grouped-k-fold', folds: 2, foldsInParallel: 2, threads: 1 });
  const clip = path.join(demo, 'anger', 'a01 (1).wav');
  const { channels, sampleRateHz } = await decodeAudioFile(clip);
  await withEngine(workspace, async (client) => {
    const file = new File([readFileSync(clip)], 'clip.wav');
    const all = await client.live.file({ runId: 1, file });
    expect(all.model).toMatchObject({ model: 'mean of 2 folds of run 1', folds: 2, asked: 2 });
    const { startSample, endSample, raw } = all.windows.find((window) => window.raw !== null)!;
    const samples = channels[0]!.slice(startSample, endSample);
    const window = new File([encodeWavFloat32([samples], sampleRateHz) as BlobPart], 'window.wav');
    const offline = await client.predict.file({ runId: 1, file: window });
    expect(offline.model).toBe('mean of 2 folds');
    offline.probabilities.forEach((value, i) => expect(Math.abs(value - raw![i]!)).toBeLessThan(1e-5));

    const rawOf = async (folds: 'first' | number): Promise<readonly number[]> => {
      const { windows, model } = await client.live.file({ runId: 1, folds, file });
      expect(model).toMatchObject({ folds: 2, asked: 1 });
      return windows.find((other) => other.startSample === startSample)!.raw!;
    };
    const [first, second] = [await rawOf('first'), await rawOf(1)];
    raw!.forEach((value, i) => expect(value).toBeCloseTo((first[i]! + second[i]!) / 2, 6));
  });
});

it('takes whoever was calibrated by their own statistics where the recipe normalises over speakers', async () => {
  const features = { ...CLASSIC_RECIPE.features, normalise: 'speaker' };
  const recipe = path.join(folder, 'speakers.json');
  const tiny = JSON.parse(readFileSync(tinyRecipe(folder), 'utf8')) as object;
  writeFileSync(recipe, JSON.stringify({ ...tiny, name: 'speakers', features }));
  const workspace = path.join(folder, 'speakers');
  const options = { workspace, recipe, seed: 1, epochs: 1, backend: 'wasm', split: 'random' } as const;
  await train(demo, { ...options, threads: 1 });
  const file = new File([readFileSync(path.join(demo, 'anger', 'a01 (1).wav'))], 'clip.wav');
  const { corpus } = (await readModelCard(foldFolder(workspace, 1, 0))).normalisation!;
  const names = columnNames(CLASSIC_RECIPE.features);
  await withEngine(workspace, async (client) => {
    const heardBy = async (speaker: LiveSpeaker | null): Promise<readonly (readonly number[] | null)[]> => {
      const settings = { ...LIVE_DEFAULTS, speaker };
      return (await client.live.file({ runId: 1, file, settings })).windows.map(({ raw }) => raw);
    };
    const unknown = await heardBy(null);
    expect(await heardBy({ names, ...corpus })).toEqual(unknown);
    expect(await heardBy({ names, ...corpus, mean: corpus.mean.map((value) => value + 50) })).not.toEqual(
      unknown,
    );
    // Of another recipe's columns.
    expect(await heardBy({ names: [...names].reverse(), ...corpus, mean: corpus.deviation })).toEqual(
      unknown,
    );
  });
});
