// Every room in both themes: no serious accessibility defect, nothing reported on the console.
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './fixtures/studio.ts';
import { type Room, Rooms } from './pages/rooms.ts';

for (const theme of ['light', 'dark'] as const) {
  test(`no room has a serious accessibility defect in ${theme}`, async ({ studio }) => {
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
    for (const room of ['Corpus', 'Label', 'Train', 'Evaluate', 'Live'] satisfies Room[]) {
      await rooms.goTo(room);
      await expect(page.getByRole('main').getByRole('heading').first()).toBeVisible();
      await look(room);
    }
    await page.keyboard.press('?');
    await look('Keys');
    expect(findings).toEqual([]);
  });
}
