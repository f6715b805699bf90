// README's table of dependencies: every one is there, with the licence it has.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };

const root = path.dirname(import.meta.dirname);
const { dependencies, optionalDependencies, devDependencies } = packageJson;
const names = Object.keys({ ...dependencies, ...optionalDependencies, ...devDependencies }).sort();

/** Rows of the table under a heading, cell by cell. */
function table(heading: string): string[][] {
  const [, section = ''] = readFileSync(path.join(root, 'README.md'), 'utf8').split(`### ${heading}\n`);
  const lines = section.split('\n### ')[0]!.split('\n');
  const rows = lines.filter((line) => line.startsWith('|')).slice(2);
  return rows.map((row) => row.split('|').slice(1, -1)).map((cells) => cells.map((cell) => cell.trim()));
}

const rows = table('Dependencies, and why each');

it('lists every dependency once, with a reason', () => {
  const listed = rows.flatMap(([packages = '']) => packages.split(', '));
  expect(listed.sort()).toEqual(names);
  for (const [, , reason] of rows) expect(reason).toMatch(/\w/);
});

it('tells the licence that each package gives itself', () => {
  for (const [packages = '', licence] of rows) {
    for (const name of packages.split(', ')) {
      const file = path.join(root, 'node_modules', name, 'package.json');
      // What is optional may be missing.
      if (name in optionalDependencies && !existsSync(file)) continue;
      const { license } = JSON.parse(readFileSync(file, 'utf8')) as { license: string };
      expect(license.split(' AND ')[0], name).toBe(licence);
    }
  }
});
