// Native TensorFlow for tfjs-node: as it is, by the package's own install, or built against PyPI's library.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { builtOnce, cacheFolder, withLock } from './cache.ts';
import { restorePackage } from './dropped-package.ts';
import { climb, type Rung } from './ladder.ts';
import { unreachable } from './network.ts';
import { messageOf, say, type Outcome } from './outcome.ts';
import { projectRoot } from './paths.ts';
import { fetchWheel, findPip, unpackWheel, type Wheel } from './pypi.ts';
import { findProgram, lastWords, run } from './run.ts';

const PACKAGE = '@tensorflow/tfjs-node';
const NAPI_VERSION = 8;
const BINDING = join('lib', `napi-v${NAPI_VERSION}`, 'tfjs_binding.node');
/** What a working tfjs-node has beside its sources: the binding and the libraries that it loads. */
const PARTS = ['lib', 'deps'] as const;
const TENSORFLOW_VERSION = '2.21.0';
const WHEEL_NEEDS_GLIBC = 2.27;
const OWN_INSTALL_MS = 8 * 60_000;
const COMPILE_MS = 5 * 60_000;
const LOAD_MS = 60_000;
const LOCK_MS = 25 * 60_000;
const WITHOUT = 'Training and prediction work without it, in WebAssembly, which is what runs use by default.';

export interface TensorflowOptions {
  root?: string;
  cache?: string;
}

/** `version` is TensorFlow's own; `from` says how it was got (`cache`: linked from there). */
export type Tensorflow = Outcome<{ version: string; binding: string; from: string }>;

interface Place {
  root: string;
  cache: string;
  /** tfjs-node's folder in node_modules. */
  folder: string;
  version: string;
}

/**
 * Makes sure that tfjs-node loads in this Node with a native TensorFlow. Near-instant once it does.
 * The large files stay in the cache; node_modules holds links, so that `npm ci` costs no second build.
 */
export async function ensureTensorflow(options: TensorflowOptions = {}): Promise<Tensorflow> {
  const root = options.root ?? projectRoot;
  const cache = options.cache ?? cacheFolder();
  const lockName = createHash('sha256').update(root).digest('hex').slice(0, 12);
  try {
    const known = knownToLoad(root, cache);
    if (known) return known;
    const lock = join(cache, 'tensorflow', `${lockName}.lock`);
    return await withLock(lock, LOCK_MS, () => ensureLocked(root, cache));
  } catch (error) {
    return missing([messageOf(error)], 'npm run provision -- tensorflow');
  }
}

function packageFolder(root: string): string {
  return join(root, 'node_modules', ...PACKAGE.split('/'));
}

function packageVersion(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}

function knownToLoad(root: string, cache: string): Tensorflow | undefined {
  const folder = packageFolder(root);
  if (!existsSync(join(folder, BINDING))) return undefined;
  const note = loadNote(folder, cache);
  if (!existsSync(note)) return undefined;
  const { version } = JSON.parse(readFileSync(note, 'utf8')) as { version: string };
  return { ok: true, version, binding: join(folder, BINDING), from: 'node_modules' };
}

/** The file that records a successful load of exactly this binding in exactly this Node. */
function loadNote(folder: string, cache: string): string {
  const binding = realpathSync(join(folder, BINDING));
  const { size, mtimeMs } = statSync(binding);
  const facts = [binding, size, mtimeMs, packageVersion(folder), process.version, process.arch];
  const name = createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);
  return join(cache, 'tensorflow', 'loads', `${name}.json`);
}

async function ensureLocked(root: string, cache: string): Promise<Tensorflow> {
  if (!existsSync(join(packageFolder(root), 'package.json'))) {
    say('TensorFlow: npm dropped its package; fetching it again');
  }
  await restorePackage(root, PACKAGE, cache);
  const folder = packageFolder(root);
  const place: Place = { root, cache, folder, version: packageVersion(folder) };
  const climbed = await climb<string>([asItIs(place), fromCache(place), ownInstall(place), build(place)]);
  if (!climbed.ok) return missing(climbed.reasons, await commandFor());
  return { ok: true, version: climbed.value, binding: join(folder, BINDING), from: climbed.rung };
}

