// A window with a label that is not on disk asks before it closes. Its page says so ahead of time: asked while it closes,
// its line to the engine would have ended already, or a busy machine would have let it go without an answer.
import { type BrowserWindow, dialog, type WebContents } from 'electron';

const holding = new WeakSet<WebContents>();
/** Pages that are let go all the same, until they hold something else. */
const letGo = new WeakSet<WebContents>();

/** Takes a page's word: whether it holds what is not on disk. */
export function noteUnsaved(page: WebContents, holds: unknown): void {
  letGo.delete(page);
  if (holds === true) holding.add(page);
  else holding.delete(page);
}

/** Before anything else hears that a window is to be closed. */
export function guardUnsaved(window: BrowserWindow): void {
  const page = window.webContents;
  const ask = (): boolean => {
    if (asksToClose(window)) letGo.add(page);
    return letGo.has(page);
  };
  window.on('close', (event) => {
    if (holding.has(page) && !letGo.has(page) && !ask()) event.preventDefault();
  });
  // A page that is loaded anew, or held something only just now; one that stays gets a new line.
  page.on('will-prevent-unload', (event) => {
    if (letGo.has(page) || ask()) event.preventDefault();
    else page.send('pathos:port-closed');
  });
  page.on('render-process-gone', () => holding.delete(page));
}

function asksToClose(window: BrowserWindow): boolean {
  const choice = dialog.showMessageBoxSync(window, {
    type: 'warning',
    message: 'A label is not saved yet.',
    detail: 'It is saved within a moment of the engine answering. Closing now may lose it.',
    buttons: ['Stay here', 'Close all the same'],
    defaultId: 0,
    cancelId: 0,
  });
  return choice === 1;
}
