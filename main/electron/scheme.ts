// pathos://app/: the built interface, read-only, from one folder and nowhere else.
import { protocol } from 'electron';
import { promises as fs } from 'node:fs';
import path from 'node:path';
import { guardedPage, SECURITY_HEADERS } from '../process/security.ts';

const SCHEME = 'pathos';
export const ORIGIN = `${SCHEME}://app`;
const PAGE = 'index.html';

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
  const file = fileAt(rendererDir, url);
  const mediaType = file === null ? undefined : MEDIA_TYPES.get(path.extname(file));
  const data = file === null || mediaType === undefined ? null : await fs.readFile(file).catch(() => null);
  if (data === null || mediaType === undefined) {
    return {
      status: 404,
      headers: { ...SECURITY_HEADERS, 'Content-Type': 'text/plain' },
      data: Buffer.from('Not found'),
    };
  }
  if (file === path.join(rendererDir, PAGE)) {
    const { html, headers } = guardedPage(data.toString('utf8'));
    return { status: 200, headers: { ...headers, 'Content-Type': mediaType }, data: Buffer.from(html) };
  }
  return { status: 200, headers: { ...SECURITY_HEADERS, 'Content-Type': mediaType }, data };
}

/** The file that an address of ours means; null for an address of another host, outside the folder, or malformed. */
function fileAt(rendererDir: string, url: string): string | null {
  const { host, pathname } = new URL(url);
  let name: string;
  try {
    name = decodeURIComponent(pathname === '/' ? `/${PAGE}` : pathname);
  } catch {
    return null;
  }
  const file = path.join(rendererDir, name);
  return host === 'app' && file.startsWith(rendererDir + path.sep) ? file : null;
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
