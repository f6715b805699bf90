// Ways to a corpus: the demo, a table that needs a word of help, damaged files.
import { cpSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from './fixtures/studio.ts';
import { Rooms } from './pages/rooms.ts';

test('the demo corpus opens with one click and says that it is synthetic', async ({ studio }) => {
  await studio.start();
  const rooms = new Rooms(studio);
  await studio.page.getByRole('button', { name: 'Try the demo corpus' }).click();
  await rooms.expectOpen('120 clips · 6 speakers · 5 labels');
  await expect(studio.page.getByRole('banner')).toContainText('synthetic', { ignoreCase: true });
});

test('a table with columns of its own is mapped once and remembered', async ({ studio }) => {
  await studio.start();
  const rooms = new Rooms(studio);
  const { page } = studio;
  await page.getByRole('button', { name: 'Try the demo corpus' }).click();
  await rooms.expectOpen('120 clips');
  const demo = path.join(studio.workspace, 'Demo corpus (synthetic)');
  const folder = path.join(studio.workspace, 'mine');
  mkdirSync(folder);
  const lines = ['clipname;felt;who'];
  // Names that no adapter knows: only the table can tell what they are.
  for (const [i, name] of readdirSync(path.join(demo, 'anger')).slice(0, 4).entries()) {
    cpSync(path.join(demo, 'anger', name), path.join(folder, `recording ${i}.wav`));
    lines.push(`recording ${i}.wav;rage;${i < 2 ? 'Ada' : 'Ben'}`);
  }
  writeFileSync(path.join(folder, 'notes.csv'), lines.join('\n'));

  await rooms.openFolder(folder);
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('File needed').selectOption('clipname');
  await dialog.getByLabel(/^Label/).selectOption('felt');
  await dialog.getByLabel(/^Speaker/).selectOption('who');
  await dialog.getByRole('button', { name: 'Open', exact: true }).click();
  await rooms.expectOpen('4 clips · 2 speakers · 1 label');

  // Another corpus is open after the restart: what opens this one is the folder alone.
  await page.getByRole('banner').getByRole('button').first().click();
  await page.getByRole('menuitemradio', { name: /^Demo corpus/ }).click();
  await rooms.expectOpen('120 clips');
  await studio.restart();
  const again = new Rooms(studio);
  await again.expectOpen('120 clips');
  await again.openFolder(folder);
  await again.expectOpen('4 clips · 2 speakers · 1 label');
  await expect(studio.page.getByRole('dialog')).toHaveCount(0);
});

test('a damaged file is named with its reason, and the rest goes on', async ({ studio }) => {
  await studio.start();
  const rooms = new Rooms(studio);
  await studio.page.getByRole('button', { name: 'Try the demo corpus' }).click();
  await rooms.expectOpen('120 clips');
  const folder = path.join(studio.workspace, 'damaged');
  cpSync(path.join(studio.workspace, 'Demo corpus (synthetic)'), folder, { recursive: true });
  truncateSync(path.join(folder, 'fear', 'f01 (2).wav'), 500);

  await rooms.openFolder(folder);
  await rooms.expectOpen('119 clips');
  await studio.page.getByRole('checkbox', { name: 'With a defect, 1' }).click();
  const defects = studio.page.getByRole('grid', { name: 'Files with a defect' });
  await expect(defects.getByRole('row').filter({ hasText: 'f01 (2).wav' })).toContainText(
    'claims 46528 bytes',
  );
});
