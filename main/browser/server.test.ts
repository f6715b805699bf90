// The browser host as somebody meets it who should not be let in, and as its own page does.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type BrowserHost, type ServedEngine, startBrowserHost } from './server.ts';

let rendererDir: string;
let host: BrowserHost;
let port: string;
let failure: string | null;
let startedAgain: number;

/** An engine that says back what it is told. */
const engine: ServedEngine = {
  connect: (onData) => ({ send: onData, close: () => undefined }),
  supervisor: {
    get failure() {
      return failure;
    },
    startAgain: () => {
      startedAgain += 1;
      failure = null;
    },
  },
};

interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Takes `target` as it is: what `fetch` would tidy is what somebody hostile sends. */
function ask(target: string, { method = 'GET', headers = {} }: Asked = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = httpRequest({ host: '127.0.0.1', port, path: target, method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    });
    asking.on('error', reject).end();
  });
}

const targetOf = (url: string): string => url.slice(new URL(url).origin.length);

async function cookieFrom(url: string): Promise<string> {
  const { headers } = await ask(targetOf(url));
  return headers['set-cookie']![0]!.split(';')[0]!;
}

function socketOpens(headers: Record<string, string>, target = '/rpc'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${target}`, { headers });
    socket.on('open', () => {
      socket.close();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

beforeEach(async () => {
  failure = null;
  startedAgain = 0;
  rendererDir = mkdtempSync(path.join(tmpdir(), 'pathos-server-'));
  writeFileSync(path.join(rendererDir, 'index.html'), '<head><title>the page</title></head>');
  host = await startBrowserHost({ engine, rendererDir, port: 0 });
  port = new URL(host.url).port;
});
afterEach(async () => {
  await host.close();
  rmSync(rendererDir, { recursive: true, force: true });
});

describe('who is let in', () => {
  it('turns away who has no token or another host’s name, and serves who has both', async () => {
    const cookie = await cookieFrom(host.url);
    expect((await ask('/')).status).toBe(403);
    expect((await ask('/?token=guess')).status).toBe(403);
    expect((await ask('/', { headers: { Cookie: `${cookie}0` } })).status).toBe(403);
    const rebound = { Cookie: cookie, Host: `studio.example:${port}` };
    expect((await ask('/', { headers: rebound })).status).toBe(421);
    for (const target of ['/', '/?theme=dark', '/index.html']) {
      const page = await ask(target, { headers: { Cookie: cookie } });
      expect(page.status).toBe(200);
      expect(page.body).toMatch(/<meta name="style-nonce".*<title>the page<\/title>/);
    }
  });

  it('takes the token out of the address, and lets no page or cache keep it', async () => {
    const { status, headers } = await ask(targetOf(host.url));
    expect(status).toBe(303);
    expect(headers).toMatchObject({
      location: '/',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
    expect(headers['set-cookie']![0]).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
  });

  it('lets in once with the address that a command line shows, and as often as asked with its own', async () => {
    expect((await ask(targetOf(host.openingUrl))).status).toBe(303);
    expect((await ask(targetOf(host.openingUrl))).status).toBe(403);
    expect((await ask(targetOf(host.url))).status).toBe(303);
    expect((await ask(targetOf(host.url))).status).toBe(303);
  });

  it('opens the engine’s line to its own page alone', async () => {
    const cookie = await cookieFrom(host.url);
    const origin = `http://127.0.0.1:${port}`;
    expect(await socketOpens({ Cookie: cookie, Origin: origin })).toBe(true);
    expect(await socketOpens({ Cookie: cookie, Origin: origin }, '/other')).toBe(false);
    expect(await socketOpens({ Cookie: cookie, Origin: 'http://studio.example' })).toBe(false);
    expect(await socketOpens({ Cookie: cookie })).toBe(false);
    expect(await socketOpens({ Origin: origin })).toBe(false);
  });
});

describe('what comes malformed', () => {
  it('is answered, and ends nothing', async () => {
    const cookie = await cookieFrom(host.url);
    for (const target of ['//', '//?token=%', '/%', '/%00', '/..%2f..%2fpackage.json', '/?token=%E0%A4%A']) {
      expect((await ask(target)).status).toBe(403);
      expect([200, 404]).toContain((await ask(target, { headers: { Cookie: cookie } })).status);
    }
    expect((await ask('/', { headers: { Cookie: cookie } })).status).toBe(200);
  });

  it('may hang up before it is answered', async () => {
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write(
          'GET /rpc HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
          () => socket.resetAndDestroy(),
        );
      });
      socket.on('error', () => undefined).on('close', () => resolve());
    });
    expect((await ask('/')).status).toBe(403);
  });
});

describe('an engine that was given up', () => {
  it('is told to the page, which may start it again', async () => {
    const headers = { Cookie: await cookieFrom(host.url), Origin: `http://127.0.0.1:${port}` };
    failure = 'It ended 6 times in a row.';
    expect(JSON.parse((await ask('/engine', { headers })).body)).toEqual({ failure });
    expect(startedAgain).toBe(0);
    const answer = await ask('/engine', { method: 'POST', headers });
    expect(JSON.parse(answer.body)).toEqual({ failure: null });
    expect(startedAgain).toBe(1);
  });

  it('is started again by nobody else', async () => {
    const Cookie = await cookieFrom(host.url);
    const asked: Record<string, string>[] = [
      {},
      { Cookie },
      { Cookie, Origin: 'http://studio.example' },
      { Origin: `http://127.0.0.1:${port}` },
    ];
    for (const headers of asked) {
      expect((await ask('/engine', { method: 'POST', headers })).status).toBe(403);
    }
    expect((await ask('/engine')).status).toBe(403);
    expect(startedAgain).toBe(0);
  });
});
