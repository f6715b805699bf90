// Finds the audio files and metadata tables below a folder, in a fixed order, without going round in circles.
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { AUDIO_NAME } from '../audio/names.ts';

const TABLE_NAME = /\.(csv|tsv)$/i;
/** Tables are looked for in the folder and one below; farther down they belong to something else. */
const TABLE_DEPTH = 1;

/** Paths are relative to the scanned folder, with forward slashes, in the order of their UTF-16 units. */
export interface Scan {
  readonly audio: readonly string[];
  readonly tables: readonly string[];
  /** What could not be looked at, each with its reason as a clause. */
  readonly problems: readonly { readonly path: string; readonly reason: string }[];
}

interface Found {
  audio: string[];
  tables: string[];
  problems: { path: string; reason: string }[];
  /** Folders behind links, entered only once what lies in the folder itself is known. */
  links: string[];
}

/**
 * Walks `folder` (absolute, links resolved). Hidden files and folders are skipped, other kinds of files ignored.
 * Links to files are followed; links to folders too, unless they lead to what is walked anyway.
 * @throws the file system's error where `folder` itself cannot be read
 */
export async function scanFolder(folder: string, signal?: AbortSignal): Promise<Scan> {
  const found: Found = { audio: [], tables: [], problems: [], links: [] };
  await walk(folder, '', found, signal);
  const walked = [folder];
  for (let link = found.links.shift(); link !== undefined; link = found.links.shift()) {
    const target = await realpath(join(folder, link));
    if (walked.some((seen) => isInside(target, seen) || isInside(seen, target))) continue;
    walked.push(target);
    await walk(folder, link, found, signal);
  }
  for (const list of [found.audio, found.tables]) list.sort();
  found.problems.sort((a, b) => (a.path < b.path ? -1 : 1));
  return found;
}

/** Whether a scan of `folder` would find an audio file at `path`, relative to it. */
export async function isAudioFile(folder: string, path: string): Promise<boolean> {
  if (!AUDIO_NAME.test(path) || path.split('/').some((part) => part.startsWith('.'))) return false;
  return stat(join(folder, path)).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Whether a name is that of a file that a corpus is made of: audio, or a metadata table. */
export function isCorpusFile(name: string): boolean {
  return AUDIO_NAME.test(name) || TABLE_NAME.test(name);
}

/** Whether `path` is `folder` or lies in it. Both absolute. */
export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** `path` as clips have it: relative to `folder`, with forward slashes. */
export function clipPathOf(folder: string, path: string): string {
  return relative(folder, path).split(sep).join('/');
}

async function walk(
  root: string,
  below: string,
  found: Found,
  signal: AbortSignal | undefined,
): Promise<void> {
  const folders = [below];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    signal?.throwIfAborted();
    for (const entry of await entriesOf(root, folder, found)) {
      if (entry.name.startsWith('.')) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      const kind = await kindOf(root, path, entry);
      if (kind === 'folder') folders.push(path);
      else if (kind === 'linked folder') found.links.push(path);
      else note(path, kind, found);
    }
  }
}

async function entriesOf(root: string, folder: string, found: Found): Promise<Dirent[]> {
  try {
    return await readdir(join(root, folder), { withFileTypes: true });
  } catch (error) {
    if (folder === '') throw error;
    found.problems.push({ path: folder, reason: `is a folder that cannot be read (${codeOf(error)})` });
    return [];
  }
}

type Kind = 'file' | 'folder' | 'linked folder' | 'broken link' | 'other';

async function kindOf(root: string, path: string, entry: Dirent): Promise<Kind> {
  if (entry.isDirectory()) return 'folder';
  if (entry.isFile()) return 'file';
  if (!entry.isSymbolicLink()) return 'other';
  const target = await stat(join(root, path)).catch(() => undefined);
  if (!target) return 'broken link';
  if (target.isDirectory()) return 'linked folder';
  return target.isFile() ? 'file' : 'other';
}

function note(path: string, kind: Kind, found: Found): void {
  if (AUDIO_NAME.test(path)) {
    if (kind === 'file') found.audio.push(path);
    else if (kind === 'broken link') found.problems.push({ path, reason: 'is a link that leads nowhere' });
    else found.problems.push({ path, reason: 'is not a regular file' });
  } else if (kind === 'file' && TABLE_NAME.test(path) && path.split('/').length <= TABLE_DEPTH + 1) {
    found.tables.push(path);
  }
}

/** The system's name of an error (EACCES, ENOENT), for the end of a sentence. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : String(error);
}
