// The Corpus room for who looks after a corpus: counts that filter, selection, columns, doubles, files that come and go.
import { copyFileSync, cpSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from '@playwright/test';
import { expect, test, type Studio } from './fixtures/studio.ts';
import { Rooms } from './pages/rooms.ts';

const DEMO = 'Demo corpus (synthetic)';

/** Opens the demo corpus, then a folder of the person's own: two labels, three files without one, one that is broken. */
async function openOwn(studio: Studio): Promise<{ rooms: Rooms; folder: string }> {
  await studio.start();
  const rooms = new Rooms(studio);
  await studio.page.getByRole('button', { name: 'Try the demo corpus' }).click();
  await rooms.expectOpen('120 clips');
  const demo = path.join(studio.workspace, DEMO);
  const folder = path.join(studio.workspace, 'own');
  mkdirSync(folder);
  const wavs = (label: string): string[] =>
    readdirSync(path.join(demo, label)).filter((name) => name.endsWith('.wav'));
  const lines = ['file,emotion,speaker'];
  for (const label of ['anger', 'fear', 'sadness']) {
    for (const [i, name] of wavs(label).slice(0, 3).entries()) {
      copyFileSync(path.join(demo, label, name), path.join(folder, `${label}-${i}.wav`));
      lines.push(`${label}-${i}.wav,${label === 'sadness' ? '' : label},${i < 2 ? 'Ada' : 'Ben'}`);
    }
  }
  writeFileSync(path.join(folder, 'broken.wav'), 'RIFF');
  lines.push('broken.wav,fear,Ben');
  writeFileSync(path.join(folder, 'clips.csv'), lines.join('\n'));
  await rooms.openFolder(folder);
  await rooms.expectOpen('9 clips · 2 speakers · 2 labels');
  return { rooms, folder };
}

const cells = (studio: Studio): Locator =>
  studio.page.getByRole('grid', { name: 'Clips by speaker and label' });

test('two corpora stay open, each with its own filter; one is put away and comes back', async ({
  studio,
}) => {
  const { rooms } = await openOwn(studio);
  const { page } = studio;
  await page.getByRole('searchbox', { name: 'Search clips' }).fill('fear-');
  await expect(page.getByRole('heading', { name: '3 clips' })).toBeVisible();

  await page.getByRole('button', { name: 'own' }).click();
  await page.getByRole('menuitemradio', { name: /Demo corpus/ }).click();
  await rooms.expectOpen('120 clips');
  await expect(page.getByRole('heading', { name: '120 clips' })).toBeVisible();

  await page.getByRole('button', { name: /Demo corpus/ }).click();
  await page.getByRole('menuitemradio', { name: /^own/ }).click();
  await rooms.expectOpen('9 clips');
  await expect(page.getByRole('searchbox', { name: 'Search clips' })).toHaveValue('fear-');
  await expect(page.getByRole('heading', { name: '3 clips' })).toBeVisible();

  await page.getByRole('button', { name: 'own' }).click();
  await page.getByRole('menuitem', { name: 'Close own' }).click();
  await rooms.expectOpen('120 clips');
  await page.getByRole('button', { name: /Demo corpus/ }).click();
  await page.getByRole('menuitem', { name: /^own.*closed/ }).click();
  await rooms.expectOpen('9 clips');
});

test('counts filter by cell, row and column, and clips without a label have their own', async ({
  studio,
}) => {
  await openOwn(studio);
  const { page } = studio;
  const heading = (text: string): Locator => page.getByRole('heading', { name: text, exact: true });
  await cells(studio).getByRole('gridcell', { name: 'Speaker Ada, No label: 2 clips' }).click();
  await expect(heading('2 clips')).toBeVisible();
  await cells(studio).getByRole('gridcell', { name: 'Speaker Ada, No label: 2 clips' }).click();
  await expect(heading('9 clips')).toBeVisible();
  await cells(studio).getByRole('button', { name: 'Ben' }).click();
  await expect(heading('3 clips')).toBeVisible();
  await cells(studio).getByRole('button', { name: 'No label' }).click();
  await expect(heading('1 clip')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('checkbox', { name: 'No label, 3' }).click();
  await expect(heading('3 clips')).toBeVisible();
});

test('several clips are selected from the keyboard and labelled at once, with one undo', async ({
  studio,
}) => {
  const { rooms } = await openOwn(studio);
  const { page } = studio;
  await page.getByRole('checkbox', { name: 'No label, 3' }).click();
  await expect(rooms.clipRows).toHaveCount(4);
  const grid = page.getByRole('grid', { name: 'Clips', exact: true });
  await grid.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(page.getByText('2 selected')).toBeVisible();
  await page.keyboard.press('Control+a');
  await expect(page.getByText('3 selected')).toBeVisible();
  await expect(grid.getByRole('row', { selected: true })).toHaveCount(3);
  await page.getByRole('button', { name: 'Label as…' }).click();
  await page.getByRole('menuitem', { name: 'Fear' }).click();
  await expect(page.getByText('3 clips labelled Fear')).toBeVisible();
  await expect(page.getByRole('checkbox', { name: 'Fear, 6' })).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(page.getByRole('checkbox', { name: 'Fear, 3' })).toBeVisible();

  // The queue is what the filter leaves, and shuffled while blind; a search would tell labels then, and is off.
  await page.getByRole('checkbox', { name: 'No label, 3' }).click();
  await rooms.goTo('Label');
  const queued = page.getByRole('listbox', { name: 'Clips to label' }).getByRole('option');
  const here = page.locator('[id^=queue-row-].here');
  await expect(queued).toHaveCount(9);
  await expect(queued.filter({ hasText: 'fear' })).toHaveCount(3);
  const place = await here.getAttribute('id');
  await page.keyboard.press('b');
  await expect(here).not.toHaveId(place!);
  await expect(queued.filter({ hasText: '–' })).toHaveCount(0);
  await page.keyboard.press('b');
  await rooms.goTo('Corpus');
  await page.getByRole('searchbox', { name: 'Search clips' }).fill('fear-');
  await expect(page.getByRole('heading', { name: '3 clips' })).toBeVisible();
  await rooms.goTo('Label');
  await expect(queued).toHaveCount(3);
  await page.keyboard.press('b');
  await expect(queued).toHaveCount(9);
});

test('columns are chosen, moved and resized, and are so after a restart', async ({ studio }) => {
  await openOwn(studio);
  const heads = (): Locator =>
    studio.page.getByRole('grid', { name: 'Clips', exact: true }).getByRole('columnheader');
  await studio.page.getByRole('button', { name: 'Columns' }).click();
  const dialog = studio.page.getByRole('dialog', { name: 'Columns' });
  await dialog.getByRole('checkbox', { name: 'Utterance' }).uncheck();
  await dialog.getByRole('checkbox', { name: 'Imported label' }).check();
  await dialog.getByRole('button', { name: 'Move Length up' }).click();
  await dialog.getByRole('button', { name: 'Done' }).click();
  const order = ['Play', 'Name', 'Spk', 'Label', 'Length', 'Imported', 'Rate', 'Rater'];
  await expect(heads()).toHaveText(order);
  const name = heads().filter({ hasText: 'Name' });
  const before = (await name.boundingBox())!.width;
  await name.getByRole('button').focus();
  for (let i = 0; i < 3; i++) {
    await studio.page.keyboard.press('Shift+ArrowRight');
    await expect.poll(async () => (await name.boundingBox())!.width).toBeCloseTo(before + 8 * (i + 1), 0);
  }
  // One that the list cannot be sorted by, too.
  const rate = studio.page.getByRole('columnheader', { name: 'Rate', exact: true });
  const { width } = (await rate.boundingBox())!;
  await rate.focus();
  await studio.page.keyboard.press('Shift+ArrowRight');
  await expect.poll(async () => (await rate.boundingBox())!.width).toBeCloseTo(width + 8, 0);

  await studio.restart();
  await expect(heads()).toHaveText(order);
  const again = heads().filter({ hasText: 'Name' });
  await expect.poll(async () => (await again.boundingBox())!.width).toBeCloseTo(before + 24, 0);
});

test('files that come, move and go are noticed, and labels go with them', async ({ studio }) => {
  const { rooms, folder } = await openOwn(studio);
  const { page } = studio;
  const demo = path.join(studio.workspace, DEMO);
  await page.getByRole('button', { name: 'own' }).click();
  await page.getByRole('menuitemradio', { name: /Demo corpus/ }).click();
  await rooms.expectOpen('120 clips');
  const [first] = readdirSync(path.join(demo, 'anger')).sort();
  renameSync(path.join(demo, 'anger', first!), path.join(demo, 'anger', 'a19 (6).wav'));
  await expect(page.getByText('1 file moved, labels kept')).toBeVisible({
    timeout: 15_000,
  });
  await rooms.expectOpen('120 clips');
  rmSync(path.join(demo, 'anger', 'a19 (6).wav'));
  await rooms.expectOpen('119 clips');
  // While the studio is closed, too.
  await studio.stop();
  cpSync(path.join(folder, 'anger-0.wav'), path.join(demo, 'anger', 'a18 (6).wav'));
  await studio.start();
  await new Rooms(studio).expectOpen('120 clips');
});

test('the summary counts what is double, and a file is shown where it lies', async ({ studio }) => {
  const { rooms, folder } = await openOwn(studio);
  const { page } = studio;
  cpSync(path.join(folder, 'anger-0.wav'), path.join(folder, 'anger-1.wav'));
  await expect(page.getByRole('checkbox', { name: 'Duplicate, 2' })).toBeVisible({ timeout: 15_000 });
  await page.getByRole('button', { name: 'Summary' }).click();
  const summary = page.getByRole('region', { name: 'Summary' });
  await expect(summary).toContainText('9 of 9');
  await expect(summary.getByRole('region', { name: 'The same recording twice' })).toContainText(
    'anger-1.wav',
  );
  await summary.getByRole('button', { name: '2 clips' }).click();
  await expect(rooms.clipRows).toHaveCount(3);

  await page.getByRole('checkbox', { name: 'With a defect, 1' }).click();
  await page.getByRole('checkbox', { name: 'Duplicate, 2' }).click();
  await expect(page.getByRole('grid', { name: 'Files with a defect' })).toContainText('broken.wav');
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  if (studio.host === 'electron') {
    await studio.electron.evaluate(({ shell }) => {
      Reflect.set(globalThis, 'shown', []);
      shell.showItemInFolder = (file) => Reflect.get(globalThis, 'shown').push(file);
    });
    await inspector.getByRole('button', { name: 'Show in folder' }).click();
    const shown = () => studio.electron.evaluate(() => Reflect.get(globalThis, 'shown') as string[]);
    await expect.poll(shown).toEqual([path.join(folder, 'broken.wav')]);
    // Nothing but files of an open corpus, whatever a page asks for.
    const refused = await page.evaluate(
      async (files) => {
        const host = Reflect.get(window, 'pathosHost') as { revealClip: (file: unknown) => Promise<boolean> };
        return Promise.all(files.map((file) => host.revealClip(file)));
      },
      ['/etc/passwd', `${folder}/../../etc/passwd`, `${folder}-not/a.wav`, 'broken.wav', 7, null],
    );
    expect(refused).toEqual([false, false, false, false, false, false]);
    expect(await shown()).toHaveLength(1);
  } else {
    await inspector.getByRole('button', { name: 'Copy path' }).click();
    await expect(page.getByRole('status').filter({ hasText: path.join(folder, 'broken.wav') })).toHaveCount(
      1,
    );
  }
});
