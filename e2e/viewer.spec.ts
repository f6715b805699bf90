// The clip over time in the Label room: tracks by key, zoom and scroll together, numbers under the cursor, saved files.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { encodeWavPcm16 } from '../main/audio/wav.ts';
import { withEngine } from '../main/cli/local-engine.ts';
import { computeFeatures } from '../main/features/features.ts';
import { columnNames } from '../shared/recipe/columns.ts';
import { CLASSIC_RECIPE } from '../shared/recipe/recipe.ts';
import { expect, type Studio, test } from './fixtures/studio.ts';
import { Rooms } from './pages/rooms.ts';

const RATE_HZ = 16_000;
const HOP_SECONDS = 512 / 22_050;

/** Two clips in folders named for labels: a short tone that glides, and a long one. */
function makeCorpus(studio: Studio): string {
  const folder = path.join(studio.workspace, 'corpus');
  const write = (label: string, name: string, seconds: number): void => {
    const samples = new Float32Array(seconds * RATE_HZ);
    for (let i = 0; i < samples.length; i++) {
      const t = i / RATE_HZ;
      samples[i] =
        0.4 * Math.sin(2 * Math.PI * (140 + 60 * Math.sin(t)) * t) + 0.2 * Math.sin(2 * Math.PI * 1000 * t);
    }
    mkdirSync(path.join(folder, label), { recursive: true });
    writeFileSync(path.join(folder, label, name), encodeWavPcm16([samples], RATE_HZ));
  };
  write('anger', 'glide.wav', 3);
  write('sadness', 'long.wav', 40);
  return folder;
}

const viewer = (page: Page): Locator => page.locator('[data-painted]');
const lane = (page: Page, track: string): Locator => page.locator(`[data-track="${track}"]`);

async function openLabel(studio: Studio, name: string): Promise<Page> {
  const page = await studio.start({ folder: makeCorpus(studio) });
  const rooms = new Rooms(studio);
  await rooms.expectOpen('2 clips');
  await rooms.clipRows.filter({ hasText: name }).click();
  await rooms.goTo('Label');
  await expect(viewer(page)).toHaveAttribute('data-whole', 'true');
  return page;
}

/** A saved file, wherever the host puts it. */
async function saved(studio: Studio, act: () => Promise<void>): Promise<Buffer> {
  const target = path.join(studio.workspace, `saved-${Date.now()}`);
  if (studio.host === 'electron') {
    // The system's dialog can't be driven; what it would answer is put in its place.
    await studio.electron.evaluate(({ session }, file) => {
      // What the last one left here would be taken for this one's.
      (globalThis as Record<string, unknown>)['saved'] = null;
      session.defaultSession.once('will-download', (_event, item) => {
        item.setSavePath(file);
        item.once('done', (_done, state) => ((globalThis as Record<string, unknown>)['saved'] = state));
      });
    }, target);
    await act();
    await expect
      .poll(() => studio.electron.evaluate(() => (globalThis as Record<string, unknown>)['saved']))
      .toBe('completed');
  } else {
    const download = studio.page.waitForEvent('download');
    await act();
    await (await download).saveAs(target);
  }
  return readFileSync(target);
}

test('tracks are shown by key, told under the cursor as the recipe computes them, and remembered', async ({
  studio,
}) => {
  let page = await openLabel(studio, 'glide.wav');
  await expect(lane(page, 'spectrogram')).toBeVisible();
  await expect(lane(page, 'rms')).toHaveCount(0);
  for (const key of ['Shift+G', 'Shift+F', 'Shift+R']) await page.keyboard.press(key);
  for (const track of ['log-mel', 'f0', 'rms']) await expect(lane(page, track)).toBeVisible();
  await page.keyboard.press('Shift+S');
  await expect(lane(page, 'spectrogram')).toHaveCount(0);

  // By keys alone: the cursor steps from frame to frame.
  for (let i = 0; i < 20; i++) await page.keyboard.press('Shift+Period');
  const table = page.getByRole('table', { name: /frame 20 of/ });
  const file = path.join(studio.workspace, 'corpus', 'anger', 'glide.wav');
  const valueOf = async (track: (typeof CLASSIC_RECIPE.features.tracks)[number]): Promise<number> => {
    const { values, coefficients } = await computeFeatures(file, {
      ...CLASSIC_RECIPE.features,
      tracks: [track],
    });
    return values[20 * coefficients]!;
  };
  const c0 = await valueOf({ type: 'mfcc', coefficients: 13, deltas: 0 });
  await expect(table.getByRole('row', { name: /^What the LSTM sees/ })).toContainText(
    `c0  ${c0.toFixed(3).replace('-', '−')}`,
  );
  const rms = await valueOf({ type: 'rms' });
  await expect(table.getByRole('row', { name: /^RMS/ })).toContainText(rms.toFixed(5));
  await expect(lane(page, 'mfcc')).toContainText('cut: 90 of 130 frames not seen');

  page = await studio.restart();
  await new Rooms(studio).goTo('Label');
  await expect(lane(page, 'rms')).toBeVisible();
  await expect(lane(page, 'spectrogram')).toHaveCount(0);
  expect(studio.troubles).toEqual([]);
});

