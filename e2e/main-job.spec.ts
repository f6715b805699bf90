// The main job on a real corpus: open it, find clips, hear one, relabel, train, believe the score, classify.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { emodbFolder } from './fixtures/corpora.ts';
import { expect, test } from './fixtures/studio.ts';
import { Rooms } from './pages/rooms.ts';

const emodb = emodbFolder();

test.describe('with EMO-DB', () => {
  test.skip(emodb === null, 'EMO-DB is not at hand');
  const corpus = emodb ?? '';

  test('a corpus is opened, filtered by a count, and a clip is heard', async ({ studio }) => {
    await studio.start();
    const rooms = new Rooms(studio);
    await expect(studio.page.getByRole('heading', { name: 'Open a folder of acted speech' })).toBeVisible();
    await rooms.openFolder(corpus);
    await rooms.expectOpen('535 clips · 10 speakers · 7 labels');

    await studio.page.getByRole('gridcell', { name: 'Speaker 03, Anger: 14 clips' }).click();
    await expect(studio.page.getByRole('heading', { name: '14 clips' })).toBeVisible();
    await expect(rooms.clipRows.nth(1)).toContainText('03a01Wa.wav');

    await studio.page.getByRole('searchbox', { name: 'Search clips' }).fill('a04');
    await expect(studio.page.getByRole('heading', { name: '1 clip', exact: true })).toBeVisible();

    const inspector = studio.page.getByRole('complementary', { name: 'Inspector' });
    await rooms.clipRows.nth(1).click();
    await expect(inspector).toContainText('0.00 / 2.00 s');
    await inspector.getByRole('button', { name: 'Play' }).click();
    await expect(inspector).toContainText(/0\.[3-9]\d \/ 2\.00 s/);
  });

  test('labels set by number keys are on disk: undone, kept over a restart and over a killed engine', async ({
    studio,
  }) => {
    await studio.start({ folder: corpus });
    let rooms = new Rooms(studio);
    await rooms.expectOpen('535 clips');
    await rooms.goTo('Label');
    await expect(studio.page.getByText('cut: 47 of 87 frames not seen').first()).toBeVisible();
    await expect(rooms.queue.getByRole('option', { name: '03a01Fa.wav' })).toHaveAttribute(
      'aria-selected',
      'true',
    );

    await studio.page.keyboard.press('5');
    await expect(rooms.statusBar).toContainText('saved');
    await expect(rooms.queue.getByRole('option', { name: '03a01Nc.wav' })).toHaveAttribute(
      'aria-selected',
      'true',
    );
    await studio.page.keyboard.press('1');
    await expect(studio.page.getByText('2 of 535 reviewed')).toBeVisible();
    await studio.page.keyboard.press('Control+z');
    await expect(studio.page.getByText('1 of 535 reviewed')).toBeVisible();
    await expect(rooms.queue.getByRole('option', { name: '03a01Nc.wav' })).toHaveAttribute(
      'aria-selected',
      'true',
    );
    await expect(rooms.history).toContainText('undo', { ignoreCase: true });

    await studio.restart();
    rooms = new Rooms(studio);
    await rooms.expectOpen('535 clips');
    await rooms.goTo('Label');
    await expect(studio.page.getByText('1 of 535 reviewed')).toBeVisible();
    await expect(rooms.history).toContainText('Sadness');

    await studio.page.keyboard.press('2');
    await expect(rooms.statusBar).toContainText('saved');
    // Twice: the second comes before the first is forgotten.
    for (let kill = 0; kill < 2; kill++) {
      process.kill(await studio.enginePid(), 'SIGKILL');
      await expect(rooms.statusBar).toContainText(/restarting/i);
      await expect(rooms.statusBar).toContainText('Engine ready');
    }
    await studio.page.keyboard.press('k');
    await expect(rooms.history).toContainText('Disgust');
    await expect(rooms.history).toContainText('Sadness');
  });

  test('a run shows its curves while it trains, is scored with interval and protocol, and classifies', async ({
    studio,
  }) => {
    await studio.start({ folder: corpus });
    const { page } = studio;
    const rooms = new Rooms(studio);
    await rooms.expectOpen('535 clips');
    await rooms.goTo('Train');
    await page.getByRole('radio', { name: /^Random 80/ }).check({ force: true });
    await page.getByRole('textbox', { name: 'Epochs' }).fill('3');
    await page.getByRole('button', { name: 'Start run 1' }).first().click();

    const fold = rooms.folds.getByRole('row').nth(1);
    await expect(fold).toContainText('1 / 3', { timeout: 60_000 });
    const loss = page.getByRole('table', { name: /^Loss/ });
    await expect(loss.getByRole('row')).toHaveCount(2);
    await expect(fold).toContainText('3 / 3', { timeout: 60_000 });
    await expect(loss.getByRole('row')).toHaveCount(4);
    await expect(fold).toContainText('done');

    await rooms.goTo('Evaluate');
    const score = page.getByRole('region', { name: 'Score of run 1' });
    await expect(score).toContainText(/UAR, unweighted average recall\s*0\.\d{3}\s*0\.\d{3} – 0\.\d{3}/);
    await expect(score).toContainText('shares speakers: 10 of 10');
    await expect(score).toContainText('labels v1');
    const matrix = page.getByRole('grid', { name: /confusion/i });
    await expect(score).toContainText('107 of 535 clips scored');
    const cell = matrix.getByRole('gridcell', { name: /^Anger heard as anger/i });
    await cell.focus();
    await page.keyboard.press('Enter');
    const clips = page.getByRole('listbox', { name: 'Clips, the surest answers first' });
    await expect(clips).toBeFocused();
    await page.keyboard.press(' ');
    await expect(clips.getByTitle('Stop')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(clips).toBeHidden();
    await expect(cell).toBeFocused();

    await page.keyboard.press('p');
    const predict = page.getByRole('region', { name: 'Predict' });
    await expect(predict).toContainText('run 1');
    await expect(predict.getByText(/^0\.\d\d/).first()).toBeVisible({ timeout: 30_000 });

    const file = path.join(corpus, '16b10Wb.wav');
    await predict.locator('input[type=file]').setInputFiles({
      name: 'from elsewhere.wav',
      mimeType: 'audio/wav',
      buffer: readFileSync(file),
    });
    await expect(predict).toContainText('from elsewhere.wav');
    await predict.locator('input[type=file]').setInputFiles({
      name: 'broken.wav',
      mimeType: 'audio/wav',
      buffer: readFileSync(file).subarray(0, 1000),
    });
    await expect(predict.getByRole('alert')).toContainText('broken.wav');
  });

  test('leave one speaker out is the default, and a cancel keeps what was finished', async ({ studio }) => {
    await studio.start({ folder: corpus });
    const { page } = studio;
    const rooms = new Rooms(studio);
    await rooms.expectOpen('535 clips');
    await rooms.goTo('Train');
    await page.keyboard.press('Control+Enter');
    await expect(rooms.folds.getByRole('row').nth(1)).toContainText('Speaker 03');
    await expect(rooms.folds.getByRole('row').nth(1)).toContainText('1 / 30', { timeout: 60_000 });
    await page.getByRole('region', { name: 'Run 1' }).getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByRole('region', { name: 'Run 1' })).toContainText('cancelled', { timeout: 10_000 });
    await expect(rooms.folds.getByRole('row').nth(1)).toContainText(/[1-9] \/ 30/);
    await expect(page.getByRole('listbox', { name: 'Runs' }).getByRole('option')).toBeFocused();
    await expect(page.getByRole('region', { name: 'Run 1' })).toContainText(/\d of 10 speakers scored/);
  });
});
