// The browser's folder picker on a slow line: what is typed stays.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from './fixtures/studio.ts';

test('a path typed before the first folder is listed is the one that is opened', async ({ studio }) => {
  const page = await studio.start();
  await expect(page.getByRole('contentinfo')).toContainText('Engine ready');
  const folder = path.join(studio.workspace, 'mine');
  mkdirSync(folder);
  // The engine stands still until the path is typed.
  const engine = await studio.enginePid();
  process.kill(engine, 'SIGSTOP');
  await page.keyboard.press('Control+o');
  const field = page.getByRole('dialog', { name: 'Open a folder' }).getByRole('textbox', { name: 'Folder' });
  await field.fill(folder);
  process.kill(engine, 'SIGCONT');
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Parent folder' })).toBeEnabled();
  await expect(field).toHaveValue(folder);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText(`${folder} holds no audio files.`).first()).toBeVisible();
});
