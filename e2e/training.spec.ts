// Training as people live with it: watched, left alone, paused, interrupted, gone on with; recipes changed and runs compared.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Locator } from '@playwright/test';
import { unpackDemoCorpus } from '../main/corpus/demo.ts';
import { expect, test, type Studio } from './fixtures/studio.ts';
import { Rooms } from './pages/rooms.ts';

let folder = '';
let corpus = '';
test.beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'pathos-demo-'));
  corpus = await unpackDemoCorpus(folder);
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Epochs that a run has finished over all folds, as the first row of its mean curve and those after it tell. */
const rowsOf = (studio: Studio): Promise<number> =>
  studio.page.getByRole('table', { name: /^Loss/ }).getByRole('row').count();

const view = (studio: Studio): Locator => studio.page.getByRole('region', { name: 'Run 1' });

test('a run outlives its window, a pause, the studio and its engine', async ({ studio }) => {
  await studio.start({ folder: corpus });
  let rooms = new Rooms(studio);
  await rooms.expectOpen('120 clips');
  await rooms.goTo('Train');
  await studio.page.getByRole('textbox', { name: 'Epochs' }).fill('400');
  await studio.page.keyboard.press('Control+Enter');
  await expect.poll(() => rowsOf(studio), { timeout: 60_000 }).toBeGreaterThan(2);
  const early = await rowsOf(studio);
  await expect.poll(() => rowsOf(studio), { timeout: 30_000 }).toBeGreaterThan(early);
  await expect(view(studio)).toContainText('Each of 6 speakers scored');

  const before = await rowsOf(studio);
  await studio.reopenWindow();
  rooms = new Rooms(studio);
  await rooms.expectOpen('120 clips');
  await rooms.goTo('Train');
  await expect.poll(() => rowsOf(studio), { timeout: 30_000 }).toBeGreaterThan(before);

  await view(studio).getByRole('button', { name: 'Pause' }).click();
  await expect(view(studio).getByRole('button', { name: 'Resume' })).toBeVisible({ timeout: 20_000 });
  const paused = await rowsOf(studio);

  // Nothing runs, so nothing is asked: the studio ends, and the run waits on the disk.
  await studio.restart();
  rooms = new Rooms(studio);
  await rooms.expectOpen('120 clips');
  await rooms.goTo('Train');
  await expect.poll(() => rowsOf(studio)).toBeGreaterThanOrEqual(paused);
  // A long table is written now and then while a run goes on: this one is whole.
  const waiting = await rowsOf(studio);
  await view(studio).getByRole('button', { name: 'Resume' }).click();
  await expect.poll(() => rowsOf(studio), { timeout: 30_000 }).toBeGreaterThan(waiting + 1);

  // The engine is killed: the studio starts it again, and nobody has to ask for the run to go on.
  process.kill(await studio.enginePid(), 'SIGKILL');
  await expect(rooms.statusBar).toContainText(/restarting/i);
  await expect(rooms.statusBar).toContainText('Engine ready', { timeout: 20_000 });
  await expect(view(studio).getByRole('status')).toContainText(/goes on by itself|the run went on/);
  const killed = await rowsOf(studio);
  await expect.poll(() => rowsOf(studio), { timeout: 30_000 }).toBeGreaterThan(killed + 1);
  await expect(view(studio).getByRole('status')).toContainText('the run went on from where it was');

  await view(studio).getByRole('button', { name: 'Stop, keep last' }).click();
  await expect(view(studio)).toContainText(/UAR\s*0\.\d{3}/, { timeout: 30_000 });
});

test('a recipe is changed and saved, its run compared, its curves kept, deleted and brought back', async ({
  studio,
}) => {
  await studio.start({ folder: corpus });
  const { page } = studio;
  const rooms = new Rooms(studio);
  await rooms.expectOpen('120 clips');
  await rooms.goTo('Train');
  const start = page.getByRole('button', { name: /^Start run/ }).first();
  await page.getByRole('radio', { name: /^Random 80/ }).click();
  await page.getByRole('textbox', { name: 'Epochs' }).fill('2');
  await start.click();
  const list = page.getByRole('listbox', { name: 'Runs' });
  await expect(list.getByRole('option')).toContainText(/0\.\d{3}/, { timeout: 60_000 });

  await page.getByRole('button', { name: 'Edit recipe…' }).click();
  const editor = page.getByRole('region', { name: 'Recipe' });
  const batch = editor.getByRole('textbox', { name: 'Batch' });
  await batch.fill('0');
  await expect(editor.getByRole('alert')).toHaveText('More than 0.');
  await expect(start).toHaveAttribute('aria-disabled', 'true');
  await batch.fill('8');
  await expect(start).toHaveAttribute('aria-disabled', 'false');
  await expectAccessible(studio);
  await editor.getByRole('button', { name: 'Save as…' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('small batches');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('radio', { name: /^Small batches/ })).toBeChecked();
  await start.click();
  await expect(list.getByRole('option', { name: /Small batches/ })).toContainText(/0\.\d{3}/, {
    timeout: 60_000,
  });

  await list.getByRole('option', { name: /Small batches/ }).focus();
  await page.keyboard.press('Shift+X');
  await expect(view2(studio)).toContainText('over 1 other run, test mean');
  await page.keyboard.press('t');
  await expect(
    page.getByRole('table', { name: /^Loss/ }).getByRole('columnheader', { name: 'run 1' }),
  ).toBeVisible();
  await page.keyboard.press('t');
  await expectAccessible(studio);

  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog', { name: 'Compare two runs' });
  await expect(dialog.getByRole('row', { name: 'Batch' })).toContainText(/16 clips\s*8 clips/);
  await expect(dialog).toContainText('Over 24 clips');
  await expect(dialog).toContainText('McNemar');
  await expectAccessible(studio);
  await page.keyboard.press('Escape');

  await page.keyboard.press('F2');
  await page.getByRole('textbox', { name: 'Name' }).fill('Second try');
  await page.keyboard.press('Enter');
  await expect(list.getByRole('option').first()).toContainText('Second try');

  const exported = async (format: 'CSV' | 'SVG' | 'PNG'): Promise<Buffer> => {
    const read = await savedFile(studio);
    await page.getByRole('button', { name: 'More on run 2' }).click();
    await page.getByRole('menuitem', { name: `Export curves as ${format}` }).click();
    return read();
  };
  const lines = (await exported('CSV')).toString().trim().split('\r\n');
  // A head, and two epochs of one fold of each of two runs.
  expect(lines).toHaveLength(1 + 2 * 2);
  expect(lines[0]).toMatch(/^run,title,fold,epoch,training_loss,test_loss,/);
  expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(['2', '2', '1', '1']);

  const svg = (await exported('SVG')).toString();
  const drawing = await page.evaluate((text) => {
    const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
    const curves = [...parsed.querySelectorAll('path[fill="none"]')].map((path) => path.getAttribute('d')!);
    return { curves, error: parsed.querySelector('parsererror')?.textContent ?? null };
  }, svg);
  expect(drawing.error).toBeNull();
  // Of loss and of accuracy: this run's training and test curves, and the other's test curve; two epochs each.
  expect(drawing.curves).toHaveLength(2 * 3);
  for (const curve of drawing.curves) expect(curve).toMatch(/^M[\d.]+ [\d.]+L[\d.]+ [\d.]+$/);

  const png = await exported('PNG');
  expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1800, 1280]);
  expect(png.length).toBeGreaterThan(10_000);

  await list.getByRole('option').first().focus();
  await page.keyboard.press('Delete');
  await expect(list.getByRole('option')).toHaveCount(1);
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await expect(list.getByRole('option')).toHaveCount(2);
});