function missing(reasons: string[], command: string): Tensorflow {
  const reason = `the native library could not be had: ${reasons.join('; ').replace(/\.$/, '')}.`;
  return { ok: false, reason, without: WITHOUT, command };
}

async function commandFor(): Promise<string> {
  const retry = 'npm run provision -- tensorflow';
  if (process.platform !== 'linux' || !findProgram('apt-get')) return retry;
  const tools = [];
  if ('reason' in (await findPip())) tools.push('python3-pip');
  if (!findCompiler()) tools.push('g++');
  return tools.length ? `sudo apt-get install -y ${tools.join(' ')} && ${retry}` : retry;
}

// The check runs in a process of its own: a library that does not fit this processor ends the process.
const LOAD = `
const util = require('node:util');
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
const tf = require('${PACKAGE}');
const sum = tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])).dataSync()[0];
if (sum !== 11) throw new Error('a matrix product is wrong: ' + sum);
process.stdout.write('\\n' + tf.backend().binding.TF_Version);
`;

/** Loads tfjs-node in a child process, notes the success in the cache. @returns TensorFlow's version @throws Error */
async function load({ root, cache, folder }: Place): Promise<string> {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' };
  const result = await run(process.execPath, ['-e', LOAD], { cwd: root, env, timeoutMs: LOAD_MS });
  if (result.code !== 0) throw new Error(`it does not load: ${lastWords(result, 2)}`);
  const version = result.stdout.trim().split('\n').at(-1) ?? '';
  const note = loadNote(folder, cache);
  mkdirSync(dirname(note), { recursive: true });
  writeFileSync(note, JSON.stringify({ version }));
  return version;
}

function asItIs(place: Place): Rung<string> {
  return {
    name: 'node_modules',
    unremarkable: true,
    hindrance: () => (existsSync(join(place.folder, BINDING)) ? '' : 'its binding is not there'),
    take: () => load(place),
  };
}

function builtKey({ version }: Place, how: string): string {
  return join('tensorflow', `tfjs-node-${version}-${how}-${process.platform}-${process.arch}`);
}

const builtHow = `tensorflow-cpu-${TENSORFLOW_VERSION}`;

/** Replaces the package's binding and libraries by links to a folder of the cache that has both. */
export function linkParts(packageFolderPath: string, built: string): void {
  for (const part of PARTS) {
    const link = join(packageFolderPath, part);
    rmSync(link, { recursive: true, force: true });
    symlinkSync(join(built, part), link, process.platform === 'win32' ? 'junction' : 'dir');
  }
}

async function linkAndLoad(place: Place, built: string): Promise<string> {
  linkParts(place.folder, built);
  // What was loaded before from the cache need not be loaded again: only the links were gone.
  const known = knownToLoad(place.root, place.cache);
  return known?.ok ? known.version : load(place);
}

function fromCache(place: Place): Rung<string> {
  const folders = ['own', builtHow].map((how) => join(place.cache, builtKey(place, how)));
  const there = folders.find((folder) => existsSync(join(folder, BINDING)));
  return {
    name: 'cache',
    unremarkable: true,
    hindrance: () => (there ? '' : 'nothing was kept from an earlier time'),
    take: () => linkAndLoad(place, there!),
  };
}

/** Address of the prebuilt binding, as the package's own install script composes it. */
function bindingAddress({ folder, version }: Place): string {
  const require = createRequire(join(folder, 'package.json'));
  const { binary } = require('./package.json') as { binary: { host: string } };
  const deps = require('./scripts/deps-constants.js') as {
    PLATFORM_MAPPING: Record<string, string>;
    PLATFORM_EXTENSION: string;
  };
  const file = `CPU-${deps.PLATFORM_MAPPING[process.platform]}-${version}.${deps.PLATFORM_EXTENSION}`;
  return `${binary.host}/napi-v${NAPI_VERSION}/${version}/${file}`;
}

