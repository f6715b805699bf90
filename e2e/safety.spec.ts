// No one is let in: the page is sandboxed, the browser host answers only a holder of its token.
import { request as httpRequest } from 'node:http';
import { WebSocket } from 'ws';
import { expect, test } from './fixtures/studio.ts';

test('the page has no Node, runs no script but the studio’s and loads nothing from elsewhere', async ({
  studio,
}) => {
  const page = await studio.start();
  const findings = await page.evaluate(async () => {
    const script = document.createElement('script');
    script.textContent = 'window.injected = true';
    document.head.append(script);
    // In a task of the page's own: what the test's tools evaluate is exempt from the policy.
    const evaluated = await new Promise((resolve) => {
      setTimeout(() => {
        try {
          resolve(new Function('return true')());
        } catch {
          resolve(false);
        }
      });
    });
    const scope = window as unknown as Record<string, unknown>;
    return {
      injected: 'injected' in scope,
      evaluated,
      node: typeof scope['require'] !== 'undefined' || typeof scope['process'] !== 'undefined',
      hostKeys: Object.keys((scope['pathosHost'] as object | undefined) ?? {}).sort(),
    };
  });
  expect(findings.injected).toBe(false);
  expect(findings.evaluated).toBe(false);
  expect(findings.node).toBe(false);
  expect(findings.hostKeys).toEqual(
    studio.host === 'electron' ? ['chooseFolder', 'kind', 'pathForFile', 'requestPort'] : [],
  );
  const refused = page.evaluate(() => fetch('http://127.0.0.1:9/').then(() => true));
  await expect(refused).rejects.toThrow();
});

test('Electron’s window is sandboxed and isolated', async ({ studio, host }) => {
  test.skip(host !== 'electron', 'Electron only');
  await studio.start();
  const preferences = await studio.electron.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    const contents = window?.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
    return contents.getLastWebPreferences();
  });
  expect(preferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false });
});

/** Status of a plain HTTP request, with whatever host name it claims. */
function statusOf(url: URL, target: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    httpRequest({ host: url.hostname, port: url.port, path: target, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

function canConnect(url: string, headers: Record<string, string>): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { headers });
    socket.on('open', () => {
      socket.close();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

test('the browser host turns away who has no token, a foreign origin or another host name', async ({
  studio,
  host,
}) => {
  test.skip(host !== 'chromium', 'browser host only');
  const page = await studio.start();
  const url = new URL(page.url());
  const [cookie] = await page.context().cookies();
  const own = `${cookie?.name}=${cookie?.value}`;
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });

  expect(await statusOf(url, '/')).toBe(403);
  expect(await statusOf(url, '/?token=guess')).toBe(403);
  expect(await statusOf(url, '/', { Cookie: own })).toBe(200);
  expect(await statusOf(url, '/', { Cookie: own, Host: `evil.example:${url.port}` })).toBe(421);
  expect(await statusOf(url, '/../package.json', { Cookie: own })).toBe(404);
  expect(await statusOf(url, '/%2e%2e/package.json', { Cookie: own })).toBe(404);

  const socketUrl = `ws://${url.host}/rpc`;
  expect(await canConnect(socketUrl, { Cookie: own, Origin: url.origin })).toBe(true);
  expect(await canConnect(socketUrl, { Origin: url.origin })).toBe(false);
  expect(await canConnect(socketUrl, { Cookie: own, Origin: 'http://evil.example' })).toBe(false);
  expect(await canConnect(socketUrl, { Cookie: own })).toBe(false);
});
