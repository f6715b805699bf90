// The folder that keeps what was downloaded or built: filled atomically, by one process at a time, once.
import Database from 'better-sqlite3';
import envPaths from 'env-paths';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './outcome.ts';

const LOCK_POLL_MS = 200;
/** Keeps held locks reachable: one that is collected is released. */
const held = new Set<Database.Database>();

/** Where things are kept: `PATHOS_CACHE`, else the system's cache folder for this application. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env['PATHOS_CACHE'] || envPaths('pathos-studio', { suffix: '' }).cache);
}

/**
 * Runs `work` while holding a lock that other processes see. The lock is SQLite's on a file, so that the
 * system takes it back from a process that dies.
 * @param file lock file; its folder is made
 * @throws Error where the lock is not had within `timeoutMs`
 */
export async function withLock<T>(file: string, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const lock = new Database(file, { timeout: 0 });
  held.add(lock);
  try {
    const deadline = Date.now() + timeoutMs;
    let told = false;
    while (!tryExclusive(lock)) {
      if (Date.now() > deadline) throw new Error(`another process holds ${file}`);
      if (!told) say(`  waiting for another process that prepares ${basename(file, '.lock')}`);
      told = true;
      await sleep(LOCK_POLL_MS);
    }
    return await work();
  } finally {
    held.delete(lock);
    lock.close();
  }
}

function tryExclusive(lock: Database.Database): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === 'SQLITE_BUSY') return false;
    throw error;
  }
}

/**
 * A folder of the cache, made by `build` unless it is there. `build` writes into a folder beside it that
 * takes the name only when complete, so that an interrupted build leaves nothing that looks finished.
 * @param key path below the cache folder; names every version its content depends on
 * @returns the folder's path
 */
export async function builtOnce(
  key: string,
  build: (folder: string) => Promise<void>,
  { cache = cacheFolder(), lockTimeoutMs = 20 * 60_000 }: { cache?: string; lockTimeoutMs?: number } = {},
): Promise<string> {
  const finished = join(cache, key);
  if (existsSync(finished)) return finished;
  return withLock(`${finished}.lock`, lockTimeoutMs, async () => {
    if (existsSync(finished)) return finished;
    const partial = `${finished}.partial`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    try {
      await build(partial);
      renameSync(partial, finished);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
    return finished;
  });
}

/** The only file of a folder whose name ends so. @throws Error where there is none or more than one */
export function onlyFile(folder: string, ending: string): string {
  const names = readdirSync(folder).filter((name) => name.endsWith(ending));
  if (names.length !== 1) throw new Error(`expected one *${ending} in ${folder}, found ${names.length}`);
  return join(folder, names[0]!);
}