function ownInstall(place: Place): Rung<string> {
  const ownMirror = process.env['TFJS_NODE_CDN_STORAGE'] ?? process.env['npm_config_TFJS_NODE_CDN_STORAGE'];
  return {
    name: "the package's own install",
    hindrance: () => (ownMirror ? '' : unreachable(bindingAddress(place))),
    take: async () => {
      say('TensorFlow: running the install script of its package (a download of some 100 MB)');
      for (const part of PARTS) rmSync(join(place.folder, part), { recursive: true, force: true });
      // Where the package was put back without npm, its helper is not linked among the commands.
      const helper = join(place.root, 'node_modules', '@mapbox', 'node-pre-gyp', 'bin');
      if (process.platform !== 'win32') chmodSync(join(helper, 'node-pre-gyp'), 0o755);
      const folders = [join(place.root, 'node_modules', '.bin'), helper, dirname(process.execPath)];
      const env = { ...process.env, PATH: [...folders, process.env['PATH']].join(delimiter) };
      const script = join('scripts', 'install.js');
      const options = { cwd: place.folder, env, timeoutMs: OWN_INSTALL_MS };
      const result = await run(process.execPath, [script], options);
      if (result.code !== 0) throw new Error(`${result.failure}: ${lastWords(result)}`);
      const version = await load(place);
      // On Windows the libraries are tied to their place; elsewhere they find each other relatively.
      if (process.platform === 'win32') return version;
      await keep(place);
      return linkAndLoad(place, join(place.cache, builtKey(place, 'own')));
    },
  };
}

/** Moves what the package's own install made into the cache, so that `npm ci` does not cost it. */
async function keep(place: Place): Promise<void> {
  const move = async (partial: string): Promise<void> => {
    for (const part of PARTS) {
      const from = join(place.folder, part);
      if (existsSync(from) && !lstatSync(from).isSymbolicLink()) {
        cpSync(from, join(partial, part), { recursive: true, verbatimSymlinks: true });
      }
    }
  };
  await builtOnce(builtKey(place, 'own'), move, { cache: place.cache });
}

/** A C++ compiler's command: `CXX`, else the usual names. */
function findCompiler(): string | undefined {
  const names = [process.env['CXX'], 'g++', 'c++', 'clang++'].filter((name): name is string => !!name);
  return names.map((name) => findProgram(name)).find((path) => path !== undefined);
}

/** Why PyPI's TensorFlow cannot serve this machine; empty where it can. */
function wheelHindrance(): string {
  if (process.platform !== 'linux') return 'it is made for Linux only';
  if (process.arch !== 'x64' && process.arch !== 'arm64') return `there is none for ${process.arch}`;
  const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  const [major = 0, minor = 0] = (header.glibcVersionRuntime ?? '0.0').split('.').map(Number);
  const [needMajor = 0, needMinor = 0] = String(WHEEL_NEEDS_GLIBC).split('.').map(Number);
  const fits = major > needMajor || (major === needMajor && minor >= needMinor);
  return fits ? '' : `it needs glibc ${WHEEL_NEEDS_GLIBC} or newer`;
}

function build(place: Place): Rung<string> {
  return {
    name: "a build against PyPI's TensorFlow",
    hindrance: async () => {
      const unfit = wheelHindrance();
      if (unfit) return unfit;
      const pip = await findPip();
      const lacking = 'reason' in pip ? [pip.reason] : [];
      if (!findCompiler()) lacking.push('A C++ compiler (g++) is missing.');
      return lacking.join(' ');
    },
    take: async () => {
      const fill = (partial: string): Promise<void> => buildInto(partial, place);
      const built = await builtOnce(builtKey(place, builtHow), fill, { cache: place.cache });
      try {
        return await linkAndLoad(place, built);
      } catch (error) {
        rmSync(built, { recursive: true, force: true });
        throw error;
      }
    },
  };
}

