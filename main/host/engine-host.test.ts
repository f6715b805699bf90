// The engine in real processes: what a person is told, and what not, when one ends.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { blockFor } from '../process/testing.ts';
import { EngineHost } from './engine-host.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pathos-host-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A host over an engine that does what `script` says, and what it was refused with. */
function hostOf(script: string): { host: EngineHost; refusals: string[] } {
  const entry = path.join(folder, 'engine.mjs');
  writeFileSync(entry, script);
  const refusals: string[] = [];
  const host = new EngineHost({
    node: process.execPath,
    entry,
    workspace: folder,
    host: 'test',
    openFolder: null,
    onRefused: (message) => refusals.push(message),
    onGaveUp: (message) => refusals.push(message),
  });
  return { host, refusals };
}

const READY = `process.on('message', ({ type }) => type === 'shutdown' && process.exit());
process.send({ type: 'ready' });`;

it('says nothing of a message that an ending engine no longer took', async () => {
  const { host, refusals } = hostOf(READY);
  await host.supervisor.ready;
  const closed = new Promise<void>((resolve) => {
    const connection = host.connect(() => undefined, resolve);
    process.kill(host.supervisor.processId!, 'SIGKILL');
    blockFor(100);
    connection.send('to nobody');
    connection.send('to nobody again');
  });
  await closed;
  await host.supervisor.ready;
  await host.supervisor.stop();
  expect(refusals).toEqual([]);
});

it('tells which Node could not be started', async () => {
  const refusals: string[] = [];
  const host = new EngineHost({
    node: path.join(folder, 'no-such-node'),
    entry: 'engine.mjs',
    workspace: folder,
    host: 'test',
    openFolder: null,
    onRefused: (message) => refusals.push(message),
    onGaveUp: (message) => refusals.push(message),
  });
  await expect(host.supervisor.ready).rejects.toThrow('ENOENT');
  expect(refusals).toHaveLength(1);
  expect(refusals[0]).toContain('no-such-node');
});
