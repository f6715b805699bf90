// A page whose engine is gone for good says so, and offers what can be done about it.
import { expect, test } from './fixtures/studio.ts';
import { Rooms } from './pages/rooms.ts';

test('an engine that keeps ending is given up, said to be, and started again from the page', async ({
  studio,
}) => {
  const page = await studio.start();
  const status = page.getByRole('status').filter({ hasText: /engine|studio/i });
  await expect(status).toHaveText('Engine ready');
  const note = page.getByRole('alert').filter({ hasText: 'What was saved is kept.' });
  const killed = new Set<number>();
  await expect
    .poll(
      async () => {
        const pid = await studio.enginePid().catch(() => null);
        if (pid !== null && !killed.has(pid)) {
          killed.add(pid);
          process.kill(pid, 'SIGKILL');
        }
        return note.count();
      },
      { intervals: [50], timeout: 60_000 },
    )
    .toBe(1);
  expect(killed.size).toBe(6);
  await expect(note).toContainText('The engine ended 6 times in a row. What was saved is kept.');
  await expect(status).toHaveText('No engine');

  await note.getByRole('button', { name: 'Start the engine again' }).click();
  await expect(status).toHaveText('Engine ready', { timeout: 20_000 });
  await expect(note).toHaveCount(0);
  await page.getByRole('button', { name: 'Try the demo corpus' }).click();
  await new Rooms(studio).expectOpen('120 clips');
  expect(studio.troubles).toEqual([]);
});

test('a page whose studio was ended says that', async ({ studio }) => {
  const page = await studio.start();
  await expect(page.getByRole('status').filter({ hasText: 'Engine ready' })).toBeVisible();
  process.kill(studio.hostPid, 'SIGTERM');
  // What the page was still asking may have a note of its own.
  const note = page.getByRole('alert').filter({ hasText: 'The studio was ended where it was started.' });
  await expect(note).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText('The studio was ended', { exact: true })).toBeVisible();
  await expect(note.getByRole('button')).toHaveCount(0);
});
