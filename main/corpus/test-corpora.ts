// Finds the real corpora that tests read in place: PATHOS_TEST_CORPORA, else ../shared/data beside the project.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Absolute path of a folder or file among the test corpora; undefined, with a notice, where it is not there: the tests
 * that need it are then skipped.
 * @throws Error where it is not there and CI is true
 */
export function testCorpus(path: string): string | undefined {
  const root = process.env['PATHOS_TEST_CORPORA'] ?? resolve(PROJECT, '../shared/data');
  const found = join(root, path);
  if (existsSync(found)) return found;
  if (process.env['CI'] === 'true') throw new Error(`${found} is needed by tests and is not there.`);
  console.error(`Skipped: tests that need ${found}. Name the folder in PATHOS_TEST_CORPORA.`);
  return undefined;
}