test('the tracks are those of the recipe that is chosen', async ({ studio }) => {
  const finer = { ...CLASSIC_RECIPE.features, hopLength: 256 };
  const recipes = [{ ...CLASSIC_RECIPE, name: 'finer', features: finer }];
  await withEngine(studio.workspace, (client) => client.engine.saveSettings({ recipes }));
  let page = await openLabel(studio, 'glide.wav');
  await page.keyboard.press('Shift+R');
  await expect(page.getByRole('table', { name: /frame 0 of 130/ })).toBeAttached();
  await page.getByRole('combobox', { name: 'Recipe of the tracks' }).selectOption('finer');
  const table = page.getByRole('table', { name: /frame 0 of 259/ });
  const file = path.join(studio.workspace, 'corpus', 'anger', 'glide.wav');
  const { values } = await computeFeatures(file, { ...finer, tracks: [{ type: 'rms' }] });
  await expect(table.getByRole('row', { name: /^RMS/ })).toContainText(values[0]!.toFixed(5));

  page = await studio.restart();
  await new Rooms(studio).goTo('Label');
  await expect(page.getByRole('combobox', { name: 'Recipe of the tracks' })).toHaveValue('finer');
  expect(studio.troubles).toEqual([]);
});

test('zoom and scroll move the axis, the tracks and the cursor together, down to samples', async ({
  studio,
}) => {
  const page = await openLabel(studio, 'long.wav');
  const box = (await lane(page, 'outline').boundingBox())!;
  const ticks = page.locator('.ruler span');
  await expect(ticks.first()).toHaveText('0 s');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const at = lane(page, 'spectrogram').locator('.chip');
  await expect(at).toContainText('Hz');
  const before = await page.locator('.at').textContent();
  await page.keyboard.down('Control');
  for (let i = 0; i < 8; i++) await page.mouse.wheel(0, -200);
  await page.keyboard.up('Control');
  await expect(page.getByRole('button', { name: 'Whole clip' })).toBeEnabled();
  await page.mouse.move(box.x + box.width / 2 + 1, box.y + box.height / 2);
  // The time under the pointer stayed where it was.
  const seconds = (text: string | null): number => Number(/[\d.]+/.exec(text ?? '')?.[0]);
  expect(seconds(await page.locator('.at').textContent())).toBeCloseTo(seconds(before), 1);
  await expect(ticks.first()).not.toHaveText('0 s');
  await page.keyboard.press('PageDown');
  const wide = (await ticks.allTextContents()).join();
  for (let i = 0; i < 20; i++) await page.keyboard.press('+');
  await expect.poll(async () => (await ticks.allTextContents()).join()).not.toBe(wide);
  await expect(viewer(page)).toHaveAttribute('data-whole', 'true');
  await page.keyboard.press('w');
  await expect(ticks.first()).toHaveText('0 s');
  expect(studio.troubles).toEqual([]);
});

test('a long clip plays from where it is put', async ({ studio }) => {
  const page = await openLabel(studio, 'long.wav');
  const box = (await lane(page, 'outline').boundingBox())!;
  await page.mouse.click(box.x + box.width * 0.75, box.y + 40);
  await page.mouse.move(0, 0);
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: /^Pause/ })).toBeVisible();
  await expect(page.locator('.at')).toContainText(/^3[1-9]\.\d+ s/);
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: /^Play once/ })).toBeVisible();
});

test('the visible tracks are saved as a picture and as a table', async ({ studio }) => {
  const page = await openLabel(studio, 'glide.wav');
  const picture = await saved(studio, () => page.getByRole('button', { name: 'PNG' }).click());
  expect(picture.subarray(1, 4).toString()).toBe('PNG');
  expect(picture.readUInt32BE(16)).toBeGreaterThan(1000);
  await page.keyboard.press('Shift+S');
  await expect(lane(page, 'spectrogram')).toHaveCount(0);
  const table = await saved(studio, () => page.getByRole('button', { name: 'CSV' }).click());
  const [head, ...lines] = table.toString().trimEnd().split('\n');
  expect(head).toBe(['frame', 'time_s', ...columnNames(CLASSIC_RECIPE.features)].join(','));
  const file = path.join(studio.workspace, 'corpus', 'anger', 'glide.wav');
  const { values, frames, coefficients } = await computeFeatures(file, CLASSIC_RECIPE.features);
  expect(lines).toHaveLength(frames);
  const fields = lines[50]!.split(',').map(Number);
  expect(fields[1]).toBeCloseTo(50 * HOP_SECONDS, 5);
  expect(Float32Array.from(fields.slice(2))).toEqual(values.slice(50 * coefficients, 51 * coefficients));
});