/** A corpus of other sounds, of which only the folders tell the label: one is called something else, one is missing. */
function corpusElsewhere(): string {
  const elsewhere = path.join(folder, 'Elsewhere');
  for (const label of readdirSync(corpus).filter((name) => name !== 'fear')) {
    const into = path.join(elsewhere, label === 'anger' ? 'grumble' : label);
    mkdirSync(into, { recursive: true });
    for (const [i, name] of readdirSync(path.join(corpus, label)).entries()) {
      const bytes = readFileSync(path.join(corpus, label, name));
      bytes[bytes.length - 1]! ^= 1;
      writeFileSync(path.join(into, `take-${i}.wav`), bytes);
    }
  }
  return elsewhere;
}

test('a run is tested on another corpus, whose labels are matched by hand', async ({ studio }) => {
  const elsewhere = corpusElsewhere();
  await studio.start({ folder: elsewhere });
  const { page } = studio;
  const rooms = new Rooms(studio);
  await rooms.expectOpen('96 clips');
  await rooms.openFolder(corpus);
  await rooms.expectOpen('120 clips');
  await rooms.goTo('Train');
  await page.getByRole('radio', { name: /^Another corpus/ }).click();
  await expect(page.getByRole('combobox', { name: 'Tested on' })).toContainText('Elsewhere');
  await expect(page.getByText('72 clips of it are tested.')).toBeVisible();
  await page.getByRole('combobox', { name: /^Grumble/ }).selectOption({ label: 'Anger' });
  await expect(page.getByText('96 clips of it are tested.')).toBeVisible();
  await page.getByRole('textbox', { name: 'Epochs' }).fill('1');
  await page.keyboard.press('Control+Enter');
  await expect(view(studio)).toContainText(/UAR\s*0\.\d{3}/, { timeout: 60_000 });
  await expect(view(studio)).toContainText(
    /Another corpus scored by a model that heard nothing of it\. Trained on 120 clips of Demo corpus \(synthetic\), tested on 96 clips of Elsewhere, labels v1/,
  );
});

/**
 * Waits for the next file that the page saves. In Electron the system's dialog can't be driven; what it would answer is
 * put in its place.
 * @returns reads that file, once it is whole
 */
async function savedFile(studio: Studio): Promise<() => Promise<Buffer>> {
  if (studio.host === 'chromium') {
    const download = studio.page.waitForEvent('download');
    return async () => readFileSync(await (await download).path());
  }
  const file = path.join(studio.workspace, `saved-${Date.now()}`);
  await studio.electron.evaluate(({ session }, chosen) => {
    session.defaultSession.once('will-download', (_event, item) => {
      item.setSavePath(chosen);
      item.once('done', () => Object.assign(globalThis, { savedFile: chosen }));
    });
  }, file);
  return async () => {
    const saved = (): Promise<unknown> =>
      studio.electron.evaluate(() => (globalThis as { savedFile?: string }).savedFile);
    await expect.poll(saved, { timeout: 15_000 }).toBe(file);
    return readFileSync(file);
  };
}

const view2 = (studio: Studio): Locator => studio.page.getByRole('region', { name: 'Run 2' });

/** No serious defect in either theme. */
async function expectAccessible(studio: Studio): Promise<void> {
  const findings: string[] = [];
  for (const colorScheme of ['dark', 'light'] as const) {
    await studio.page.emulateMedia({ colorScheme });
    // The Electron of the tests has no second page to inject into.
    const axe = new AxeBuilder({ page: studio.page }).setLegacyMode(studio.host === 'electron');
    const { violations } = await axe.analyze();
    for (const { id, impact, nodes } of violations)
      if (impact === 'serious' || impact === 'critical')
        findings.push(`${colorScheme}: ${id} at ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
  }
  expect(findings).toEqual([]);
}
