// Dialogs under fast fingers.
import { expect, test } from './fixtures/studio.ts';

test('a dialog closed by one key is opened again by the next, however soon', async ({ studio }) => {
  await studio.start();
  const { page } = studio;
  await expect(page.getByRole('button', { name: 'Try the demo corpus' })).toBeEnabled();
  const keys = page.getByRole('dialog', { name: 'Every key' });
  await page.keyboard.press('?');
  await expect(keys).toBeVisible();
  for (let i = 0; i < 10; i++) {
    // The second does not wait for what the first one did.
    await Promise.all([page.keyboard.press('Escape'), page.keyboard.press('?')]);
    await expect(keys).toBeVisible();
  }
  await page.keyboard.press('Escape');
  await expect(keys).toBeHidden();
  expect(studio.troubles).toEqual([]);
});
