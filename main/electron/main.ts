// Electron's main process: one window, the engine beside it, and as little else as possible.
import { app, BrowserWindow, dialog, ipcMain, nativeTheme, session, shell } from 'electron';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { workspaceDir } from '../process/workspace.ts';
import { createEngineLink, type EngineLink } from './engine-link.ts';
import { buildMenu } from './menu.ts';
import { guardPermissions } from './permissions.ts';
import { savePdf } from './print.ts';
import { ORIGIN, registerScheme, serveInterface } from './scheme.ts';
import { guardUnsaved, noteUnsaved } from './unsaved.ts';

/** better-sqlite3 needs this version of Node-API; an older Electron can't run the engine itself. */
const ENGINE_NODE_API = 10;
const WINDOW = { width: 1280, height: 800, minWidth: 960, minHeight: 600 };

const appDir = app.getAppPath();
/** Files that a Node outside Electron must be able to read are unpacked beside the archive. */
const unpackedDir = appDir.replace(/app\.asar$/, 'app.asar.unpacked');
const workspace = workspaceDir();

let engine: EngineLink | null = null;
let busyWith: string | null = null;
let corpusFolders: readonly string[] = [];
let quitting = false;
/** By page: how to end its line to the engine. */
const lines = new WeakMap<Electron.WebContents, () => void>();

/** PATHOS_ENGINE_NODE, else Electron itself, else the Node in node_modules. */
function engineNode(): string | null {
  const chosen = process.env['PATHOS_ENGINE_NODE'];
  if (chosen) return chosen;
  if (Number(process.versions['napi'] ?? 0) >= ENGINE_NODE_API) return null;
  const bundled = path.join(unpackedDir, 'node_modules', 'node', 'bin', 'node');
  if (existsSync(bundled)) return bundled;
  throw new Error('This Electron is too old to run the engine. Name a Node 24 in PATHOS_ENGINE_NODE.');
}

/** The folder on the command line, if any. Unpacked, it comes after the app itself. */
function folderArgument(argv: readonly string[]): string | null {
  const first = app.isPackaged ? 1 : argv.findIndex((argument) => path.resolve(argument) === appDir) + 1;
  const folder = argv.slice(first).find((argument) => !argument.startsWith('-'));
  return folder === undefined ? null : path.resolve(folder);
}

function startEngine(): EngineLink {
  return createEngineLink(engineNode(), {
    entry: path.join(unpackedDir, 'dist', 'engine', 'engine.js'),
    workspace,
    host: 'electron',
    openFolder: folderArgument(process.argv),
    onBusy: (what) => {
      busyWith = what;
      // The last window was closed on a run that has ended now.
      if (what === null && BrowserWindow.getAllWindows().length === 0) app.quit();
    },
    onFolders: (folders) => (corpusFolders = folders),
    onRefused: (message) => {
      dialog.showErrorBox('Pathos Studio could not start its engine', message);
      quitting = true;
      app.exit(1);
    },
    onGaveUp: (message) => void askToStartAgain(message),
  });
}

/** Pages ask for the engine all the while, and reach the new one as they do after a crash. */
async function askToStartAgain(message: string): Promise<void> {
  // Nothing runs without an engine: no window has to stay for it.
  busyWith = null;
  const { response } = await dialog.showMessageBox({
    type: 'error',
    message: 'The engine keeps ending.',
    detail: message,
    buttons: ['Start it again', 'Close the studio'],
    defaultId: 0,
    cancelId: 1,
  });
  if (!engine) return;
  if (response === 0) {
    engine.supervisor.startAgain();
    if (!windowOnShow()) openWindow();
    return;
  }
  quitting = true;
  app.quit();
}

/** The window on show. One whose page has gone is still listed for a moment; focusing it ends Electron 22. */
function windowOnShow(): BrowserWindow | undefined {
  return BrowserWindow.getAllWindows().find((window) => pageLives(window.webContents));
}

/** @param page null once its window has let go of it, whatever Electron's types say */
function pageLives(page: Electron.WebContents | null): boolean {
  return page !== null && !page.isDestroyed();
}