/** Headers of the C interface and what they include, the two libraries, and the notices that go with them. */
const WHEEL_MEMBERS = [
  'tensorflow/include/tensorflow/c/',
  'tensorflow/include/tensorflow/core/platform/',
  'tensorflow/include/xla/tsl/',
  'tensorflow/include/tsl/platform/',
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
  'tensorflow/THIRD_PARTY_NOTICES.txt',
  'tensorflow/include/LICENSE',
];
const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

async function buildInto(partial: string, place: Place): Promise<void> {
  const pip = await findPip();
  if ('reason' in pip) throw new Error(pip.reason);
  const machine = process.arch === 'x64' ? 'x86_64' : 'aarch64';
  const wheel: Wheel = {
    name: 'tensorflow-cpu',
    version: TENSORFLOW_VERSION,
    // Any Python's wheel has the same library; the tag need not be the one of the Python at hand.
    python: '3.11',
    platforms: ['manylinux_2_27', 'manylinux_2_17', 'manylinux2014'].map((tag) => `${tag}_${machine}`),
  };
  say(`TensorFlow: fetching ${wheel.name} ${wheel.version} from PyPI (some 270 MB, once)`);
  const file = await fetchWheel(pip.python, wheel, place.cache);
  say('TensorFlow: unpacking its libraries');
  const unpacked = join(partial, 'unpacked');
  await unpackWheel(pip.python, file, unpacked, WHEEL_MEMBERS);
  arrange(join(unpacked, 'tensorflow'), partial);
  await strip(partial);
  say('TensorFlow: compiling the binding (some 15 s, once)');
  await compile(partial, join(unpacked, 'tensorflow', 'include'), place);
  rmSync(unpacked, { recursive: true, force: true });
  rmSync(dirname(file), { recursive: true, force: true });
}

function arrange(unpacked: string, target: string): void {
  const libraries = join(target, 'deps', 'lib');
  mkdirSync(libraries, { recursive: true });
  for (const name of LIBRARIES) renameSync(join(unpacked, name), join(libraries, name));
  const notices = join(unpacked, 'THIRD_PARTY_NOTICES.txt');
  if (existsSync(notices)) renameSync(notices, join(target, 'deps', 'THIRD_PARTY_NOTICES.txt'));
  const license = join(unpacked, 'include', 'LICENSE');
  if (existsSync(license)) renameSync(license, join(target, 'deps', 'LICENSE'));
}

/** Drops the local symbols, a quarter of the size. Nothing is lost where the tool is missing. */
async function strip(target: string): Promise<void> {
  const libraries = join(target, 'deps', 'lib');
  const tool = findProgram('strip');
  if (!tool) return;
  for (const name of readdirSync(libraries)) {
    await run(tool, ['--strip-unneeded', join(libraries, name)], { timeoutMs: COMPILE_MS });
  }
}

async function compile(target: string, headers: string, place: Place): Promise<void> {
  const compiler = findCompiler();
  if (!compiler) throw new Error('A C++ compiler (g++) is missing.');
  const require = createRequire(join(place.root, 'package.json'));
  const { include_dir: nodeHeaders } = require('node-api-headers') as { include_dir: string };
  const binding = join(target, BINDING);
  const libraries = join(target, 'deps', 'lib');
  mkdirSync(dirname(binding), { recursive: true });
  const defines = [`NAPI_VERSION=${NAPI_VERSION}`, 'NODE_GYP_MODULE_NAME=tfjs_binding'];
  const args = [
    ...['-O2', '-std=c++17', '-fPIC', '-shared', '-w'],
    ...[...defines, 'BUILDING_NODE_EXTENSION'].map((define) => `-D${define}`),
    ...[place.folder, headers, nodeHeaders].map((folder) => `-I${folder}`),
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(place.folder, 'binding', name)),
    ...['-o', binding, `-L${libraries}`],
    ...LIBRARIES.map((name) => `-l:${name}`),
    // As the package's own build has it: the libraries are found from the binding, wherever both are moved.
    '-Wl,-rpath,$ORIGIN/../../deps/lib',
  ];
  const result = await run(compiler, args, { timeoutMs: COMPILE_MS });
  if (result.code !== 0) throw new Error(`the binding does not compile: ${lastWords(result)}`);
}
