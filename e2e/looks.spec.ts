// Every room in both themes: no serious accessibility defect, nothing reported on the console.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures/studio.ts';
import { type Room, Rooms } from './pages/rooms.ts';

/** The views of the Label room, its dialogs, and what shows only while something is selected. */
async function lookAtViews(page: Page, look: (where: string) => Promise<void>): Promise<void> {
  const press = (key: string) => page.keyboard.press(key);
  await expect(page.locator('[id^=queue-row-].here')).toHaveAccessibleName(/\.wav/);
  await press('i');
  await press('Shift+ArrowRight');
  await press('o');
  await expect(page.getByRole('listbox', { name: 'Segments of the clip' })).toBeVisible();
  await press('v');
  await look('Label with a segment and a selection');
  await press('Escape');
  await press('Escape');
  await press('h');
  await look('Label with its history');
  await press('b');
  await expect(page.getByText('hidden while blind').first()).toBeVisible();
  await look('Label while blind');
  await press('b');
  await press('p');
  await expect(page.getByRole('grid', { name: 'Speakers by label' })).toBeVisible();
  await look('Parallel utterances');
  await press('d');
  await expect(page.getByRole('heading', { name: 'Agreement', exact: true })).toBeVisible();
  await look('Raters');
  await press('t');
  await page.getByRole('button', { name: 'Make a test' }).click();
  await look('Listening');
  await press('Alt+l');
  await expect(page.locator('[id^=queue-row-].here')).toBeVisible();
  await press('e');
  await expect(page.getByRole('dialog', { name: 'Label set' })).toBeVisible();
  await look('Label set');
  await press('Escape');
}

/** The clips, scrolled until the one that keys act on is no longer among the rows. */
async function lookPastTheClip(page: Page, look: (where: string) => Promise<void>): Promise<void> {
  const clips = page.getByRole('grid', { name: 'Clips' });
  await clips.press('Home');
  await clips.evaluate((list) => list.scrollTo({ top: list.scrollHeight }));
  await expect(page.locator('#clip-row-0')).toHaveCount(0);
  await look('Corpus scrolled away from the clip that keys act on');
}

for (const theme of ['light', 'dark'] as const) {
  test(`no room has a serious accessibility defect in ${theme}`, async ({ studio }) => {
    // Sixteen looks at whole pages, all of it computing.
    test.setTimeout(300_000);
    await studio.start({ theme });
    const { page } = studio;
    const rooms = new Rooms(studio);
    await expect(page.getByRole('button', { name: 'Try the demo corpus' })).toBeEnabled();
    const findings: string[] = [];
    const look = async (where: string): Promise<void> => {
      // The Electron of the tests has no second page to inject into.
      const result = await new AxeBuilder({ page }).setLegacyMode(studio.host === 'electron').analyze();
      for (const { id, impact, nodes } of result.violations) {
        if (impact !== 'serious' && impact !== 'critical') continue;
        findings.push(`${where}: ${id} at ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
      }
    };
    await look('First run');
    await page.getByRole('button', { name: 'Try the demo corpus' }).click();
    await rooms.expectOpen('120 clips');
    await page.getByRole('button', { name: 'Summary' }).click();
    await look('Summary');
    await page.getByRole('button', { name: 'Columns' }).click();
    await look('Columns');
    await page.keyboard.press('Escape');
    for (const room of ['Corpus', 'Label', 'Train', 'Evaluate', 'Live'] satisfies Room[]) {
      await rooms.goTo(room);
      await expect(page.getByRole('main').getByRole('heading').first()).toBeVisible();
      await look(room);
      if (room === 'Label') await lookAtViews(page, look);
      if (room === 'Corpus') await lookPastTheClip(page, look);
    }
    await page.keyboard.press('?');
    await look('Keys');
    expect(findings).toEqual([]);
  });
}
