// The folder of a corpus as the studio knows it: absolute, links resolved, named for a person.
import { access, constants, realpath, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { UserError } from '../../shared/contract/errors.ts';
import type { AdapterName, TableSpec } from '../../shared/contract/schemas.ts';
import { codeOf } from './scan.ts';

/** Folder names that say nothing about which corpus it is. */
const GENERIC_NAMES = new Set(['wav', 'wavs', 'audio', 'samples', 'data', 'clips', 'speech', 'recordings']);

/** @throws UserError NOT_FOUND, BAD_INPUT or UNREADABLE, naming the folder */
export async function corpusFolder(folder: string): Promise<string> {
  const path = resolve(folder);
  try {
    const real = await realpath(path);
    if ((await stat(real)).isDirectory()) {
      await access(real, constants.R_OK | constants.X_OK);
      return real;
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new UserError('NOT_FOUND', `There is no folder ${path}.`, { path });
    throw new UserError('UNREADABLE', `The folder ${path} cannot be read (${codeOf(error)}).`, { path });
  }
  throw new UserError('BAD_INPUT', `${path} is a file, not a folder.`, {
    path,
    next: 'Open the folder that holds the audio files.',
  });
}

/** The spec with its paths absolute and links resolved, as the corpus folder's are. @throws UserError as corpusFolder */
export async function realTable(spec: TableSpec): Promise<TableSpec> {
  const file = resolve(spec.file);
  return {
    ...spec,
    file: await realpath(file).catch(() => file),
    audioFolder: await corpusFolder(spec.audioFolder),
  };
}

/** Corpora with a name of their own. */
const KNOWN_CORPORA: ReadonlyMap<AdapterName, string> = new Map([
  ['aesdd', 'AESDD'],
  ['emodb', 'EMO-DB'],
  ['ravdess', 'RAVDESS'],
]);

/** The folder's name; where that says nothing, the corpus's own, else the folder above and the folder. */
export function corpusName(folder: string, adapter: AdapterName): string {
  const name = basename(folder);
  const parent = basename(dirname(folder));
  if (!GENERIC_NAMES.has(name.toLowerCase()) || parent === '') return name || folder;
  return KNOWN_CORPORA.get(adapter) ?? `${parent}/${name}`;
}
