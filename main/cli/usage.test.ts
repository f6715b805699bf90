// What cannot be meant is told as usage: which option, and what it takes.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import * as values from './option-values.ts';

const entry = fileURLToPath(new URL('pathos.ts', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'pathos-cli-usage-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly status: number | null;
  readonly stderr: string;
  readonly error: { readonly code: string; readonly message: string };
}

function pathos(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [entry, ...args, '--json', '--workspace', path.join(folder, 'ws')]);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (stdout += String(data)));
  child.stderr.on('data', (data: Buffer) => (stderr += String(data)));
  return new Promise((resolve) =>
    child.once('close', (status) =>
      resolve({ status, stderr, error: (JSON.parse(stdout) as Pick<Ended, 'error'>).error }),
    ),
  );
}

it.each([
  ['folds', '1', '2', '100', '101'],
  ['seed', '-1', '0', '2147483647', '2147483648'],
  ['epochs', '0', '1', '10000', '10001'],
  ['threads', '0', '1', '256', '257'],
  ['foldsInParallel', '0', '1', '256', '257'],
  ['workers', '0', '1', '256', '257'],
  ['patience', '0', '1', '10000', '10001'],
] as const)('%s is a whole number in its range', (name, below, least, most, above) => {
  const parse = values[name];
  expect([parse(least), parse(most)]).toEqual([Number(least), Number(most)]);
  for (const text of [below, above, '', 'many', '2.5'])
    expect(() => parse(text)).toThrow(`a whole number from ${least} to ${most} is needed.`);
});

it.each([
  ['train', '--folds', '101'],
  ['train', '--seed', '3000000000'],
  ['train', '--epochs', '20000'],
  ['train', '--threads', '300'],
  ['train', '--folds-in-parallel', '300'],
  ['train', '--early-stopping', '20000'],
  ['features', '--workers', '1000'],
])('%s %s %s names the option and its range', async (command, option, value) => {
  const { status, error } = await pathos(command, folder, option, value);
  expect(status).toBe(2);
  expect(error).toMatchObject({ code: 'USAGE' });
  expect(error.message).toContain(option);
  expect(error.message).toMatch(/a whole number from \d+ to \d+ is needed/);
});

it.each(['0', '-1', 'first', '', '99999999999999999999'])('"%s" is no run', (text) => {
  expect(() => values.runNumber(text)).toThrow('a run number is needed.');
  expect(() => values.runReference(text)).toThrow('a run number or "last" is needed.');
});
