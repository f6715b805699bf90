// The browser host's folder picker: what it lists, and what it says of a folder that it cannot list.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listFolders } from './list-folders.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'pathos-folders-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('lists folders as a person counts, and counts audio of every format', async () => {
  for (const name of ['take 10', 'take 2', '.hidden']) mkdirSync(path.join(folder, name));
  for (const name of ['a.wav', 'b.FLAC', 'c.opus', 'd.txt']) writeFileSync(path.join(folder, name), '');
  const list = await listFolders(folder);
  expect(list).toMatchObject({ folder, parent: path.dirname(folder), audioFiles: 3 });
  expect(list.folders.map(({ name }) => name)).toEqual(['take 2', 'take 10']);
  expect(list.folders[0]!.folder).toBe(path.join(folder, 'take 2'));
});

it('says why a folder cannot be listed', async () => {
  const file = path.join(folder, 'a.wav');
  writeFileSync(file, '');
  await expect(listFolders(file)).rejects.toThrow(`${file} is no folder.`);
  await expect(listFolders(path.join(folder, 'gone'))).rejects.toThrow('does not exist');
});
