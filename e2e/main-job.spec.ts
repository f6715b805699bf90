// The main job on a real corpus: open it, find clips, hear one, relabel, train, believe the score, classify.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { unpackDemoCorpus } from '../main/corpus/demo.ts';
import { emodbFolder } from './fixtures/corpora.ts';
import { expect, test } from './fixtures/studio.ts';
import { Rooms } from './pages/rooms.ts';

const emodb = emodbFolder();

/** What is known of the corpus: of EMO-DB where it is at hand, else of the demo corpus. */
const KNOWN = emodb
  ? {
      name: 'EMO-DB',
      clips: 535,
      speakers: 10,
      labels: 7,
      firstSpeaker: '03',
      angryOfFirst: 14,
      search: 'a04',
      first: '03a01Fa.wav',
      second: '03a01Nc.wav',
      angryFirst: '03a01Wa.wav',
      cut: 'cut: 47 of 87 frames not seen',
      tested: 107,
      other: '16b10Wb.wav',
    }
  : {
      name: 'the demo corpus',
      clips: 120,
      speakers: 6,
      labels: 5,
      firstSpeaker: '1',
      angryOfFirst: 4,
      search: 'a03',
      first: 'a01 (1).wav',
      second: 'a01 (2).wav',
      angryFirst: 'a01 (1).wav',
      cut: /cut: \d+ of \d+ frames not seen/,
      tested: 24,
      other: path.join('fear', 'f02 (3).wav'),
    };

test.describe(`with ${KNOWN.name}`, () => {
  let corpus = emodb ?? '';
  let unpacked: string | null = null;
  test.beforeAll(async () => {
    if (emodb) return;
    unpacked = mkdtempSync(path.join(tmpdir(), 'pathos-demo-'));
    corpus = await unpackDemoCorpus(unpacked);
  });
  test.afterAll(() => {
    if (unpacked) rmSync(unpacked, { recursive: true, force: true });
  });

  test('a corpus is opened, filtered by a count, and a clip is heard', async ({ studio }) => {
    await studio.start();
    const rooms = new Rooms(studio);
    await expect(studio.page.getByRole('heading', { name: 'Open a folder of acted speech' })).toBeVisible();
    await rooms.openFolder(corpus);
    await rooms.expectOpen(`${KNOWN.clips} clips · ${KNOWN.speakers} speakers · ${KNOWN.labels} labels`);

    await studio.page
      .getByRole('gridcell', { name: `Speaker ${KNOWN.firstSpeaker}, Anger: ${KNOWN.angryOfFirst} clips` })
      .click();
    await expect(studio.page.getByRole('heading', { name: `${KNOWN.angryOfFirst} clips` })).toBeVisible();
    await expect(rooms.clipRows.nth(1)).toContainText(KNOWN.angryFirst);

    await studio.page.getByRole('searchbox', { name: 'Search clips' }).fill(KNOWN.search);
    await expect(studio.page.getByRole('heading', { name: '1 clip', exact: true })).toBeVisible();

    const inspector = studio.page.getByRole('complementary', { name: 'Inspector' });
    await rooms.clipRows.nth(1).click();
    await expect(inspector).toContainText(/0\.00 \/ \d\.\d\d s/);
    await inspector.getByRole('button', { name: 'Play' }).click();
    await expect(inspector).toContainText(/(0\.[3-9]|[1-9]\.\d)\d \/ \d\.\d\d s/);
  });

  test('labels set by number keys are on disk: undone, kept over a restart and over a killed engine', async ({
    studio,
  }) => {
    await studio.start({ folder: corpus });
    let rooms = new Rooms(studio);
    await rooms.expectOpen(`${KNOWN.clips} clips`);
    await rooms.goTo('Label');
    await expect(studio.page.getByText(KNOWN.cut).first()).toBeVisible();
    await expect(rooms.queue.getByRole('option', { name: KNOWN.first })).toHaveAttribute(
      'aria-selected',
      'true',
    );

    await studio.page.keyboard.press('5');
    await expect(rooms.statusBar).toContainText('saved');
    await expect(rooms.queue.getByRole('option', { name: KNOWN.second })).toHaveAttribute(
      'aria-selected',
      'true',
    );
    await studio.page.keyboard.press('1');
    await expect(studio.page.getByText(`2 of ${KNOWN.clips} reviewed`)).toBeVisible();
    await studio.page.keyboard.press('Control+z');
    await expect(studio.page.getByText(`1 of ${KNOWN.clips} reviewed`)).toBeVisible();
    await expect(rooms.queue.getByRole('option', { name: KNOWN.second })).toHaveAttribute(
      'aria-selected',
      'true',
    );
    await expect(rooms.history).toContainText('undo', { ignoreCase: true });

    await studio.restart();
    rooms = new Rooms(studio);
    await rooms.expectOpen(`${KNOWN.clips} clips`);
    await rooms.goTo('Label');
    await expect(studio.page.getByText(`1 of ${KNOWN.clips} reviewed`)).toBeVisible();
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
    await rooms.expectOpen(`${KNOWN.clips} clips`);
    await rooms.goTo('Train');
    await page.getByRole('radio', { name: /^Random 80/ }).check({ force: true });
    await page.getByRole('textbox', { name: 'Epochs' }).fill('3');
    await page.getByRole('button', { name: 'Start run 1' }).first().click();

    const fold = rooms.folds.getByRole('row').nth(1);
    await expect(fold).toContainText(/[1-3] \/ 3/, { timeout: 60_000 });
    const loss = page.getByRole('table', { name: /^Loss/ });
    await expect.poll(() => loss.getByRole('row').count()).toBeGreaterThan(1);
    await expect(fold).toContainText('3 / 3', { timeout: 60_000 });
    await expect(loss.getByRole('row')).toHaveCount(4);
    await expect(fold).toContainText('done');

    await rooms.goTo('Evaluate');
    const score = page.getByRole('region', { name: 'Score of run 1' });
    await expect(score).toContainText(/UAR, unweighted average recall\s*0\.\d{3}\s*0\.\d{3} – 0\.\d{3}/);
    await expect(score).toContainText(`shares speakers: ${KNOWN.speakers} of ${KNOWN.speakers}`);
    await expect(score).toContainText('labels v1');
    const matrix = page.getByRole('grid', { name: /confusion/i });
    await expect(score).toContainText(`${KNOWN.tested} of ${KNOWN.clips} clips scored`);
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

    const file = path.join(corpus, KNOWN.other);
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
    await rooms.expectOpen(`${KNOWN.clips} clips`);
    await rooms.goTo('Train');
    await expect(page.getByRole('button', { name: 'Start run 1' }).first()).toBeEnabled();
    await page.keyboard.press('Control+Enter');
    await expect(rooms.folds.getByRole('row').nth(1)).toContainText(`Speaker ${KNOWN.firstSpeaker}`);
    await expect(rooms.folds.getByRole('row').nth(1)).toContainText(/[1-9]\d? \/ 30/, { timeout: 60_000 });
    await page.getByRole('region', { name: 'Run 1' }).getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByRole('region', { name: 'Run 1' })).toContainText('cancelled', { timeout: 10_000 });
    await expect(rooms.folds.getByRole('row').nth(1)).toContainText(/[1-9]\d? \/ 30/);
    await expect(page.getByRole('listbox', { name: 'Runs' }).getByRole('option')).toBeFocused();
    await expect(page.getByRole('region', { name: 'Run 1' })).toContainText(/\d+ of \d+ speakers scored/);
  });
});
