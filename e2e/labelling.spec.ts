// An afternoon's labelling from the keyboard alone: fifty labels, ten taken back, one reverted from history, twenty at
// once, and an engine that is killed again and again: what the interface has shown as saved is saved.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { unpackDemoCorpus } from '../main/corpus/demo.ts';
import { emodbFolder } from './fixtures/corpora.ts';
import { expect, test, type Studio } from './fixtures/studio.ts';
import { Labelling } from './pages/labelling.ts';
import { Rooms } from './pages/rooms.ts';

const LABELS = ['anger', 'disgust', 'fear', 'happiness', 'sadness'];
const KILLS = 20;
/** The host gives up on an engine that ends more often than this in a minute; then the studio is started again. */
const KILLS_A_START = 4;

let corpus = emodbFolder() ?? '';
let unpacked: string | null = null;
test.beforeAll(async () => {
  if (corpus) return;
  unpacked = mkdtempSync(path.join(tmpdir(), 'pathos-demo-'));
  corpus = await unpackDemoCorpus(unpacked);
});
test.afterAll(() => {
  if (unpacked) rmSync(unpacked, { recursive: true, force: true });
});

async function openLabelRoom(studio: Studio): Promise<{ rooms: Rooms; labelling: Labelling }> {
  const rooms = new Rooms(studio);
  await expect(rooms.statusBar).toContainText('Engine ready');
  await expect(studio.page.getByRole('heading', { level: 1 })).toHaveText(/^Corpus/, { timeout: 30_000 });
  await rooms.goTo('Label');
  const labelling = new Labelling(studio);
  await expect(labelling.current).toBeVisible();
  return { rooms, labelling };
}

test('fifty labels by keyboard, ten undone, one reverted, twenty at once', async ({ studio }) => {
  await studio.start({ folder: corpus });
  const { rooms, labelling } = await openLabelRoom(studio);
  const { page } = studio;
  await labelling.command('Play the clip moved to');
  const first = await labelling.currentName();

  for (let i = 0; i < 50; i += 1) await labelling.press(String((i % LABELS.length) + 1));
  await labelling.expectReviewed(50);
  for (let i = 0; i < 10; i += 1) await labelling.press('Control+z');
  await labelling.expectReviewed(40);

  // The first one gets a second decision, which is reverted from its history: the first decision stands again.
  for (let i = 0; i < 40; i += 1) await labelling.press('k');
  await expect(labelling.row(first)).toHaveAttribute('aria-selected', 'true');
  await labelling.command('Move on after a label');
  await labelling.press('r');
  await page.keyboard.type('heard it again 123');
  await labelling.press('Enter', '3');
  await expect(rooms.history).toContainText('heard it again 123');
  await expect(rooms.history.getByRole('option')).toHaveCount(3);
  await labelling.press('h', 'Enter');
  await expect(rooms.history).toContainText('reverted: Anger');
  await expect(rooms.history.locator('.undone')).toContainText('Fear');
  expect(labelling.savedLabels().get(first)).toBe('anger');

  // Twenty from here on get one label with one decision, taken back with one key and done again.
  await page.getByRole('listbox', { name: 'Clips to label' }).focus();
  const before = labelling.savedLabels();
  await labelling.press('v');
  for (let i = 0; i < 19; i += 1) await labelling.press('Shift+J');
  await expect(page.getByText('20 clips selected')).toBeVisible();
  await labelling.press('5');
  await expect(page.getByRole('status').getByText('20 clips are now Sadness')).toBeVisible();
  const sad = [...labelling.savedLabels().values()].filter((label) => label === 'sadness').length;
  await labelling.press('Control+z');
  await expect(page.getByText('Taken back: 20 clips')).toBeVisible();
  expect(labelling.savedLabels()).toEqual(before);
  await labelling.press('Control+Shift+Z');
  await expect(page.getByText('Done again: 20 clips')).toBeVisible();
  expect([...labelling.savedLabels().values()].filter((label) => label === 'sadness')).toHaveLength(sad);
  expect(studio.troubles).toEqual([]);
});

