// Electron's own part of safety.
import { expect, test } from './fixtures/studio.ts';

test('Electron’s window is sandboxed and isolated', async ({ studio }) => {
  await studio.start();
  const preferences = await studio.electron.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    const contents = window?.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
    return contents.getLastWebPreferences();
  });
  expect(preferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false });
});
