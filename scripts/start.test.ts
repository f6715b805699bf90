// `npm start` as somebody meets it who wants to know how it is used, before anything is fetched or built.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';

function start(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [path.join(import.meta.dirname, 'start.ts'), ...words], {
    encoding: 'utf8',
  });
}

it('explains itself', () => {
  const { status, stdout, stderr } = start('--help');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Usage: npm start .*--workspace DIR/);
  expect(stderr).toBe('');
});

it.each([
  [['--fullscreen'], "Unknown option '--fullscreen'"],
  [['/no/such/folder'], '/no/such/folder is not a folder.'],
  [['/', '/'], 'One folder at a time'],
])('says what is wrong with %j', (words, message) => {
  const { status, stdout, stderr } = start(...words);
  expect(status).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain(message);
  expect(stderr).toContain('Usage: npm start');
});
