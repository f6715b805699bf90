// The database on a real disk: migrations, a future version, the lock, and what a kill leaves.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../shared/contract/errors.ts';
import { lockWorkspace, migrate, openStore, readWorkspaceHolder } from './database.ts';
import { migrations } from './migrations/index.ts';

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pathos-store-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a module's text in a process of its own; the lines that it prints come as an async iterator. */
function run(source: string): { child: ChildProcess; lines: AsyncIterator<string> } {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return { child, lines: createInterface({ input: child.stdout! })[Symbol.asyncIterator]() };
}

function moduleUrl(name: string): string {
  return JSON.stringify(new URL(name, import.meta.url).href);
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    return error instanceof UserError ? error.code : String(error);
  }
  return undefined;
}

describe('openStore', () => {
  it('makes a database of the current version that keeps every commit', () => {
    const store = openStore(join(folder, 'new', 'pathos.db'));
    expect(store.db.pragma('user_version', { simple: true })).toBe(migrations.at(-1)!.version);
    expect(store.db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(store.db.pragma('synchronous', { simple: true })).toBe(2);
    expect(store.db.pragma('foreign_keys', { simple: true })).toBe(1);
    const loose = store.db
      .prepare(
        `SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite%'`,
      )
      .all();
    expect(loose).toEqual([]);
    store.close();
  });

  it('takes its steps in the order of their numbers', () => {
    const versions = migrations.map((step) => step.version);
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
  });

  it('refuses a database of a newer version by name and leaves it as it was', () => {
    const file = join(folder, 'pathos.db');
    openStore(file).close();
    const db = new Database(file);
    db.pragma('user_version = 999');
    db.close();
    expect(codeOf(() => openStore(file))).toBe('UNAVAILABLE');
    expect(() => openStore(file)).toThrow(new RegExp(`${file}.*999.*${migrations.at(-1)!.version}`));
  });

  it('refuses a file that is no database', () => {
    const file = join(folder, 'pathos.db');
    writeFileSync(file, 'not a database, but long enough to be looked at as one. '.repeat(20));
    expect(codeOf(() => openStore(file))).toBe('UNREADABLE');
  });

  it('takes a step back whole where it fails', () => {
    const db = new Database(':memory:');
    const broken = { version: 1, name: 'broken', sql: 'CREATE TABLE a (x); CREATE TABLE a (x);' };
    expect(() => migrate(db, 'memory', [broken])).toThrow('already exists');
    expect(db.pragma('user_version', { simple: true })).toBe(0);
    expect(db.prepare('SELECT count(*) FROM sqlite_master').pluck().get()).toBe(0);
    db.close();
  });

  it.each(['UPDATE label_events SET label = NULL', 'DELETE FROM label_events', 'DELETE FROM decisions'])(
    'never lets the ledger shrink or change: %s',
    (sql) => {
      const store = openStore(':memory:');
      store.db.exec(`
        INSERT INTO corpora (corpus_id, folder, name, adapter, created_at) VALUES (1, '/x', 'x', 'folders', '');
        INSERT INTO clips (clip_id, corpus_id, path, state, duration_seconds, search, sample_rate_hz, channels,
          encoding, added_at) VALUES (1, 1, 'a.wav', 'good', 1, '', 8000, 1, '', '');
        INSERT INTO decisions (decision_id, corpus_id, kind, rater, at, blind) VALUES (1, 1, 'label', 'ann', '', 0);
        INSERT INTO label_events (decision_id, clip_id, changes, label) VALUES (1, 1, '{}', 'anger');`);
      expect(() => store.db.exec(sql)).toThrow('append-only');
      store.close();
    },
  );
});

describe('lockWorkspace', () => {
  it('lets one in, says who it is, and lets the next in after release', () => {
    const release = lockWorkspace(folder, { host: 'browser', processId: 4711 });
    const second = (): unknown => lockWorkspace(folder, { host: 'cli', processId: 1 });
    expect(codeOf(second)).toBe('BUSY');
    expect(second).toThrow(/browser.*4711/);
    release();
    release();
    expect(readWorkspaceHolder(folder)).toBeNull();
    lockWorkspace(folder, { host: 'cli', processId: 1 })();
  });

  it('is gone with a process that is killed', async () => {
    const { child, lines } = run(`
      import { lockWorkspace } from ${moduleUrl('./database.ts')};
      lockWorkspace(${JSON.stringify(folder)}, { host: 'electron', processId: process.pid });
      console.log('held');
      setInterval(() => undefined, 1000);`);
    await lines.next();
    const take = (): (() => void) => lockWorkspace(folder, { host: 'cli', processId: process.pid });
    expect(take).toThrow(new RegExp(`electron.*${child.pid}`));
    child.kill('SIGKILL');
    await once(child, 'exit');
    take()();
  });
});

describe('a process killed while it labels', () => {
  it('leaves every decision that it had reported', async () => {
    const file = join(folder, 'pathos.db');
    const store = openStore(file);
    store.db.exec(`
      INSERT INTO corpora (corpus_id, folder, name, adapter, created_at, indexed_at)
        VALUES (1, '/x', 'x', 'folders', '', '');
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50)
      INSERT INTO clips (clip_id, corpus_id, path, state, duration_seconds, search, sample_rate_hz, channels,
        encoding, added_at) SELECT i, 1, i || '.wav', 'good', 1, '', 8000, 1, '', '' FROM n;`);
    store.close();
    let reported = 0;
    for (const decisions of [1, 7, 23]) {
      const { child, lines } = run(`
        import { openStore } from ${moduleUrl('./database.ts')};
        import { setLabels } from ${moduleUrl('./labels.ts')};
        import { writeSync } from 'node:fs';
        const store = openStore(${JSON.stringify(file)});
        for (let i = ${reported}; ; i++) {
          setLabels(store, [(i % 50) + 1], 'label ' + i, { rater: 'ann' });
          writeSync(1, i + '\\n');
        }`);
      for (let i = 0; i < decisions; i++) reported = Number((await lines.next()).value) + 1;
      child.kill('SIGKILL');
      for (let line = await lines.next(); !line.done; line = await lines.next()) {
        reported = Number(line.value) + 1;
      }
      const after = openStore(file);
      const labels = after.db.prepare('SELECT label FROM label_events ORDER BY event_id').pluck().all();
      expect(labels.slice(0, reported)).toEqual(Array.from({ length: reported }, (_, i) => `label ${i}`));
      // One more may have been on disk before it could be reported.
      expect(labels.length - reported).toBeLessThanOrEqual(1);
      expect(after.db.pragma('integrity_check', { simple: true })).toBe('ok');
      reported = labels.length;
      after.close();
    }
  });
});
