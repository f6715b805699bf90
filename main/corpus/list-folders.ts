// Names of the folders inside a folder, for hosts without a folder dialog of their own.
import { promises as fs } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { UserError } from '../../shared/contract/errors.ts';
import type { FolderList } from '../../shared/contract/schemas.ts';
import { AUDIO_NAME } from '../audio/names.ts';

/**
 * Folders inside a folder, and how many files right in it are taken for audio; hidden ones are left out.
 * @param folder absolute path; null: the user's home
 * @throws UserError UNREADABLE when it is no folder or may not be read
 */
export async function listFolders(folder: string | null): Promise<FolderList> {
  const home = homedir();
  const chosen = path.resolve(folder ?? home);
  const entries = await fs.readdir(chosen, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    const reason =
      error.code === 'ENOENT'
        ? 'does not exist'
        : error.code === 'ENOTDIR'
          ? 'is no folder'
          : 'may not be read';
    throw new UserError('UNREADABLE', `${chosen} ${reason}.`, { path: chosen });
  });
  const parent = path.dirname(chosen);
  return {
    folder: chosen,
    parent: parent === chosen ? null : parent,
    home,
    folders: entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => ({ name: entry.name, folder: path.join(chosen, entry.name) }))
      .sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true })),
    audioFiles: entries.filter((entry) => entry.isFile() && AUDIO_NAME.test(entry.name)).length,
  };
}
