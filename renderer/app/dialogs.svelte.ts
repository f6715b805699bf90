// Which dialog of the shell is open, and the folder that is on its way to being a corpus.
import type { FolderProbe } from '../../shared/contract/schemas.ts';
import { app } from '../state/app.svelte.ts';
import { electronHost } from '../state/connection.ts';
import { engine } from '../state/engine.svelte.ts';
import { needsMapping } from './mapping.ts';

export type DialogName = 'palette' | 'keys' | 'settings' | 'folder' | 'forget';

class Dialogs {
  open = $state<DialogName | null>(null);
  /** Folder whose metadata table needs its columns named. */
  mapping = $state.raw<FolderProbe | null>(null);
  /** Why the last chosen folder could not be looked at. */
  error = $state.raw<unknown>(null);
  /** Folder being looked at. */
  probing = $state<string | null>(null);

  show(name: DialogName): void {
    this.open = name;
  }

  /** Closes the dialog of that name; another one that was opened since stays. */
  close(name: DialogName): void {
    if (this.open === name) this.open = null;
  }

  /** Asks for a folder by way of the host, then opens it. */
  async chooseFolder(): Promise<void> {
    if (!electronHost) {
      this.show('folder');
      return;
    }
    const folder = await electronHost.chooseFolder();
    if (folder !== null) await this.openFolder(folder);
  }

  /** Opens a folder as a corpus; a table whose columns are not clear is asked about first. */
  async openFolder(folder: string): Promise<void> {
    this.error = null;
    if (app.indexing?.error) app.indexing.cancel();
    this.probing = folder;
    try {
      const probe = await engine.client.corpora.probe({ folder });
      this.close('folder');
      if (needsMapping(probe)) this.mapping = probe;
      else void app.open({ folder: probe.folder });
    } catch (error) {
      this.error = error;
    } finally {
      this.probing = null;
    }
  }
}

export const dialogs = new Dialogs();
