// Installs Debian packages where this user may: as root, with apt-get, asking nothing.
import { lastWords, findProgram, run } from './run.ts';
import { say } from './outcome.ts';

const UPDATE_MS = 3 * 60_000;
const INSTALL_MS = 10 * 60_000;

let updated: Promise<string> | undefined;

/** The command a person would type to install these packages; undefined on a system without apt. */
export function aptCommand(packages: readonly string[]): string | undefined {
  if (process.platform !== 'linux' || !findProgram('apt-get')) return undefined;
  return `sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

async function apt(args: readonly string[], timeoutMs: number): Promise<string> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Another apt that is running is waited for, not failed on.
  const options = ['-qq', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=2'];
  const result = await run('apt-get', [...options, ...args], { env, timeoutMs });
  return result.code === 0 ? '' : `${result.failure}: ${lastWords(result, 2)}`;
}

/**
 * Installs packages; reads the package lists once a process.
 * @returns an empty string when they are installed, else why not, in words
 */
export async function aptInstall(packages: readonly string[]): Promise<string> {
  if (process.platform !== 'linux') return 'this system has no Debian packages';
  if (!findProgram('apt-get')) return 'this system has no apt-get';
  if (process.getuid?.() !== 0) return 'only root may install packages';
  say(`Debian: installing ${packages.join(' ')}`);
  updated ??= apt(['update'], UPDATE_MS);
  const stale = await updated;
  const failed = await apt(['install', '-y', '--no-install-recommends', ...packages], INSTALL_MS);
  return failed && stale ? `${failed} (and the package lists could not be read: ${stale})` : failed;
}
