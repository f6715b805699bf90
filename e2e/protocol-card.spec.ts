// The protocol card: one page and one file that say what a score is worth.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ProtocolCard } from '../shared/contract/schemas.ts';
import { formatRate } from '../renderer/ui/format.ts';
import { expect, test } from './fixtures/studio.ts';
import { Rooms } from './pages/rooms.ts';

test('a run’s protocol card shows its score as the room does, and is kept as JSON and on paper', async ({
  studio,
}) => {
  await studio.start();
  const { page } = studio;
  const rooms = new Rooms(studio);
  await page.getByRole('button', { name: 'Try the demo corpus' }).click();
  await rooms.expectOpen('120 clips');
  await rooms.goTo('Train');
  await page.getByRole('radio', { name: /^Random 80/ }).check({ force: true });
  await page.getByRole('textbox', { name: 'Epochs' }).fill('1');
  await page.getByRole('button', { name: 'Start run 1' }).first().click();
  await expect(rooms.folds.getByRole('row').nth(1)).toContainText('done', { timeout: 60_000 });
  await rooms.goTo('Evaluate');
  await page.getByRole('button', { name: 'Protocol card' }).click();
  const dialog = page.getByRole('dialog', { name: 'Protocol card' });
  const sheet = dialog.frameLocator('iframe');
  await expect(sheet.getByRole('rowheader', { name: 'It overstates' })).toBeVisible();

  let card: ProtocolCard | null = null;
  if (studio.host === 'electron') {
    const file = path.join(studio.workspace, 'card.pdf');
    // The system's dialog can't be driven; what it would answer is put in its place.
    await studio.electron.evaluate(({ dialog: system }, chosen) => {
      system.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: chosen });
    }, file);
    await dialog.getByRole('button', { name: 'Save PDF' }).click();
    await expect(async () => {
      expect(readFileSync(file).subarray(0, 5).toString()).toBe('%PDF-');
    }).toPass({ timeout: 15_000 });
  } else {
    const saved = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Save JSON' }).click();
    card = JSON.parse(readFileSync(await (await saved).path(), 'utf8')) as ProtocolCard;
    expect(card.split.name).toBe('random');
    await expect(sheet.getByText(formatRate(card.figures.uar), { exact: true }).first()).toBeVisible();
  }
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  if (card) {
    await expect(page.getByRole('region', { name: 'Score of run 1' })).toContainText(
      formatRate(card.figures.uar),
    );
  }
});
