// Python with pinned packages for the benches and the golden files: the peers that our numbers are held against.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder, withLock } from './cache.ts';
import { say } from './outcome.ts';
import { findProgram, lastWords, run } from './run.ts';

/**
 * `features`: librosa, soundfile. `training`: Keras on TensorFlow. Both have scikit-learn. `pytorch`: PyTorch, as the
 * package index has it (on Linux some gigabytes, most of them CUDA, which is not used).
 */
export type PythonSet = 'features' | 'training' | 'pytorch';

const LOCK_MS = 30 * 60_000;
const VENV_MS = 2 * 60_000;
const INSTALL_MS = 25 * 60_000;
const REQUIREMENTS = join(import.meta.dirname, 'python-requirements');

/** What takes part in the environment: another Python or another list makes another environment. */
async function environmentKey(python: string, list: string): Promise<string> {
  const version = await run(python, ['--version'], { timeoutMs: 20_000 });
  if (version.code !== 0) throw new Error(`Python does not start: ${version.failure}.`);
  return createHash('sha256')
    .update(version.stdout + python + list)
    .digest('hex')
    .slice(0, 12);
}

/** The first Python 3 that can make virtual environments. @throws Error */
async function findPython(): Promise<string> {
  const names = [process.env['PYTHON'], 'python3', 'python'].filter((name): name is string => !!name);
  for (const name of names) {
    const path = findProgram(name) ?? name;
    const probe = await run(path, ['-c', 'import venv, ensurepip'], { timeoutMs: 20_000 });
    if (probe.code === 0) return path;
  }
  throw new Error('Python 3 with its venv module is missing (Debian: apt-get install python3-venv).');
}

/**
 * A Python with one of the pinned lists installed, in an environment of its own in the cache.
 * @returns the interpreter's path
 * @throws Error in plain words where Python or PyPI cannot be had; benches need it, the application does not
 */
export async function ensurePython(
  name: PythonSet,
  { cache = cacheFolder() }: { cache?: string } = {},
): Promise<{ python: string }> {
  const list = join(REQUIREMENTS, `${name}.txt`);
  const base = await findPython();
  const key = await environmentKey(base, readFileSync(list, 'utf8'));
  const folder = join(cache, 'python', `${name}-${key}`);
  const [bin, exe] = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python'];
  const python = join(folder, bin!, exe!);
  // A virtual environment knows its own path, so it is made in place and marked when complete.
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return { python };
  mkdirSync(dirname(folder), { recursive: true });
  return withLock(`${folder}.lock`, LOCK_MS, async () => {
    if (existsSync(complete)) return { python };
    rmSync(folder, { recursive: true, force: true });
    say(`Python: making an environment with ${readFileSync(list, 'utf8').trim().split('\n').join(', ')}`);
    const made = await run(base, ['-m', 'venv', folder], { timeoutMs: VENV_MS });
    if (made.code !== 0) throw new Error(`Python's environment could not be made: ${lastWords(made)}`);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', list];
    const installed = await run(python, pip, { timeoutMs: INSTALL_MS });
    if (installed.code !== 0) throw new Error(`Python's packages could not be had: ${lastWords(installed)}`);
    writeFileSync(complete, '');
    return { python };
  });
}
