// The browser host: the interface and the engine's socket on a loopback address, behind a token.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { promises as fs } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import sirv from 'sirv';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { ENGINE_PATH, type EngineState } from '../../shared/contract/browser-host.ts';
import type { EngineHost } from '../host/engine-host.ts';
import type { EngineSupervisor } from '../host/engine-supervisor.ts';
import { guardedPage, SECURITY_HEADERS } from '../process/security.ts';

const LOOPBACK = '127.0.0.1';
/** A dropped audio file travels in one message. */
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;
const PAGE_PATHS = new Set(['/', '/index.html']);
/** RFC 6455, 7.4.1: the server is restarting; the page connects again. */
const CLOSE_RESTART = 1012;

export interface ServedEngine extends Pick<EngineHost, 'connect'> {
  readonly supervisor: Pick<EngineSupervisor, 'failure' | 'startAgain'>;
}

export interface BrowserHostOptions {
  readonly engine: ServedEngine;
  /** Folder of the built interface. */
  readonly rendererDir: string;
  /** 0: any free port. */
  readonly port: number;
}

export interface BrowserHost {
  /** Opens the studio, as often as it is asked for: contains the token. */
  readonly url: string;
  /** Opens the studio once. For a command line, which other users of the machine can read. */
  readonly openingUrl: string;
  close(): Promise<void>;
}

const newSecret = (): string => randomBytes(32).toString('hex');

/** Equal in constant time, whatever the lengths. */
function sameSecret(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function cookieValue(request: IncomingMessage, name: string): string {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([key]) => key === name)?.[1] ?? '';
}

/** Path and query of a request; not by `URL`, which takes a request's `//` for a host and may throw. */
function targetOf(request: IncomingMessage): { readonly path: string; readonly query: URLSearchParams } {
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  return { path, query: new URLSearchParams(query) };
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { ...SECURITY_HEADERS, 'Content-Type': type, 'Cache-Control': 'no-store' });
  response.end(body);
}

function refuse(response: ServerResponse, status: number, message: string): void {
  answer(response, status, 'text/plain; charset=utf-8', message);
}

/** Joins one page to the engine; when the engine ends, the page's socket is closed and it comes back by itself. */
function join(socket: WebSocket, engine: ServedEngine): void {
  const connection = engine.connect(
    (data) => socket.send(data),
    () => socket.close(CLOSE_RESTART, 'engine restarting'),
  );
  socket.on('message', (data: RawData, isBinary: boolean) => {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as ArrayBuffer);
    connection.send(isBinary ? new Uint8Array(bytes) : bytes.toString('utf8'));
  });
  socket.on('close', () => connection.close());
  socket.on('error', () => socket.terminate());
}

/** Serves until closed. Only loopback listens, only a holder of the token is answered. */
export async function startBrowserHost({
  engine,
  rendererDir,
  port,
}: BrowserHostOptions): Promise<BrowserHost> {
  const token = newSecret();
  let openingToken: string | null = newSecret();
  const firstOpeningToken = openingToken;
  const page = await fs.readFile(path.join(rendererDir, 'index.html'), 'utf8');
  const files = sirv(rendererDir, {
    dev: false,
    single: false,
    setHeaders: (response) => {
      for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    },
  });
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, resolve);
  });
  const boundPort = (server.address() as AddressInfo).port;
  const hosts = new Set([`${LOOPBACK}:${boundPort}`, `localhost:${boundPort}`]);
  const origins = new Set([...hosts].map((host) => `http://${host}`));
  // Cookies ignore ports: two studios on one machine must not share a name.
  const cookie = `pathos-${boundPort}`;

  // A name that only resolves to this address (DNS rebinding) is not this host.
  const knownHost = (request: IncomingMessage): boolean => hosts.has(request.headers.host ?? '');
  const ownOrigin = (request: IncomingMessage): boolean => origins.has(request.headers.origin ?? '');
  const admitted = (request: IncomingMessage): boolean => sameSecret(cookieValue(request, cookie), token);

  /** Whether the address itself lets its caller in. */
  const opens = (offered: string): boolean => {
    if (sameSecret(offered, token)) return true;
    if (openingToken === null || !sameSecret(offered, openingToken)) return false;
    openingToken = null;
    return true;
  };

  const answerEngine = (request: IncomingMessage, response: ServerResponse): void => {
    const { supervisor } = engine;
    if (request.method === 'POST') {
      if (!ownOrigin(request)) return refuse(response, 403, 'Only the studio’s own page may ask this.');
      supervisor.startAgain();
    }
    const state: EngineState = { failure: supervisor.failure };
    answer(response, 200, 'application/json', JSON.stringify(state));
  };

  const answerPage = (response: ServerResponse): void => {
    const { html, headers } = guardedPage(page);
    response.writeHead(200, { ...headers, 'Content-Type': 'text/html; charset=utf-8' }).end(html);
  };

  server.on('request', (request, response) => {
    if (!knownHost(request)) return refuse(response, 421, 'Unknown host.');
    const target = targetOf(request);
    const offered = target.query.get('token');
    if (offered !== null && opens(offered)) {
      response.writeHead(303, {
        ...SECURITY_HEADERS,
        Location: '/',
        'Set-Cookie': `${cookie}=${token}; HttpOnly; SameSite=Strict; Path=/`,
        'Cache-Control': 'no-store',
      });
      return response.end();
    }
    if (!admitted(request)) {
      return refuse(response, 403, 'This address needs the token that the studio printed when it started.');
    }
    if (target.path === ENGINE_PATH) return answerEngine(request, response);
    if (PAGE_PATHS.has(target.path)) return answerPage(response);
    files(request, response, () => refuse(response, 404, 'Not found.'));
  });

  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  server.on('upgrade', (request, socket, head) => {
    // One who hangs up before the answer must not end the host.
    socket.on('error', () => socket.destroy());
    if (!knownHost(request) || !ownOrigin(request) || !admitted(request) || request.url !== '/rpc') {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => join(webSocket, engine));
  });

  const opening = (secret: string): string => `http://${LOOPBACK}:${boundPort}/?token=${secret}`;
  return {
    url: opening(token),
    openingUrl: opening(firstOpeningToken),
    close: async () => {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
