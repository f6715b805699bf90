// Electron's own part of safety.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type {} from '../renderer/state/connection.ts';
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

test('nothing in the page leads out of it or opens another window', async ({ studio }) => {
  const page = await studio.start();
  const address = page.url();
  const opened = await page.evaluate(() => {
    const link = document.createElement('a');
    link.href = 'https://studio.invalid/';
    document.body.append(link);
    link.click();
    link.target = '_blank';
    link.click();
    return window.open('https://studio.invalid/') !== null;
  });
  expect(opened).toBe(false);
  await page.evaluate(() => (window.location.href = 'file:///etc/hostname'));
  // A navigation that was let through would be under way by then.
  await new Promise((resolve) => setTimeout(resolve, 500));
  // Asked of Electron: Playwright waits for a navigation that was refused.
  const left = await studio.electron.evaluate(async ({ BrowserWindow }) => {
    const windows = BrowserWindow.getAllWindows();
    const { webContents } = windows[0]!;
    const lives = (await webContents.executeJavaScript(
      'document.querySelector("footer") !== null',
    )) as boolean;
    return { windows: windows.length, address: webContents.getURL(), lives };
  });
  expect(left).toEqual({ windows: 1, address, lives: true });
});

test('the page gets the microphone and no other permission', async ({ studio }) => {
  const page = await studio.start();
  const states = await page.evaluate(async () => {
    const names = ['microphone', 'camera', 'geolocation', 'notifications', 'clipboard-read', 'midi'];
    const asked = names.map(async (name) => {
      const { state } = await navigator.permissions.query({ name: name as PermissionName });
      return [name, state] as const;
    });
    return Object.fromEntries(await Promise.all(asked));
  });
  const { microphone, ...others } = states;
  expect(microphone).toBe('granted');
  expect(new Set(Object.values(others))).toEqual(new Set(['denied']));
});

test('the interface’s address gives its own files and nothing else', async ({ studio }) => {
  const page = await studio.start();
  const statuses = await page.evaluate(async () => {
    const targets = [
      '/index.html',
      '/../package.json',
      '/%2e%2e/%2e%2e/package.json',
      '/..%2f..%2fpackage.json',
      '/%',
    ];
    return Promise.all(targets.map(async (target) => (await fetch(target)).status));
  });
  expect(statuses).toEqual([200, 404, 404, 404, 404]);
});

test('a page that is printed reaches nothing outside itself', async ({ studio }) => {
  const page = await studio.start();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const outside = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const file = path.join(studio.workspace, 'page.pdf');
  await studio.electron.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, file);
  const html =
    `<!doctype html><meta http-equiv="refresh" content="0; url=${outside}/refresh"><p>A card</p>` +
    `<img src="${outside}/picture"><iframe src="${outside}/frame"></iframe><iframe src="file:///etc/hostname"></iframe>`;
  await page.evaluate((document) => window.pathosHost!.savePdf(document, 'page.pdf'), html);
  expect(readFileSync(file).subarray(0, 5).toString()).toBe('%PDF-');
  server.close();
  expect(asked).toEqual([]);
});
