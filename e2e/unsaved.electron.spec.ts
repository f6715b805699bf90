// A window that is closed while a label is on its way to the disk: the person is asked, and what they stay for is saved.
import { expect, test } from './fixtures/studio.ts';
import { Labelling } from './pages/labelling.ts';
import { Rooms } from './pages/rooms.ts';

test('closing on a label that is not on disk asks; staying saves it', async ({ studio }) => {
  const page = await studio.start();
  // Playwright answers where nobody listens; here the studio's own question is to be the answer.
  page.on('dialog', () => undefined);
  const rooms = new Rooms(studio);
  await page.getByRole('button', { name: 'Try the demo corpus' }).click();
  await rooms.expectOpen('120 clips');
  await rooms.goTo('Label');
  const labelling = new Labelling(studio);
  const name = await labelling.currentName();
  const before = [...labelling.savedLabels()].find(([file]) => file.endsWith(name))!;
  await studio.electron.evaluate(({ dialog }) => {
    const asked: string[] = [];
    Reflect.set(globalThis, 'asked', asked);
    dialog.showMessageBoxSync = (...args: unknown[]) => {
      asked.push((args.at(-1) as { message: string }).message);
      return 0;
    };
  });
  const asked = () => studio.electron.evaluate(() => Reflect.get(globalThis, 'asked') as string[]);
  const close = () =>
    studio.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());

  const pid = await studio.enginePid();
  process.kill(pid, 'SIGSTOP');
  try {
    await labelling.press('5');
    await expect(rooms.statusBar).toContainText('saving');
    await close();
    await expect.poll(asked).toEqual(['A label is not saved yet.']);
    expect(page.isClosed()).toBe(false);
    expect(labelling.savedLabels().get(before[0])).toBe(before[1]);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await expect.poll(() => labelling.savedLabels().get(before[0])).toBe('sadness');
  await expect(rooms.statusBar).toContainText('Engine ready');
  await expect(rooms.statusBar).not.toContainText('saving');
  await expect(labelling.row(name).locator('.mark')).toHaveAttribute('data-e', 'sadness');

  // Nothing is on its way any more: the window goes without a word.
  const gone = page.waitForEvent('close');
  await close();
  await gone;
  expect(await asked().catch(() => ['A label is not saved yet.'])).toHaveLength(1);
});
