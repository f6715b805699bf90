// A page of ours as a PDF, where the person says: made in a window that shows nothing, runs no script and loads nothing.
import { BrowserWindow, dialog, session, type Session } from 'electron';
import { promises as fs } from 'node:fs';
import path from 'node:path';

/** A protocol card is some 10 KB; what is far beyond is none. */
const MAX_PAGE_CHARACTERS = 2_000_000;

/**
 * Asks where to save, then prints. @param html a whole document @param name suggested file name
 * @returns false where the dialog was cancelled @throws Error where the page or the name is none, or the file can't be written
 */
export async function savePdf(owner: BrowserWindow | null, html: unknown, name: unknown): Promise<boolean> {
  if (typeof html !== 'string' || html.length > MAX_PAGE_CHARACTERS)
    throw new Error('This is no page to print.');
  if (typeof name !== 'string' || path.basename(name) !== name) throw new Error('This is no file name.');
  const options = { defaultPath: name, filters: [{ name: 'PDF', extensions: ['pdf'] }] };
  const { canceled, filePath } = await (owner
    ? dialog.showSaveDialog(owner, options)
    : dialog.showSaveDialog(options));
  if (canceled || !filePath) return false;
  await fs.writeFile(filePath, await printed(html));
  return true;
}

/** A session in memory from which nothing leaves: whatever a document asks for, a picture, a frame, another page. */
function cutOff(): Session {
  const alone = session.fromPartition('print');
  alone.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !url.startsWith('data:') }));
  return alone;
}

async function printed(html: string): Promise<Buffer> {
  const window = new BrowserWindow({
    show: false,
    webPreferences: {
      session: cutOff(),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      javascript: false,
    },
  });
  try {
    await window.loadURL(`data:text/html;charset=utf-8,${encodeURIComponent(html)}`);
    return await window.webContents.printToPDF({ pageSize: 'A4', printBackground: true });
  } finally {
    window.destroy();
  }
}