test(`what was shown as saved is saved, over ${KILLS} killed engines`, async ({ studio }) => {
  // Twenty starts of an engine on a machine that has other work.
  test.setTimeout(600_000);
  await studio.start({ folder: corpus });
  let { rooms, labelling } = await openLabelRoom(studio);
  await labelling.command('Play the clip moved to');
  const shown = new Set<string>();
  await labelling.watch();
  /** What was shown is kept, once what is on screen is what is on disk: a label may be there whose answer was lost. */
  const keepSeen = async (): Promise<void> => {
    await expect
      .poll(async () => {
        const saved = labelling.savedLabels();
        const last = new Map(await labelling.seen());
        return [...last].filter(([name, label]) => saved.get(name) !== label);
      })
      .toEqual([]);
    for (const [name, label] of await labelling.seen()) shown.add(`${name}: ${label}`);
  };
  for (let kill = 0; kill < KILLS; kill += 1) {
    if (kill > 0 && kill % KILLS_A_START === 0) {
      await keepSeen();
      await studio.restart();
      ({ rooms, labelling } = await openLabelRoom(studio));
      await labelling.watch();
      // On with clips that have no label yet.
      for (let i = 0; i < 4 * kill; i += 1) await labelling.press('j');
    }
    const pid = await studio.enginePid();
    // Some are on disk by then, some are on their way.
    const key = String((kill % LABELS.length) + 1);
    await labelling.press(key, key, key);
    process.kill(pid, 'SIGKILL');
    await labelling.press(key);
    await expect(rooms.statusBar).toContainText(/restarting/i);
    await expect(rooms.statusBar).toContainText('Engine ready', { timeout: 40_000 });
    await expect(rooms.statusBar).not.toContainText('saving');
  }
  await keepSeen();
  expect(shown.size).toBeGreaterThan(KILLS);
  const decided = labelling.decided();
  for (const label of shown) expect(decided).toContain(label);
});

test('keys can be given away, taken from another command, and given back', async ({ studio }) => {
  await studio.start({ folder: corpus });
  const { labelling } = await openLabelRoom(studio);
  const { page } = studio;
  const first = await labelling.currentName();
  await labelling.press('?');
  const keys = page.getByRole('dialog', { name: 'Every key' });
  await keys.getByRole('button', { name: 'Next clip: J, change' }).click();
  await labelling.press('b');
  await expect(keys.getByRole('alert')).toContainText('B is “Blind mode on or off”');
  await keys.getByRole('button', { name: 'Take it from there' }).press('Enter');
  await expect(keys.getByRole('button', { name: 'Next clip: B, change' })).toBeVisible();
  await expect(keys.getByRole('button', { name: 'Blind mode on or off: no key, change' })).toBeVisible();
  await labelling.press('Escape', 'b');
  await expect(labelling.row(first)).toHaveAttribute('aria-selected', 'false');
  // A number key of another room is not taken without asking either.
  await labelling.press('?');
  await keys.getByRole('button', { name: 'Next clip of the cell: J, change' }).click();
  await labelling.press('3');
  await expect(keys.getByRole('alert')).toContainText('3 is “Relabel A with key 3”');
  await keys.getByRole('button', { name: 'Keep as it was' }).click();
  await expect(keys.getByRole('button', { name: 'Edit the recipe: R, change' })).toBeVisible();
  await labelling.press('Escape');
  // Typing is typing.
  await labelling.press('r');
  await page.keyboard.type('bj1');
  await expect(page.getByRole('textbox', { name: /^Reason/ })).toHaveValue('bj1');
  await labelling.press('Escape', '?');
  await keys.getByRole('button', { name: /^Reset every key/ }).click();
  await expect(keys.getByRole('button', { name: 'Next clip: J, change' })).toBeVisible();
  await labelling.press('Escape', 'b');
  await expect(page.getByRole('switch', { name: /^Blind/ })).toBeChecked();
  await expect(page.getByRole('complementary', { name: 'Label and history' })).toContainText(
    'hidden while blind',
  );
  await expect(page.getByRole('main')).not.toContainText('As the corpus came');
});
