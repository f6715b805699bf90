// The browser host answers only a holder of its token, from its own page.
import { request as httpRequest } from 'node:http';
import { WebSocket } from 'ws';
import { expect, test } from './fixtures/studio.ts';

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
}) => {
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
