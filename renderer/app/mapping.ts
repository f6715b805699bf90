// The columns a metadata table can be mapped to, as the mapping dialog shows them.
import type { FolderList, FolderProbe, TableMapping } from '../../shared/contract/schemas.ts';

export const FIELDS: readonly { name: keyof TableMapping; title: string; required?: boolean }[] = [
  { name: 'file', title: 'File', required: true },
  { name: 'label', title: 'Label', required: true },
  { name: 'speaker', title: 'Speaker' },
  { name: 'utterance', title: 'Utterance' },
  { name: 'text', title: 'Text' },
  { name: 'take', title: 'Take' },
  { name: 'sex', title: 'Sex' },
];

/** The mapping with only the columns that were chosen; null while a required one is missing. */
export function completeMapping(mapping: Partial<TableMapping>): TableMapping | null {
  const { file, label } = mapping;
  if (!file || !label) return null;
  const chosen = Object.entries(mapping).filter(([, column]) => column);
  return { ...(Object.fromEntries(chosen) as Partial<TableMapping>), file, label };
}

/**
 * True where a table found beside the audio has to be asked about: it is new, no file-name pattern explains the
 * folder, and the guess lacks a required column or does not find every file it names.
 */
export function needsMapping(probe: FolderProbe): boolean {
  const table = probe.tables[0];
  if (probe.known || !table || table.rows === 0) return false;
  if (probe.adapter !== 'table' && probe.adapter !== 'folders') return false;
  return completeMapping(table.guess) === null || table.matchedFiles < table.rows;
}

/** Subfolders looked into at most. */
const MOST_FOLDERS = 50;

export interface AudioFolder {
  folder: string;
  audioFiles: number;
}

/**
 * The corpus folder and its subfolders that hold audio files, most files first: where a table's file names can be
 * looked for.
 */
export async function audioFolders(
  root: string,
  list: (folder: string) => Promise<FolderList>,
): Promise<AudioFolder[]> {
  const top = await list(root);
  const below = await Promise.all(top.folders.slice(0, MOST_FOLDERS).map(({ folder }) => list(folder)));
  return [top, ...below]
    .map(({ folder, audioFiles }) => ({ folder, audioFiles }))
    .filter(({ folder, audioFiles }) => audioFiles > 0 || folder === top.folder)
    .sort((a, b) => b.audioFiles - a.audioFiles);
}
