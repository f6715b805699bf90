// `npm run package`: the directory build of the application, with the Electron at hand.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, sourceStamp } from './provision/built.ts';
import { ensureElectron, type ElectronFacts } from './provision/electron.ts';
import { explain, messageOf, say } from './provision/outcome.ts';
import { projectRoot } from './provision/paths.ts';
import { lastWords, run } from './provision/run.ts';
import { ensureTensorflow } from './provision/tensorflow.ts';

const PACKAGE_MS = 6 * 60_000;
const OUTPUT = join(projectRoot, 'release');
/** What of the project a package is made of; what of node_modules goes into it follows from the lock file. */
const INGREDIENTS = [
  'dist/electron',
  'dist/engine',
  'dist/preload',
  'dist/renderer',
  'resources',
  'electron-builder.yml',
  'package.json',
  'package-lock.json',
  'README.md',
  'LICENSE',
];

interface PackageOptions {
  /** Whether the executable lets a test attach to it (Electron's inspection arguments). Users' packages do not. */
  inspectable?: boolean;
  /** Whether dist/ is built first where it is older than its sources. Tests package the dist/ that they all run on. */
  build?: boolean;
}

/** `folder` holds all of the package, `executable` among it. */
interface PackagedApp {
  folder: string;
  executable: string;
  nativeTensorflow: boolean;
}

/** The folder that electron-builder makes for this system and the executable in it. */
function packaged(): Pick<PackagedApp, 'folder' | 'executable'> {
  const arm = process.arch === 'arm64' ? '-arm64' : '';
  if (process.platform === 'darwin') {
    const folder = join(OUTPUT, `mac${arm}`);
    return { folder, executable: join(folder, 'Pathos Studio.app', 'Contents', 'MacOS', 'Pathos Studio') };
  }
  if (process.platform === 'win32') {
    const folder = join(OUTPUT, `win${arm}-unpacked`);
    return { folder, executable: join(folder, 'Pathos Studio.exe') };
  }
  const folder = join(OUTPUT, `linux${arm}-unpacked`);
  return { folder, executable: join(folder, 'pathos-studio') };
}

function packageStamp(electron: ElectronFacts, facts: string[]): string {
  const ingredients = sourceStamp(projectRoot, INGREDIENTS);
  const all = [ingredients, electron.version, electron.folder, ...facts];
  return createHash('sha256').update(JSON.stringify(all)).digest('hex');
}

async function pack(electron: ElectronFacts, inspectable: boolean): Promise<void> {
  const system = { linux: '--linux', darwin: '--mac', win32: '--win' }[process.platform as string];
  if (!system) throw new Error(`There is no package for ${process.platform}.`);
  const settings = [
    `-c.electronDist=${electron.folder}`,
    `-c.electronVersion=${electron.version}`,
    `-c.electronFuses.enableNodeCliInspectArguments=${inspectable}`,
  ];
  const cli = join('node_modules', 'electron-builder', 'cli.js');
  const args = [cli, system, 'dir', '--publish', 'never', ...settings];
  const result = await run(process.execPath, args, { cwd: projectRoot, timeoutMs: PACKAGE_MS });
  if (result.code !== 0) throw new Error(`The package could not be made: ${lastWords(result, 5)}`);
}

/**
 * Builds and packages the application for this system; does nothing where that was done from the same sources.
 * @throws Error in plain words
 */
export async function packageApp({
  inspectable = true,
  build = true,
}: PackageOptions = {}): Promise<PackagedApp> {
  const electron = await ensureElectron({ forTests: true });
  if (!electron.ok) throw new Error(explain('Electron', electron));
  const tensorflow = await ensureTensorflow();
  if (!tensorflow.ok) say(explain('TensorFlow', tensorflow));
  if (build) {
    const built = await ensureBuilt();
    if (!built.ok) throw new Error(built.reason);
  }
  const app = { ...packaged(), nativeTensorflow: tensorflow.ok };
  const stampFile = join(OUTPUT, 'stamp');
  const stamp = packageStamp(electron, [tensorflow.ok ? tensorflow.version : 'none', String(inspectable)]);
  const same = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
  if (same && existsSync(app.executable)) return app;
  say(`Packaging with Electron ${electron.version}${electron.forTestsOnly ? ' (for tests only)' : ''}`);
  rmSync(stampFile, { force: true });
  rmSync(app.folder, { recursive: true, force: true });
  await pack(electron, inspectable);
  // The start page of the Electron that was copied; the application takes its place.
  rmSync(join(app.folder, 'resources', 'default_app.asar'), { force: true });
  if (!existsSync(app.executable)) throw new Error(`The package has no ${app.executable}.`);
  writeFileSync(stampFile, stamp);
  return app;
}

if (import.meta.main) {
  try {
    const { executable } = await packageApp({ inspectable: false });
    process.stdout.write(`${executable}\n`);
  } catch (error) {
    say(messageOf(error));
    process.exitCode = 1;
  }
}