function openWindow(): void {
  const window = new BrowserWindow({
    ...WINDOW,
    show: false,
    title: 'Pathos Studio',
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#1A1B1E' : '#FFFFFF',
    icon: path.join(unpackedDir, 'resources', 'icons', 'icon.png'),
    webPreferences: {
      preload: path.join(appDir, 'dist', 'preload', 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
    },
  });
  window.once('ready-to-show', () => window.show());
  guardUnsaved(window);
  window.on('close', (event) => {
    if (event.defaultPrevented || quitting || busyWith === null) return;
    const choice = dialog.showMessageBoxSync(window, {
      type: 'question',
      message: `${busyWith} is still running.`,
      detail:
        'It can go on in the background until it is done. Stopping keeps every finished epoch and fold.',
      buttons: ['Go on in the background', 'Stop it and close', 'Stay here'],
      defaultId: 0,
      cancelId: 2,
    });
    if (choice === 2) event.preventDefault();
    if (choice === 1) quitting = true;
  });
  // What a run still streams to a page that is going away can end this process (seen in Electron 22).
  window.on('close', (event) => {
    if (!event.defaultPrevented) lines.get(window.webContents)?.();
  });
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  window.webContents.on('will-navigate', (event) => event.preventDefault());
  void window.loadURL(`${ORIGIN}/index.html`);
}

/** Only the top frame of our own page may ask. */
function fromOurPage(event: Electron.IpcMainEvent | Electron.IpcMainInvokeEvent): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame === event.sender.mainFrame && frame.url.startsWith(`${ORIGIN}/`);
}

function answerPages(): void {
  ipcMain.on('pathos:request-port', (event) => {
    if (!fromOurPage(event)) return;
    const page = event.sender;
    const link = engine;
    void link?.supervisor.ready
      .then(() => {
        if (page.isDestroyed()) return;
        const { port, hangUp } = link.openPort(() => {
          if (!page.isDestroyed()) page.send('pathos:port-closed');
        });
        lines.set(page, hangUp);
        page.postMessage('pathos:port', null, [port]);
      })
      // The page asks again; while the engine can't be had there is nothing to hand over.
      .catch(() => {
        if (!page.isDestroyed()) page.send('pathos:port-closed');
      });
  });
  ipcMain.on('pathos:unsaved', (event, holds: unknown) => {
    if (fromOurPage(event)) noteUnsaved(event.sender, holds);
  });
  ipcMain.handle('pathos:reveal-clip', (event, file: unknown) => fromOurPage(event) && revealClip(file));
  ipcMain.handle('pathos:choose-folder', async (event) => {
    if (!fromOurPage(event)) return null;
    const window = BrowserWindow.fromWebContents(event.sender);
    const options: Electron.OpenDialogOptions = { title: 'Open a corpus', properties: ['openDirectory'] };
    const result = await (window ? dialog.showOpenDialog(window, options) : dialog.showOpenDialog(options));
    return result.canceled ? null : (result.filePaths[0] ?? null);
  });
  ipcMain.handle('pathos:save-pdf', (event, html: unknown, name: unknown) =>
    fromOurPage(event) ? savePdf(BrowserWindow.fromWebContents(event.sender), html, name) : false,
  );
}

/** Shows a file of a corpus in the system's file manager; false for anything else. */
function revealClip(file: unknown): boolean {
  if (typeof file !== 'string' || !path.isAbsolute(file)) return false;
  const asked = path.resolve(file);
  if (!corpusFolders.some((folder) => asked.startsWith(folder + path.sep))) return false;
  // Of a file that is gone, the folder it was in.
  shell.showItemInFolder(existsSync(asked) ? asked : path.dirname(asked));
  return true;
}

function run(): void {
  app.setPath('userData', path.join(workspace, 'electron'));
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  registerScheme();
  app.on('second-instance', () => {
    const window = windowOnShow();
    if (!window) openWindow();
    else {
      if (window.isMinimized()) window.restore();
      window.focus();
    }
  });
  app.on('activate', () => {
    if (!windowOnShow()) openWindow();
  });
  app.on('window-all-closed', () => {
    if (quitting || busyWith === null) app.quit();
  });
  app.on('will-quit', (event) => {
    if (!engine) return;
    event.preventDefault();
    const last = engine;
    engine = null;
    void last.supervisor.stop().finally(() => app.quit());
  });
  void app.whenReady().then(() => {
    guardPermissions(session.defaultSession, ORIGIN);
    serveInterface(path.join(appDir, 'dist', 'renderer'));
    buildMenu({ openHelp: () => void shell.openPath(path.join(unpackedDir, 'README.md')) });
    engine = startEngine();
    answerPages();
    openWindow();
  });
}

run();
