// Training as people live with it: watched, left alone, paused, interrupted, gone on with; recipes changed and runs compared.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
  await view(studio).getByRole('button', { name: 'Resume' }).click();
  await expect.poll(() => rowsOf(studio), { timeout: 30_000 }).toBeGreaterThan(paused + 1);

  // The engine is killed: the studio starts it again, and nobody has to ask for the run to go on.
  process.kill(await studio.enginePid(), 'SIGKILL');
  await expect(rooms.statusBar).toContainText(/restarting/i);
  await expect(rooms.statusBar).toContainText('Engine ready', { timeout: 20_000 });
  await expect(view(studio).getByRole('status')).toContainText('goes on by itself');
  const killed = await rowsOf(studio);
  await expect.poll(() => rowsOf(studio), { timeout: 30_000 }).toBeGreaterThan(killed + 1);
  await expect(view(studio).getByRole('status')).toContainText('the run went on from where it was');

  await view(studio).getByRole('button', { name: 'Stop, keep last' }).click();
  await expect(view(studio)).toContainText(/UAR\s*0\.\d{3}/, { timeout: 30_000 });
});

test('a recipe is changed and saved, its run compared, deleted and brought back', async ({
  studio,
  host,
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
  await expect(view2(studio)).toContainText('over 1 other run');
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

  if (host === 'chromium') {
    await page.getByRole('button', { name: 'More on run 2' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'Export curves as CSV' }).click();
    const lines = readFileSync(await (await download).path(), 'utf8')
      .trim()
      .split('\r\n');
    expect(lines).toHaveLength(1 + 2 * 2);
  }

  await list.getByRole('option').first().focus();
  await page.keyboard.press('Delete');
  await expect(list.getByRole('option')).toHaveCount(1);
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await expect(list.getByRole('option')).toHaveCount(2);
});

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
