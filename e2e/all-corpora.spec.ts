// Several corpora seen together under the labels they share, what raters have remarked, and a room that keeps blind mode blind.
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from '@playwright/test';
import { expect, test, type Studio } from './fixtures/studio.ts';
import { Labelling } from './pages/labelling.ts';
import { Rooms } from './pages/rooms.ts';

/** The demo corpus, beside a folder that calls fear "dread". */
async function openBoth(studio: Studio): Promise<{ rooms: Rooms; labelling: Labelling }> {
  await studio.start();
  const rooms = new Rooms(studio);
  await studio.page.getByRole('button', { name: 'Try the demo corpus' }).click();
  await rooms.expectOpen('120 clips');
  const fear = path.join(studio.workspace, 'Demo corpus (synthetic)', 'fear');
  const folder = path.join(studio.workspace, 'diary');
  mkdirSync(folder);
  const names = readdirSync(fear).filter((name) => name.endsWith('.wav'));
  const lines = ['file,emotion,speaker'];
  for (const [i, name] of names.slice(0, 4).entries()) {
    copyFileSync(path.join(fear, name), path.join(folder, `day ${i}.wav`));
    lines.push(`day ${i}.wav,${i < 3 ? 'dread' : 'anger'},Ada`);
  }
  writeFileSync(path.join(folder, 'clips.csv'), lines.join('\n'));
  await rooms.openFolder(folder);
  await rooms.expectOpen('4 clips · 1 speaker · 2 labels');
  return { rooms, labelling: new Labelling(studio) };
}

async function show(studio: Studio, corpus: RegExp): Promise<void> {
  await studio.page.getByRole('banner').getByRole('button').first().click();
  await studio.page.getByRole('menuitemradio', { name: corpus }).click();
}

test('corpora are seen together under one label set, and a clip opens in its own', async ({ studio }) => {
  const { rooms, labelling } = await openBoth(studio);
  const { page } = studio;
  const heading = (text: string): Locator => page.getByRole('heading', { name: text, exact: true });
  await show(studio, /^All corpora/);
  await rooms.expectOpen('2 corpora · 124 clips · 7 speakers · 6 labels');
  const counts = page.getByRole('grid', { name: 'Clips by corpus and label' });
  await expect(counts.getByRole('gridcell', { name: 'Corpus diary, Dread: 3 clips' })).toBeVisible();

  // The demo corpus gets a set that says what dread is.
  await show(studio, /^Demo corpus/);
  await rooms.goTo('Label');
  await expect(labelling.current).toBeVisible();
  await labelling.command('Edit the label set');
  const dialog = page.getByRole('dialog', { name: 'Label set' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Five emotions');
  await dialog.getByRole('button', { name: 'Add a mapping' }).click();
  await dialog.getByRole('textbox', { name: 'Label of another set' }).fill('Dread');
  await dialog.getByRole('combobox', { name: 'What Dread is here' }).selectOption('fear');
  await dialog.getByRole('button', { name: 'Save as a new set' }).click();
  await expect(dialog).toBeHidden();
  await rooms.goTo('Corpus');
  await show(studio, /^All corpora/);
  await rooms.expectOpen('2 corpora · 124 clips · 7 speakers · 5 labels');
  await counts.getByRole('gridcell', { name: 'Corpus diary, Fear: 3 clips' }).click();
  await expect(heading('3 clips')).toBeVisible();
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toContainText('there dread');
  await page.keyboard.press('Escape');
  await page.getByRole('checkbox', { name: 'Fear, 27' }).click();
  await expect(heading('27 clips')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search clips' }).fill('day 2');
  await expect(heading('1 clip')).toBeVisible();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await rooms.expectOpen('diary');
  await expect(labelling.current).toHaveAccessibleName(/^day 2\.wav/);
  await rooms.goTo('Corpus');
  await expect(heading('1 clip')).toBeVisible();

  // A run on the demo corpus that is tested on the other starts with the same mapping.
  await show(studio, /^Demo corpus/);
  await rooms.goTo('Train');
  await page.getByRole('radio', { name: /^Another corpus/ }).click();
  await expect(page.getByRole('combobox', { name: /^Dread/ })).toHaveValue('fear');
  await expect(page.getByText('4 clips of it are tested.')).toBeVisible();

  // A set that is removed comes back as it was.
  await rooms.goTo('Label');
  const chosen = page.getByRole('banner').getByText('Five emotions');
  await expect(chosen).toBeVisible();
  await labelling.command('Edit the label set');
  await dialog.getByRole('button', { name: 'Remove the set' }).click();
  await expect(dialog).toBeHidden();
  await expect(chosen).toBeHidden();
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await expect(chosen).toBeVisible();
  expect(studio.troubles).toEqual([]);
});

test('a flagged recording is found again and left out of a run', async ({ studio }) => {
  const { rooms, labelling } = await openBoth(studio);
  const { page } = studio;
  await rooms.goTo('Label');
  await expect(labelling.current).toBeVisible();
  await labelling.press('x');
  await expect(page.getByRole('button', { name: /^Bad recording/ })).toBeVisible();
  await rooms.goTo('Corpus');
  await page.getByRole('checkbox', { name: 'Bad recording, 1' }).click();
  await expect(page.getByRole('heading', { name: '1 clip', exact: true })).toBeVisible();
  await rooms.goTo('Train');
  await expect(page.getByText('1 clip flagged as a bad recording is left out.')).toBeVisible();
  await page.getByRole('switch', { name: 'Keep flagged clips' }).click();
  await expect(page.getByText('1 clip flagged as a bad recording is used as any other.')).toBeVisible();
});

test('the Corpus room tells nothing while labels are set blind', async ({ studio }) => {
  const { rooms, labelling } = await openBoth(studio);
  const { page } = studio;
  await rooms.goTo('Label');
  await expect(labelling.current).toBeVisible();
  await labelling.press('b');
  await expect(page.getByText('hidden while blind').first()).toBeVisible();
  await rooms.goTo('Corpus');
  await expect(page.getByText('Blind mode is on')).toBeVisible();
  await expect(page.getByRole('main')).not.toContainText(/dread|anger|day \d/i);
  await page.getByRole('button', { name: 'Turn blind mode off' }).press('Enter');
  await expect(page.getByRole('grid', { name: 'Clips', exact: true })).toContainText('day 0');
  await rooms.goTo('Label');
  await expect(page.getByRole('switch', { name: /^Blind/ })).not.toBeChecked();
});
