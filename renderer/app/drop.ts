// Dropping a folder on the window opens it, where the host can tell its path.
import { electronHost } from '../state/connection.ts';
import { dialogs } from './dialogs.svelte.ts';

/** True where a dropped folder's path is known. */
export const canDropFolders = electronHost !== null;

/** Takes a drop that no view took for itself. */
export function dropFolder(event: DragEvent): void {
  if (event.defaultPrevented) return;
  event.preventDefault();
  const item = event.dataTransfer?.items[0];
  const file = event.dataTransfer?.files[0];
  if (!electronHost || !file || item?.webkitGetAsEntry()?.isDirectory !== true) return;
  void dialogs.openFolder(electronHost.pathForFile(file));
}
