// Where the studio keeps its index, ledger and runs.
import envPaths from 'env-paths';
import path from 'node:path';

/** `--workspace`, else PATHOS_WORKSPACE, else the user-data folder of the platform. Absolute. */
export function workspaceDir(given?: string): string {
  const chosen = given ?? process.env['PATHOS_WORKSPACE'];
  return path.resolve(chosen || envPaths('pathos-studio', { suffix: '' }).data);
}
