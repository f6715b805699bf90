// The command line as a script meets it: one JSON document on stdout, progress on stderr, an exit status.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { overTimeSchema } from '../../shared/contract/schemas.ts';
import { unpackDemoCorpus } from '../corpus/demo.ts';
import { lockWorkspace } from '../store/database.ts';
import { SMALL_DEMO_CLIPS, shrinkDemo, tinyRecipe } from './testing.ts';

const entry = fileURLToPath(new URL('pathos.ts', import.meta.url));
const TIMEOUT_MS = 150_000;
let folder: string;
let workspace: string;
let demo: string;
let recipe: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'pathos-cli-'));
  workspace = path.join(folder, 'workspace');
  demo = await unpackDemoCorpus(folder);
  shrinkDemo(demo);
  recipe = tinyRecipe(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function pathos(...args: string[]): {
  status: number | null;
  stderr: string;
  document: Record<string, unknown>;
} {
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...args, '--json'], {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    env: { ...process.env, PATHOS_WORKSPACE: workspace },
  });
  // Exactly one document: anything else on stdout is no JSON.
  return { status, stderr, document: JSON.parse(stdout) as Record<string, unknown> };
}

it('indexes a folder and names what is damaged', () => {
  writeFileSync(path.join(demo, 'anger', 'a09 (1).wav'), 'no audio');
  const { status, document, stderr } = pathos('index', demo);
  expect(status).toBe(0);
  expect(document).toMatchObject({ clips: SMALL_DEMO_CLIPS, speakers: 6, labels: 2 });
  expect(document['defects']).toEqual([
    { path: 'anger/a09 (1).wav', reason: expect.stringContaining('not audio the studio reads') as string },
  ]);
  expect(stderr).toContain('Indexing');
});

it('prints features as the network sees them, or all of them', () => {
  const file = path.join(demo, 'fear', 'f01 (1).wav');
  const fitted = pathos('features', file).document;
  const raw = pathos('features', file, '--raw').document;
  expect(fitted).toMatchObject({ sampleRateHz: 22_050, frames: 40, coefficients: 13 });
  expect(raw['frames']).toBeGreaterThan(40);
  expect((raw['values'] as number[][])[39]).toEqual((fitted['values'] as number[][])[39]);
});

it('trains, and predicts with the last run', () => {
  const trained = pathos(
    'train',
    demo,
    '--recipe',
    recipe,
    '--split',
    'random',
    '--seed',
    '3',
    '--epochs',
    '1',
  );
  expect(trained.status).toBe(0);
  expect(trained.document).toMatchObject({
    recipe: 'tiny',
    split: 'random',
    seed: 3,
    folds: 1,
    labelVersion: { version: 1 },
  });
  expect(trained.document['uarInterval']).toHaveLength(2);
  const { backend, path: computedBy } = trained.document;
  const { document } = pathos('predict', path.join(demo, 'fear', 'f01 (1).wav'), '--run', 'last');
  expect(document).toMatchObject({ backend, path: computedBy });
  expect(document['runId']).toBe(trained.document['runId']);
  const probabilities = Object.values(document['probabilities'] as Record<string, number>);
  expect(probabilities.reduce((sum, value) => sum + value)).toBeCloseTo(1, 5);
  const overTime = pathos('predict', path.join(demo, 'fear', 'f01 (1).wav'), '--over-time').document;
  expect(overTime).toMatchObject({ backend, path: computedBy });
  const over = overTimeSchema.parse(overTime);
  expect(pathos('live', path.join(demo, 'fear', 'f01 (1).wav')).document).toMatchObject({
    ...{ runId: trained.document['runId'], backend, path: computedBy },
  });
  expect(over.windows.length).toBeGreaterThan(1);
  expect(over.windowMeans).toContain('the 40 frames that the network takes');
});

it('tells usage from failure by its exit status, as one document either way', () => {
  const usage = pathos('train', demo, '--split', 'nonsense');
  expect(usage).toMatchObject({ status: 2, document: { error: { code: 'USAGE' } } });
  const unknown = pathos('train', demo, '--recipe', 'nonsense');
  expect(unknown).toMatchObject({ status: 2, document: { error: { code: 'BAD_INPUT' } } });
  const missing = pathos('index', path.join(folder, 'nowhere'));
  expect(missing).toMatchObject({
    status: 1,
    document: { error: { code: 'NOT_FOUND', path: path.join(folder, 'nowhere') } },
  });
});

it('takes paths from where the person stands, whatever folder npm runs it in', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const asNpm = (args: string[]) =>
    spawnSync('npm', ['run', '-s', 'pathos', '--prefix', root, '--', ...args, '--json'], {
      encoding: 'utf8',
      timeout: TIMEOUT_MS,
      cwd: folder,
      env: { ...process.env, INIT_CWD: undefined },
    });
  const table = 'files.csv';
  writeFileSync(path.join(folder, table), 'file,emotion\nf01 (1).wav,fear\n');
  const given = [
    '--table',
    table,
    '--map',
    'file=file,label=emotion',
    '--audio',
    `${path.basename(demo)}/fear`,
  ];
  const indexed = asNpm(['index', path.basename(demo), ...given, '--workspace', 'here']);
  expect(JSON.parse(indexed.stdout)).toMatchObject({ clips: 1, labels: 1 });
  expect(existsSync(path.join(folder, 'here', 'studio.db'))).toBe(true);
  const { stdout } = asNpm(['features', `${path.basename(demo)}/fear/f01 (1).wav`, '--recipe', 'tiny.json']);
  expect(JSON.parse(stdout)).toMatchObject({ frames: 40 });
});

it('says who holds a workspace that is in use', () => {
  const unlock = lockWorkspace(workspace, { host: 'browser', processId: process.pid });
  const { status, stderr } = pathos('index', demo);
  unlock();
  expect(status).toBe(1);
  expect(stderr).toContain(String(process.pid));
});
