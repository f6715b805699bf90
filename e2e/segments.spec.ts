// Segments on the waveform: drawn, labelled, nudged, cut, merged, locked, undone, and there again after a restart.
import { expect, test } from './fixtures/studio.ts';
import { Labelling } from './pages/labelling.ts';
import { Rooms } from './pages/rooms.ts';

test('segments are drawn by key and by pointer, edited, undone and kept', async ({ studio }) => {
  await studio.start();
  const { page } = studio;
  let rooms = new Rooms(studio);
  await page.getByRole('button', { name: 'Try the demo corpus' }).click();
  await rooms.expectOpen('120 clips');
  await rooms.goTo('Label');
  const labelling = new Labelling(studio);
  await expect(labelling.current).toBeVisible();
  await expect(page.getByRole('img', { name: /^Waveform/ })).toBeVisible();
  const list = page.getByRole('listbox', { name: 'Segments of the clip' });

  // Free of snapping, so that times are known: it goes zero, silence, free.
  await labelling.press('z', 'z');
  for (let i = 0; i < 2; i += 1) await labelling.press('ArrowRight');
  await labelling.press('i');
  for (let i = 0; i < 4; i += 1) await labelling.press('ArrowRight');
  await labelling.press('o');
  await expect(list.getByRole('option')).toHaveAccessibleName('no label 0.200 – 0.600');
  await labelling.press('3');
  await expect(list.getByRole('option')).toHaveAccessibleName('Fear 0.200 – 0.600');
  // The clip itself keeps its label.
  await labelling.expectReviewed(0);

  await labelling.press('Alt+ArrowRight', 'Alt+ArrowRight', 'Control+ArrowLeft');
  await expect(list.getByRole('option')).toHaveAccessibleName('Fear 0.210 – 0.620');
  await labelling.press('Shift+L', 'Alt+ArrowRight', 'Delete');
  await expect(list.getByRole('option')).toHaveAccessibleName('Fear locked 0.210 – 0.620');
  await labelling.press('Shift+L');
  await expect(list.getByRole('option')).toHaveAccessibleName('Fear 0.210 – 0.620');
  // There is nowhere to move it to: nothing is written, which the undoing below would meet.
  await labelling.press('y');
  await expect(page.getByText('There is no other tier')).toBeVisible();

  await labelling.press('ArrowLeft', 'ArrowLeft', 'c');
  await expect(list.getByRole('option')).toHaveCount(2);
  await labelling.press(',', 'm');
  await expect(list.getByRole('option')).toHaveCount(1);
  await labelling.press('Control+z');
  await expect(list.getByRole('option')).toHaveCount(2);
  await labelling.press('Control+z');
  await expect(list.getByRole('option')).toHaveCount(1);
  await expect(list.getByRole('option')).toHaveAccessibleName('Fear 0.210 – 0.620');

  // By pointer: one over it, in a row of its own.
  await labelling.press('Escape');
  const box = (await page.locator('.segments canvas').boundingBox())!;
  const y = box.y + box.height * 0.8;
  await page.mouse.move(box.x + box.width * 0.6, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.8, y, { steps: 4 });
  await page.mouse.up();
  await expect(list.getByRole('option')).toHaveCount(2);
  await labelling.press('1');
  await expect(list.getByRole('option', { name: /^Anger/ })).toHaveAttribute('aria-selected', 'true');

  await studio.restart();
  rooms = new Rooms(studio);
  await rooms.expectOpen('120 clips');
  await rooms.goTo('Label');
  const kept = studio.page.getByRole('listbox', { name: 'Segments of the clip' });
  await expect(kept.getByRole('option')).toHaveCount(2);
  await expect(kept).toContainText('0.210 – 0.620');
  expect(studio.troubles).toEqual([]);
});
