// Opens a workspace's database, brings it to the current version, and lets one engine alone hold the workspace.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { UserError } from '../../shared/contract/errors.ts';
import type { Migration } from './migrations/migration.ts';
import { migrations } from './migrations/index.ts';

const BUSY_TIMEOUT_MS = 5000;

/** The one connection of an engine. `prepare` keeps what it has compiled, so that a text is compiled once. */
export interface Store {
  readonly file: string;
  readonly db: Database.Database;
  prepare(sql: string): Database.Statement;
  /** Runs `work` in one transaction that takes the write lock at once; nested calls join the outer one. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/**
 * Opens (or makes) the database `file`, absolute path or ':memory:', and brings it to the current version.
 * Every commit is on disk when it returns (WAL with synchronous=FULL).
 * @throws UserError UNAVAILABLE if a newer version of the program wrote it, UNREADABLE if it is no database.
 */
export function openStore(file: string): Store {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
  const db = connect(file);
  try {
    migrate(db, file, migrations);
  } catch (error) {
    db.close();
    throw error;
  }
  const statements = new Map<string, Database.Statement>();
  return {
    file,
    db,
    prepare(sql) {
      let statement = statements.get(sql);
      if (!statement) statements.set(sql, (statement = db.prepare(sql)));
      return statement;
    },
    transaction: (work) => db.transaction(work).immediate(),
    close() {
      statements.clear();
      db.close();
    },
  };
}

function connect(file: string): Database.Database {
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { timeout: BUSY_TIMEOUT_MS });
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.pragma('cache_size = -65536');
    return db;
  } catch (error) {
    db?.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError('UNREADABLE', `The workspace's database ${file} cannot be opened: ${reason}.`, {
      path: file,
    });
  }
}

/**
 * Runs the steps that `db` lacks, each in one transaction with its bump of user_version.
 * @throws UserError UNAVAILABLE where the database's version is above the last step's.
 */
export function migrate(db: Database.Database, file: string, steps: readonly Migration[]): void {
  const known = steps.at(-1)?.version ?? 0;
  const found = userVersion(db);
  if (found > known) {
    throw new UserError(
      'UNAVAILABLE',
      `${file} was written by a newer version of Pathos Studio: it is at version ${found}, this program knows ${known}.`,
      { path: file, next: 'Install the newer version, or choose another workspace folder.' },
    );
  }
  for (const step of steps) {
    db.transaction(() => {
      // Read inside the transaction: another process may have taken this step meanwhile.
      if (userVersion(db) >= step.version) return;
      db.exec(step.sql);
      db.pragma(`user_version = ${step.version}`);
    }).immediate();
  }
}

function userVersion(db: Database.Database): number {
  return db.pragma('user_version', { simple: true }) as number;
}

/** Who holds a workspace: the kind of host (electron, browser, cli) and the engine's process. */
export interface WorkspaceHolder {
  host: string;
  processId: number;
}

/** Connections that hold a lock: one that nothing else refers to would be collected, and its lock given up with it. */
const held = new Set<Database.Database>();

/**
 * Takes the workspace `folder` for this process until the returned function gives it back, kept or not.
 * The lock is the operating system's (SQLite's exclusive lock on lock.db): it dies with its process, however that ends.
 * @throws UserError BUSY that says who holds it.
 */
export function lockWorkspace(folder: string, holder: WorkspaceHolder): () => void {
  mkdirSync(folder, { recursive: true });
  const db = new Database(join(folder, 'lock.db'), { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
    writeHolder(folder, holder);
  } catch (error) {
    db.close();
    if (!isBusy(error)) throw error;
    throw heldBy(folder);
  }
  held.add(db);
  return () => {
    if (!held.delete(db)) return;
    rmSync(holderFile(folder), { force: true });
    db.close();
  };
}

/** Who holds the workspace, as it last said; null where nobody said. Says nothing about whether it still runs. */
export function readWorkspaceHolder(folder: string): WorkspaceHolder | null {
  try {
    const value: unknown = JSON.parse(readFileSync(holderFile(folder), 'utf8'));
    const { host, processId } = value as Partial<WorkspaceHolder>;
    return typeof host === 'string' && typeof processId === 'number' ? { host, processId } : null;
  } catch {
    return null;
  }
}

function holderFile(folder: string): string {
  return join(folder, 'lock.json');
}

function writeHolder(folder: string, holder: WorkspaceHolder): void {
  const temporary = `${holderFile(folder)}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(holder));
  renameSync(temporary, holderFile(folder));
}

function heldBy(folder: string): UserError {
  const holder = readWorkspaceHolder(folder);
  const who = holder ? `the ${holder.host} host, process ${holder.processId}` : 'another process';
  return new UserError('BUSY', `The workspace ${folder} is in use by ${who}.`, {
    path: folder,
    next: 'Close the other one, or choose another workspace folder.',
  });
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}
