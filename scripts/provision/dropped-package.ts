// Puts back an optional package that npm dropped from node_modules because its install script failed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { builtOnce } from './cache.ts';
import { lastWords, npmCommand, run } from './run.ts';

interface LockedPackage {
  version?: string;
  integrity?: string;
  name?: string;
  dependencies?: Record<string, string>;
}

/** The `packages` table of package-lock.json: path below the project -> what belongs there. */
export type LockedPackages = Record<string, LockedPackage>;

/** One package that has to be put at `path`, with the tarball `npm pack` makes of it. */
export interface Needed {
  path: string;
  spec: string;
  tarball: string;
  integrity: string;
}

const PACK_MS = 5 * 60_000;
const UNPACK_MS = 60_000;

/** Where Node would find `name` from the package at `from`: the nearest node_modules that the lock fills. */
function resolveLocked(packages: LockedPackages, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = posix.dirname(folder)) {
    const path = folder === '.' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (packages[path]) return path;
    if (folder === '.') return undefined;
  }
}

/**
 * A package and all it depends on that is not on disk, as the lock file pins them.
 * @param packages the lock file's table
 * @param name package that the project asks for
 * @param present whether a path below the project has its package
 * @returns outer packages before those nested in them
 */
export function neededPackages(
  packages: LockedPackages,
  name: string,
  present: (path: string) => boolean,
): Needed[] {
  const seen = new Set<string>();
  const queue = [`node_modules/${name}`];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path) || !packages[path]) continue;
    seen.add(path);
    for (const dependency of Object.keys(packages[path]?.dependencies ?? {})) {
      const found = resolveLocked(packages, path, dependency);
      if (found) queue.push(found);
    }
  }
  const missing = [...seen].filter((path) => !present(path)).sort((a, b) => a.length - b.length);
  return missing.map((path) => describe(path, packages[path]!));
}

function describe(path: string, locked: LockedPackage): Needed {
  const name = locked.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const tarball = `${name.replace('@', '').replace('/', '-')}-${locked.version}.tgz`;
  return { path, spec: `${name}@${locked.version}`, tarball, integrity: locked.integrity ?? '' };
}

function checkIntegrity(file: string, integrity: string): void {
  const [algorithm = 'sha512'] = integrity.split('-');
  const found = `${algorithm}-${createHash(algorithm).update(readFileSync(file)).digest('base64')}`;
  if (found !== integrity) throw new Error(`${file} is not what package-lock.json names`);
}

async function pack(needed: Needed[], folder: string): Promise<void> {
  const npm = npmCommand();
  const specs = [...new Set(needed.map((one) => one.spec))];
  const args = [...npm.args, 'pack', '--silent', '--pack-destination', folder, ...specs];
  const result = await run(npm.command, args, { timeoutMs: PACK_MS, cwd: folder });
  if (result.code !== 0) throw new Error(`npm pack failed: ${lastWords(result)}`);
  for (const one of needed) checkIntegrity(join(folder, one.tarball), one.integrity);
}

/**
 * Puts a dropped package back into the project's node_modules, with those of its dependencies that went
 * with it, in the lock file's versions. Does nothing where all are there.
 * @returns how many packages were put back
 * @throws Error where npm cannot fetch them
 */
export async function restorePackage(root: string, name: string, cache?: string): Promise<number> {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: LockedPackages;
  };
  const present = (path: string): boolean => existsSync(join(root, path, 'package.json'));
  const needed = neededPackages(lock.packages, name, present);
  if (needed.length === 0) return 0;
  const list = createHash('sha256').update(JSON.stringify(needed)).digest('hex').slice(0, 12);
  const key = `downloads/${name.replace('/', '-')}-${list}`;
  const tarballs = await builtOnce(key, (folder) => pack(needed, folder), { cache });
  for (const one of needed) {
    const target = join(root, one.path);
    const partial = `${target}.partial`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    const args = ['-xzf', join(tarballs, one.tarball), '-C', partial, '--strip-components=1'];
    const result = await run('tar', args, { timeoutMs: UNPACK_MS });
    if (result.code !== 0) throw new Error(`${one.spec} could not be unpacked: ${lastWords(result)}`);
    mkdirSync(dirname(target), { recursive: true });
    rmSync(target, { recursive: true, force: true });
    renameSync(partial, target);
  }
  return needed.length;
}
