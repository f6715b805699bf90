// The browser host: the interface and the engine's socket on a loopback address, behind a token.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import sirv from 'sirv';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { EngineHost } from '../host/engine-host.ts';
import { SECURITY_HEADERS } from '../process/security.ts';

const LOOPBACK = '127.0.0.1';
/** A dropped audio file travels in one message. */
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;
/** RFC 6455, 7.4.1: the server is restarting; the page connects again. */
const CLOSE_RESTART = 1012;

export interface BrowserHostOptions {
  readonly engine: EngineHost;
  /** Folder of the built interface. */
  readonly rendererDir: string;
  /** 0: any free port. */
  readonly port: number;
}

export interface BrowserHost {
  /** Opens the studio: contains the token. */
  readonly url: string;
  close(): Promise<void>;
}

/** Equal in constant time, whatever the lengths. */
function sameSecret(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function cookieValue(request: IncomingMessage, name: string): string {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([key]) => key === name)?.[1] ?? '';
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response
    .writeHead(status, { ...SECURITY_HEADERS, 'Content-Type': 'text/plain; charset=utf-8' })
    .end(message);
}

/** Joins one page to the engine; when the engine ends, the page's socket is closed and it comes back by itself. */
function join(socket: WebSocket, engine: EngineHost): void {
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
  const token = randomBytes(32).toString('hex');
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
  const admitted = (request: IncomingMessage): boolean => sameSecret(cookieValue(request, cookie), token);

  server.on('request', (request, response) => {
    if (!knownHost(request)) return refuse(response, 421, 'Unknown host.');
    const url = new URL(request.url ?? '/', `http://${LOOPBACK}`);
    const offered = url.searchParams.get('token');
    if (offered !== null && sameSecret(offered, token)) {
      response.writeHead(303, {
        ...SECURITY_HEADERS,
        Location: '/',
        'Set-Cookie': `${cookie}=${token}; HttpOnly; SameSite=Strict; Path=/`,
      });
      return response.end();
    }
    if (!admitted(request)) {
      return refuse(response, 403, 'This address needs the token that the studio printed when it started.');
    }
    files(request, response, () => refuse(response, 404, 'Not found.'));
  });

  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  server.on('upgrade', (request, socket, head) => {
    const fromUs = knownHost(request) && origins.has(request.headers.origin ?? '') && admitted(request);
    if (!fromUs || request.url !== '/rpc') {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => join(webSocket, engine));
  });

  return {
    url: `http://${LOOPBACK}:${boundPort}/?token=${token}`,
    close: async () => {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
