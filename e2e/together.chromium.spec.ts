// Two people in one workspace: each sees the other's labels at once, and nobody overwrites another's without being asked.
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures/studio.ts';
import { Rooms } from './pages/rooms.ts';

/** A window on the same engine whose news can be held back, as on a slow line. */
async function secondWindow(first: Page): Promise<{ page: Page; hold: () => void; release: () => void }> {
  const page = await first.context().newPage();
  let held: (() => void)[] | null = null;
  await page.routeWebSocket(/\/rpc$/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      const pass = () => socket.send(message);
      if (held) held.push(pass);
      else pass();
    });
  });
  await page.goto(first.url());
  return {
    page,
    hold: () => (held = []),
    release: () => {
      const passing = held ?? [];
      held = null;
      for (const pass of passing) pass();
    },
  };
}

test('two raters see each other and are asked before one overrules the other', async ({ studio }) => {
  const ann = await studio.start();
  const rooms = new Rooms(studio);
  await ann.getByRole('button', { name: 'Try the demo corpus' }).click();
  await rooms.expectOpen('120 clips');
  await rooms.goTo('Label');
  const { page: ben, hold, release } = await secondWindow(ann);
  await expect(ben.getByRole('contentinfo')).toContainText('Engine ready');
  await ben.keyboard.press('Control+2');
  for (const [page, name] of [
    [ann, 'Ann'],
    [ben, 'Ben'],
  ] as const) {
    await page.getByRole('button', { name: /^Rater / }).click();
    await page.getByRole('menuitem', { name: 'Another rater…' }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill(name);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('button', { name: /^Rater / })).toContainText(name);
  }
  await expect(ann.getByRole('button', { name: /^Rater / })).toContainText('Ann');

  const side = (page: Page) => page.getByRole('complementary', { name: 'Label and history' });
  await ann.getByRole('listbox', { name: 'Clips to label' }).focus();
  await ann.keyboard.press('3');
  const began = performance.now();
  await ben.waitForFunction(
    () => document.querySelector('#queue-row-0 .mark')?.getAttribute('data-e') === 'fear',
  );
  console.log(`seen in the other window after ${Math.round(performance.now() - began)} ms`);
  await expect(side(ben)).toContainText('Ann');
  await expect(side(ben)).toContainText('Fear');

  // Ben decides without having heard of what Ann decides now.
  await ann.keyboard.press('k');
  await expect(side(ann)).toContainText('Fear');
  // What Ann notes is not told while Ben labels blind.
  await ann.keyboard.press('n');
  await ann.keyboard.type('sounds afraid');
  await ann.keyboard.press('Enter');
  const note = side(ben).getByRole('textbox', { name: 'Note on the clip' });
  await expect(note).toHaveValue('sounds afraid');
  await ben.getByRole('listbox', { name: 'Clips to label' }).focus();
  await ben.keyboard.press('b');
  await expect(side(ben)).toContainText('hidden while blind');
  await expect(note).toHaveValue('');
  // Another room tells nothing of it either.
  await ben.keyboard.press('Control+4');
  await expect(ben.getByText('Blind mode is on')).toBeVisible();
  await ben.keyboard.press('Control+2');
  await expect(ben.getByRole('main')).toHaveAttribute('data-room', 'label');
  await ben.keyboard.press('b');
  await expect(note).toHaveValue('sounds afraid');
  hold();
  await ann.keyboard.press('2');
  await expect(ann.locator('#queue-row-0 .mark')).toHaveAttribute('data-e', 'disgust');
  await ben.getByRole('listbox', { name: 'Clips to label' }).focus();
  await ben.keyboard.press('5');
  release();
  const asked = ben.getByRole('alert');
  await expect(asked).toContainText('Ann decided about');
  await expect(asked).toContainText('Disgust');
  await expect(asked).toContainText('Your Sadness is not saved');
  await expect(ann.locator('#queue-row-0 .mark')).toHaveAttribute('data-e', 'disgust');
  await asked.getByRole('button', { name: 'Set Sadness all the same' }).press('Enter');
  await expect(ann.locator('#queue-row-0 .mark')).toHaveAttribute('data-e', 'sadness');
  await expect(asked).toBeHidden();

  // Both stand in the history and among the disagreements.
  await ann.keyboard.press('d');
  await expect(ann.getByRole('list', { name: 'What raters say' })).toContainText('Ben');
  await expect(ann.getByRole('complementary', { name: 'Agreement', exact: true })).toContainText('Ann, Ben');
  await ann.keyboard.press('2');
  await expect(ann.getByText('Nobody disagrees')).toBeVisible();
  await expect(ben.locator('#queue-row-0 .mark')).toHaveAttribute('data-e', 'disgust');
  await ben.close();
});
