// A blind listening test: made, left half-way, gone on with after a restart, and its result beside imported human recall.
import path from 'node:path';
import { emodbFolder } from './fixtures/corpora.ts';
import { expect, test } from './fixtures/studio.ts';
import { Labelling } from './pages/labelling.ts';
import { Rooms } from './pages/rooms.ts';

const emodb = emodbFolder();

test('a listening test is blind, goes on where it was left, and comes to a matrix and a UAR', async ({
  studio,
}) => {
  test.skip(emodb === null, 'EMO-DB is not at hand');
  await studio.start({ folder: emodb! });
  let { page } = studio;
  let rooms = new Rooms(studio);
  await rooms.expectOpen('535 clips');
  await rooms.goTo('Label');
  let labelling = new Labelling(studio);
  await expect(labelling.current).toBeVisible();
  await labelling.press('t');
  await page.getByRole('button', { name: 'Make a test' }).press('Enter');
  await page.getByRole('textbox', { name: 'Name' }).fill('Seven each');
  await page.getByRole('textbox', { name: 'Clips' }).fill('14');
  await labelling.press('Enter');
  await page.getByRole('button', { name: 'Start' }).press('Enter');

  const main = page.getByRole('main');
  for (let i = 0; i < 6; i += 1) {
    await expect(main).toContainText(`Clip ${i + 1}`);
    await expect(main).not.toContainText('.wav');
    await labelling.press(String((i % 7) + 1));
  }
  await expect(main).toContainText('6 of 14 answered');
  await labelling.press('Escape');
  await expect(main).toContainText('6 of 14 by');

  await studio.restart();
  ({ page } = studio);
  rooms = new Rooms(studio);
  await rooms.expectOpen('535 clips');
  await rooms.goTo('Label');
  labelling = new Labelling(studio);
  await expect(labelling.current).toBeVisible();
  await labelling.press('t');
  await page.getByRole('button', { name: 'Go on' }).press('Enter');
  for (let i = 6; i < 14; i += 1) {
    await expect(page.getByRole('main')).toContainText(`Clip ${i + 1}`);
    await labelling.press('1');
  }
  await expect(page.getByText('That was the last clip')).toBeVisible();
  // The last answer can be given anew, and all of them one by one.
  await labelling.press('k');
  await expect(page.getByRole('button', { name: /Anger/ })).toHaveAttribute('aria-pressed', 'true');
  await labelling.press('2');
  await expect(page.getByText('That was the last clip')).toBeVisible();
  await labelling.press('Enter');
  await page.getByRole('button', { name: 'Go through it again' }).press('Enter');
  await expect(page.getByRole('main')).toContainText('Clip 1');
  await labelling.press('3');
  await expect(page.getByRole('main')).toContainText('Clip 2');
  await labelling.press('Escape');
  const listeners = page.getByRole('region', { name: 'Listeners' });
  await expect(listeners).toContainText(/0\.\d{3}/);
  await expect(listeners).toContainText('14 answers');
  await expect(
    listeners.getByRole('table', { name: /^Confusion of listeners/ }).getByRole('row'),
  ).toHaveCount(8);

  await page.locator('input[type=file]').setInputFiles(path.join(emodb!, '..', 'erkennung.txt'));
  const recall = page.getByRole('complementary', { name: 'Tests' });
  await expect(recall).toContainText(/UAR\s*0\.9\d\d/);
  await expect(page.getByRole('table', { name: 'Recall by label' })).toContainText('erkennung');
  expect(studio.troubles).toEqual([]);
});
