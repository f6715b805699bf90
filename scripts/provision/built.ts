// Builds dist/ when it is missing or older than what it is made from, and not otherwise.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, withLock } from './cache.ts';
import { say, type Outcome } from './outcome.ts';
import { projectRoot } from './paths.ts';
import { run } from './run.ts';

/** Folders and files that the build reads, below the project. */
const SOURCES = [
  'main',
  'shared',
  'renderer',
  'scripts/build.ts',
  'vite.config.ts',
  'package.json',
  'package-lock.json',
];
/** What the hosts open; a build that lacks one of them is no build. */
const RESULTS = [
  'dist/engine/engine.js',
  'dist/engine/serve.js',
  'dist/electron/main.cjs',
  'dist/preload/preload.cjs',
  'dist/renderer/index.html',
];
const STAMP = 'dist/stamp';
const BUILD_MS = 4 * 60_000;

/** A text that changes when a source of the build is added, removed or written. Tests are no source. */
export function sourceStamp(root: string, sources: readonly string[] = SOURCES): string {
  const hash = createHash('sha256');
  for (const file of sources.flatMap((path) => filesUnder(root, path)).sort()) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function filesUnder(root: string, path: string): string[] {
  const whole = join(root, path);
  if (!existsSync(whole)) return [];
  if (!statSync(whole).isDirectory()) return [path];
  const entries = readdirSync(whole, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !/\.test\.ts$/.test(entry.name));
  return files.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}

/** Whether dist/ is complete and made from the sources as they are. */
function isBuilt(root: string): boolean {
  if (!RESULTS.every((file) => existsSync(join(root, file)))) return false;
  const stamp = join(root, STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sourceStamp(root);
}

/** Builds where needed. `built` says whether anything had to be done. */
export async function ensureBuilt(root = projectRoot): Promise<Outcome<{ built: boolean }>> {
  if (isBuilt(root)) return { ok: true, built: false };
  const name = createHash('sha256').update(root).digest('hex').slice(0, 12);
  return withLock(join(cacheFolder(), 'builds', `${name}.lock`), BUILD_MS, async () => {
    if (isBuilt(root)) return { ok: true, built: false };
    say('Building');
    const stamp = sourceStamp(root);
    const options = { cwd: root, timeoutMs: BUILD_MS, output: 'inherit-stderr' as const };
    const result = await run(process.execPath, [join('scripts', 'build.ts')], options);
    const absent = RESULTS.filter((file) => !existsSync(join(root, file)));
    if (result.code !== 0 || absent.length > 0) {
      const reason = result.failure || `it did not make ${absent.join(', ')}`;
      return { ok: false, reason: `The build failed: ${reason}.`, without: 'Nothing starts without it.' };
    }
    writeFileSync(join(root, STAMP), stamp);
    return { ok: true, built: true };
  });
}
