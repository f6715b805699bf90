// The main job inside the packaged app, moved away from the project so that nothing but the package can serve it.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packageApp } from '../scripts/package.ts';
import { expect, type Studio, test } from './fixtures/studio.ts';
import { Rooms } from './pages/rooms.ts';

const PACKAGING_MS = 4 * 60_000;

/** Where the package was moved to; ends with the folder's separator. */
let folder = '';
let executable = '';
let nativeTensorflow = false;

test.beforeAll(async () => {
  test.setTimeout(PACKAGING_MS);
  const made = await packageApp({ build: false });
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'pathos-package-'))) + path.sep;
  cpSync(made.folder, folder, { recursive: true, verbatimSymlinks: true });
  executable = path.join(folder, path.relative(made.folder, made.executable));
  nativeTensorflow = made.nativeTensorflow;
});

test.afterAll(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** A process's program and arguments. */
function commandLine(pid: number): string {
  return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).trim();
}

/** A child of a process whose command line names a file: asked for at once, as others may end meanwhile. */
function childRunning(pid: number, file: string): number {
  const list = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(pid)], { encoding: 'utf8' });
  return Number.parseInt(list.split('\n').find((line) => line.includes(file)) ?? '');
}

/** Native modules and libraries of node_modules that a process has loaded. Linux tells. */
function loadedModules(pid: number): string[] {
  const maps = `/proc/${pid}/maps`;
  if (!existsSync(maps)) return [];
  const files = readFileSync(maps, 'utf8').match(/\/\S*(?:\.node|tensorflow\S*)$/gm) ?? [];
  return [...new Set(files)];
}

async function expectFromPackage(studio: Studio): Promise<number> {
  const engine = await studio.enginePid();
  expect(commandLine(engine)).toContain(`${folder}resources/app.asar.unpacked/dist/engine/engine.js`);
  return engine;
}

test('the packaged app opens, filters, labels, keeps, trains, scores and classifies', async ({ studio }) => {
  await studio.start({ executable });
  let rooms = new Rooms(studio);
  await expectFromPackage(studio);
  await studio.page.getByRole('button', { name: 'Try the demo corpus' }).click();
  await rooms.expectOpen('120 clips · 6 speakers · 5 labels');
  await studio.page.getByRole('searchbox', { name: 'Search clips' }).fill('a01 (1)');
  await expect(studio.page.getByRole('heading', { name: '1 clip', exact: true })).toBeVisible();

  await rooms.goTo('Label');
  const clip = rooms.queue.getByRole('option', { name: 'a01 (1).wav' });
  await expect(clip).toHaveAttribute('aria-selected', 'true');
  await studio.page.keyboard.press('2');
  await expect(rooms.statusBar).toContainText('saved');

  await studio.restart({ executable });
  rooms = new Rooms(studio);
  const { page } = studio;
  const engine = await expectFromPackage(studio);
  await rooms.expectOpen('120 clips');
  await rooms.goTo('Label');
  await expect(page.getByText('1 of 120 reviewed')).toBeVisible();

  await rooms.goTo('Train');
  await page.getByRole('radio', { name: /^Random 80/ }).check({ force: true });
  await page.getByRole('textbox', { name: 'Epochs' }).fill('2');
  await page.getByRole('button', { name: 'Start run 1' }).first().click();
  const fold = rooms.folds.getByRole('row').nth(1);
  await expect(fold).toContainText('2 / 2', { timeout: 60_000 });
  await expect(fold).toContainText('done');

  await rooms.goTo('Evaluate');
  const score = page.getByRole('region', { name: 'Score of run 1' });
  await expect(score).toContainText(/UAR, unweighted average recall\s*0\.\d{3}/);
  await expect(score).toContainText('WebAssembly');

  await page.keyboard.press('p');
  const predict = page.getByRole('region', { name: 'Predict' });
  await expect(predict.getByText(/^0\.\d\d/).first()).toBeVisible({ timeout: 30_000 });

  // The predictor stays, so it can be asked what it was made of; the trainer lies beside it.
  const predictor = childRunning(engine, 'predictor.js');
  expect(commandLine(predictor)).toContain(`${folder}resources/app.asar.unpacked/dist/engine/predictor.js`);
  const modules = [...loadedModules(engine), ...loadedModules(predictor)];
  expect(modules.filter((file) => !file.startsWith(folder))).toEqual([]);
  if (process.platform === 'linux') {
    expect(modules.some((file) => file.includes('/better-sqlite3/'))).toBe(true);
    expect(modules.some((file) => file.endsWith('tfjs_binding.node'))).toBe(nativeTensorflow);
  }
  expect(studio.troubles).toEqual([]);
});
