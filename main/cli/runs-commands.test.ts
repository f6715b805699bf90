// Protocols, run show, card, rerun and compare: the documents that --json prints.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PredictionRow, RunSummary } from '../../shared/contract/schemas.ts';
import { unpackDemoCorpus } from '../corpus/demo.ts';
import { UsageError } from './commands.ts';
import * as runs from './runs-commands.ts';
import { SMALL_DEMO_CLIPS, shrinkDemo, tinyRecipe } from './testing.ts';
import { train, type TrainOptions } from './train-command.ts';

let folder: string;
let demo: string;
let recipe: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'pathos-cli-runs-'));
  demo = await unpackDemoCorpus(folder);
  shrinkDemo(demo);
  recipe = tinyRecipe(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Computed {
  backend: string;
  path: string;
}

interface Shown extends Computed {
  recipe: { name: string };
  split: { name: string };
  labelVersion: { version: number };
  folds: { train: string[]; validation: string[]; test: string[]; metrics: { uar: { value: number } } }[];
  predictions: Pick<PredictionRow, 'path' | 'speaker' | 'label' | 'predicted' | 'probabilities' | 'fold'>[];
}

it('trains under a protocol, shows what it did, and repeats it from its card', async () => {
  const workspace = path.join(folder, 'workspace');
  const trained = (await train(demo, {
    workspace,
    recipe,
    split: 'grouped-k-fold',
    folds: 2,
    foldsInParallel: 2,
    threads: 1,
    earlyStopping: 1,
    classWeights: 'balanced',
    seed: 1,
    epochs: 2,
    backend: 'wasm',
  })) as Computed;
  expect(trained).toMatchObject({ folds: 2, split: 'grouped-k-fold', recipe: 'tiny', epochs: 2 });

  const shown = (await runs.showRun('1', { workspace })) as Shown;
  expect(Object.keys(shown)).toEqual([
    'recipe',
    'split',
    'labelVersion',
    'backend',
    'path',
    'folds',
    'predictions',
  ]);
  expect([shown.backend, shown.path]).toEqual([trained.backend, trained.path]);
  expect(shown).toMatchObject({ recipe: { name: 'tiny' }, split: { name: 'grouped-k-fold', folds: 2 } });
  const speakerOf = new Map(shown.predictions.map((row) => [row.path, row.speaker]));
  for (const { train: trainPaths, validation, test, metrics } of shown.folds) {
    expect(new Set([...trainPaths, ...validation, ...test]).size).toBe(SMALL_DEMO_CLIPS);
    expect(validation.length).toBeGreaterThan(0);
    const of = (paths: string[]) => new Set(paths.map((file) => speakerOf.get(file)));
    for (const speaker of of(test)) expect(of([...trainPaths, ...validation]).has(speaker)).toBe(false);
    for (const speaker of of(validation)) expect(of(trainPaths).has(speaker)).toBe(false);
    expect(metrics.uar.value).toBeGreaterThanOrEqual(0);
  }
  expect(Object.keys(shown.predictions[0]!)).toEqual([
    'path',
    'speaker',
    'label',
    'predicted',
    'probabilities',
    'fold',
  ]);

  const file = path.join(folder, 'card.json');
  writeFileSync(file, JSON.stringify(await runs.card('last', { workspace })));
  expect(await runs.rerun(file, undefined, { workspace })).toMatchObject({
    runId: 2,
    matches: true,
    differences: [],
  });
  const { runs: all } = (await runs.listRuns({ workspace })) as { runs: RunSummary[] };
  expect(all.map(({ runId }) => runId)).toEqual([2, 1]);
  expect(await runs.compareRuns('1', '2', { workspace })).toMatchObject({
    clips: SMALL_DEMO_CLIPS,
    mcnemar: { pValue: 1 },
  });
  await expect(runs.resumeRun('1', { workspace })).rejects.toThrow('nothing is left to train');
  await expect(runs.rerun(file, demo, { workspace, testCorpus: demo })).rejects.toThrow(UsageError);
  writeFileSync(file, '{}');
  await expect(runs.rerun(file, undefined, { workspace })).rejects.toThrow('card.json is no protocol card');
});

it('refuses options that its split would ignore, as usage', async () => {
  const refused = (options: Partial<TrainOptions>) =>
    expect(train(demo, { recipe: 'classic', split: 'loso', seed: 1, ...options })).rejects.toThrow(
      UsageError,
    );
  await refused({ folds: 3 });
  await refused({ split: 'random', testCorpus: demo });
  await refused({ split: 'cross-corpus' });
  await refused({ recipe: 'nonsense' });
  await refused({ audio: demo });
});
