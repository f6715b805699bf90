// The page's only way out: choose a folder, save a page as PDF, find a dropped file's path, get a line to the engine, and say that something is not saved.
import { contextBridge, ipcRenderer, webUtils } from 'electron';

/** Electron before 29 has no webUtils and gives the path on the file itself. */
function pathForFile(file: File & { path?: string }): string {
  return webUtils?.getPathForFile(file) ?? file.path ?? '';
}

contextBridge.exposeInMainWorld('pathosHost', {
  kind: 'electron',
  chooseFolder: (): Promise<string | null> =>
    ipcRenderer.invoke('pathos:choose-folder') as Promise<string | null>,
  revealClip: (file: string): Promise<boolean> =>
    ipcRenderer.invoke('pathos:reveal-clip', file) as Promise<boolean>,
  pathForFile,
  savePdf: (html: string, name: string): Promise<boolean> =>
    ipcRenderer.invoke('pathos:save-pdf', html, name) as Promise<boolean>,
  holdsUnsaved: (holds: boolean): void => ipcRenderer.send('pathos:unsaved', holds),
  requestPort: (): void => ipcRenderer.send('pathos:request-port'),
});

ipcRenderer.on('pathos:port', (event) => {
  window.postMessage({ type: 'pathos:port' }, window.location.origin, event.ports);
});
ipcRenderer.on('pathos:port-closed', () => {
  window.postMessage({ type: 'pathos:port-closed' }, window.location.origin);
});
