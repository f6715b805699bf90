// pathos://app/: the built interface, read-only, from one folder and nowhere else.
import { protocol } from 'electron';
import { promises as fs } from 'node:fs';
import path from 'node:path';
import { SECURITY_HEADERS } from '../process/security.ts';

export const SCHEME = 'pathos';
export const ORIGIN = `${SCHEME}://app`;

const MEDIA_TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.json', 'application/json'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.woff2', 'font/woff2'],
  ['.wasm', 'application/wasm'],
]);

interface FileAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly data: Buffer;
}

/** Standard and secure, so that the page has an origin, storage, worklets and a microphone. Call before `ready`. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Only files inside `rendererDir`, only of known kinds. */
async function answer(rendererDir: string, url: string): Promise<FileAnswer> {
  const { host, pathname } = new URL(url);
  const file = path.join(rendererDir, decodeURIComponent(pathname === '/' ? '/index.html' : pathname));
  const mediaType = MEDIA_TYPES.get(path.extname(file));
  const inside = file.startsWith(rendererDir + path.sep);
  const data = host === 'app' && inside && mediaType ? await fs.readFile(file).catch(() => null) : null;
  if (data === null || mediaType === undefined) {
    return {
      status: 404,
      headers: { ...SECURITY_HEADERS, 'Content-Type': 'text/plain' },
      data: Buffer.from('Not found'),
    };
  }
  return { status: 200, headers: { ...SECURITY_HEADERS, 'Content-Type': mediaType }, data };
}

/** Electron before 25 has only the older call, which later versions have dropped. */
type OlderProtocol = {
  registerBufferProtocol(
    scheme: string,
    handler: (
      request: { url: string },
      respond: (response: {
        statusCode: number;
        mimeType: string;
        headers: Record<string, string>;
        data: Buffer;
      }) => void,
    ) => void,
  ): boolean;
};

/** Serves the interface. Call after `ready`. */
export function serveInterface(rendererDir: string): void {
  if (typeof protocol.handle === 'function') {
    protocol.handle(SCHEME, async (request) => {
      const { status, headers, data } = await answer(rendererDir, request.url);
      return new Response(new Uint8Array(data), { status, headers });
    });
    return;
  }
  (protocol as unknown as OlderProtocol).registerBufferProtocol(SCHEME, (request, respond) => {
    void answer(rendererDir, request.url).then(({ status, headers, data }) => {
      const mimeType = (headers['Content-Type'] ?? '').split(';')[0] ?? '';
      respond({ statusCode: status, mimeType, headers, data });
    });
  });
}
