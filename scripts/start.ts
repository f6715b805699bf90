// `npm start [-- FOLDER]`: prepares what is missing, then opens the studio in its window or in the browser.
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './provision/built.ts';
import { ensureElectron, type ElectronFacts } from './provision/electron.ts';
import { explain, messageOf, say } from './provision/outcome.ts';
import { projectRoot } from './provision/paths.ts';
import { lastWords, run } from './provision/run.ts';
import { ensureTensorflow } from './provision/tensorflow.ts';

const USAGE = `Usage: npm start [-- [FOLDER] [--browser] [--no-open] [--port N] [--workspace DIR]]
  FOLDER       opens this corpus
  --browser    uses the browser even where an Electron window could be opened
  --no-open    prints the browser's address without opening it
  --port N     the browser host's port (default: any free one)
  --workspace DIR
               where the index, the labels and the runs are kept (default: the user-data folder)`;
const PROBE_MS = 20_000;
/** A window that ends with an error sooner than this never opened. */
const OPENED_MS = 5000;

interface Wishes {
  help: boolean;
  folder: string | undefined;
  browser: boolean;
  hostArguments: string[];
}

/** Reads the command line. @throws Error with what is wrong, for a person */
function readWishes(argv: string[]): Wishes {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      browser: { type: 'boolean', default: false },
      'no-open': { type: 'boolean', default: false },
      port: { type: 'string' },
      workspace: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (positionals.length > 1) throw new Error('One folder at a time, please.');
  // npm runs scripts in the project's folder; the person may stand elsewhere.
  const here = process.env['INIT_CWD'] ?? process.cwd();
  const folder = positionals[0] === undefined ? undefined : resolve(here, positionals[0]);
  if (folder && !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`${folder} is not a folder.`);
  }
  if (values.workspace) process.env['PATHOS_WORKSPACE'] = resolve(here, values.workspace);
  const hostArguments = [
    ...(values['no-open'] ? ['--no-open'] : []),
    ...(values.port ? ['--port', values.port] : []),
  ];
  return {
    help: values.help,
    folder,
    browser: values.browser || hostArguments.length > 0,
    hostArguments,
  };
}

function hasDisplay(): boolean {
  if (process.platform === 'darwin' || process.platform === 'win32') return true;
  return Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);
}

/** Runs the studio in the foreground: its output, its signals and its exit code are ours. */
function foreground(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: projectRoot, env, stdio: 'inherit' });
    const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
    const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    const finish = (code: number): void => {
      for (const signal of signals) process.off(signal, forward);
      done(code);
    };
    child.once('error', (error) => {
      say(`${command} could not be started: ${error.message}`);
      finish(1);
    });
    child.once('exit', (code, signal) => finish(code ?? 128 + (signal ? constants.signals[signal] : 1)));
  });
}

/** The Electron to open the window with, or undefined with the reason said. */
async function usableElectron(): Promise<ElectronFacts | undefined> {
  if (!hasDisplay()) {
    say('There is no display, so the studio opens for a browser.');
    return undefined;
  }
  const electron = await ensureElectron({ forTests: false });
  if (!electron.ok) {
    say(explain('Electron', electron));
    return undefined;
  }
  // Tells a system library that is missing before a window is tried.
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  const answer = await run(electron.path, ['-e', '0'], { env, timeoutMs: PROBE_MS });
  if (answer.code === 0) return electron;
  say(`Electron does not start here (${lastWords(answer, 1) || answer.failure}). A browser is used instead.`);
  return undefined;
}

/** @returns the window's exit code, or undefined where no window could be opened */
async function openWindow(electron: ElectronFacts, folder: string | undefined): Promise<number | undefined> {
  const env = { ...process.env };
  // An old Electron cannot run the engine in itself.
  if (electron.forTestsOnly) env['PATHOS_ENGINE_NODE'] ??= process.execPath;
  const switches: string[] = [];
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    say("You are root: Chromium's own sandbox is off (--no-sandbox). Prefer an ordinary user.");
    switches.push('--no-sandbox');
  }
  say(`Opening the window (Electron ${electron.version})`);
  const startedMs = performance.now();
  const code = await foreground(electron.path, [...switches, projectRoot, ...(folder ? [folder] : [])], env);
  if (code === 0 || performance.now() - startedMs > OPENED_MS) return code;
  const interrupted = [constants.signals.SIGINT, constants.signals.SIGTERM].map((signal) => 128 + signal);
  if (interrupted.includes(code)) return code;
  say(`The window ended at once (${code}). A browser is used instead.`);
  return undefined;
}

async function main(): Promise<number> {
  let wishes: Wishes;
  try {
    wishes = readWishes(process.argv.slice(2));
  } catch (error) {
    say(`${messageOf(error)}\n${USAGE}`);
    return 2;
  }
  if (wishes.help) {
    console.log(USAGE);
    return 0;
  }
  const tensorflow = await ensureTensorflow();
  say(
    tensorflow.ok ? `TensorFlow ${tensorflow.version} is there (native).` : explain('TensorFlow', tensorflow),
  );
  const built = await ensureBuilt();
  if (!built.ok) {
    say(explain('Build', built));
    return 1;
  }
  const electron = wishes.browser ? undefined : await usableElectron();
  const code = electron && (await openWindow(electron, wishes.folder));
  if (code !== undefined) return code;
  const serve = join(projectRoot, 'dist', 'engine', 'serve.js');
  const folder = wishes.folder ? [wishes.folder] : [];
  return foreground(process.execPath, [serve, ...wishes.hostArguments, ...folder], process.env);
}

process.exitCode = await main();
