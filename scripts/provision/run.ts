// Runs other programs with a time limit, and never leaves one behind.
import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { basename, delimiter, join } from 'node:path';

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  timeoutMs: number;
  /** `inherit` shows the program's output as it comes (on stderr with `inherit-stderr`); `capture` keeps it. */
  output?: 'capture' | 'inherit' | 'inherit-stderr';
}

export interface RunResult {
  /** Exit code; null where the program was not found, was killed or ran out of time. */
  code: number | null;
  stdout: string;
  stderr: string;
  /** Why `code` is not 0, in words; empty when it is. */
  failure: string;
}

const running = new Set<ChildProcess>();
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const SIGNAL_EXIT: Record<(typeof SIGNALS)[number], number> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
const GRACE_MS = 2000;

/** Kills a child and, where the system has process groups, everything it started. */
export function killTree(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // It has ended already.
  }
}

function endAll(signal: NodeJS.Signals): void {
  for (const child of running) killTree(child, signal);
}

function onSignal(signal: NodeJS.Signals): void {
  endAll('SIGTERM');
  process.exit(SIGNAL_EXIT[signal as (typeof SIGNALS)[number]]);
}

/**
 * Keeps a child that leads a process group of its own from outliving this process.
 * @returns a function that stops watching it
 */
export function guard(child: ChildProcess): () => void {
  if (running.size === 0) for (const signal of SIGNALS) process.on(signal, onSignal);
  running.add(child);
  return () => {
    running.delete(child);
    if (running.size === 0) for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}

process.on('exit', () => endAll('SIGKILL'));

/** Runs a program to its end or to its time limit. Never throws: a program that is missing has `code` null. */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const output = options.output ?? 'capture';
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      // npm is a .cmd file on Windows, which only a shell starts.
      shell: process.platform === 'win32' && command.endsWith('.cmd'),
      detached: process.platform !== 'win32',
      stdio: output === 'capture' ? ['ignore', 'pipe', 'pipe'] : ['ignore', output === 'inherit' ? 1 : 2, 2],
    });
    const unguard = guard(child);
    const name = basename(command);
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    let kill: NodeJS.Timeout | undefined;
    const limit = setTimeout(() => {
      timedOut = true;
      killTree(child, 'SIGTERM');
      kill = setTimeout(() => killTree(child, 'SIGKILL'), GRACE_MS);
    }, options.timeoutMs);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const finish = (code: number | null, failure: string): void => {
      clearTimeout(limit);
      clearTimeout(kill);
      unguard();
      resolve({ code, stdout, stderr, failure });
    };
    child.once('error', (error) => finish(null, `${name} could not be started (${error.message})`));
    child.once('close', (code, signal) => {
      if (timedOut) finish(null, `${name} did not finish within ${options.timeoutMs / 1000} s`);
      else if (code === null) finish(null, `${name} was ended by ${signal}`);
      else finish(code, code === 0 ? '' : `${name} ended with ${code}`);
    });
  });
}

/** The last lines of a program's output that say something, for a person to read. */
export function lastWords(result: RunResult, lines = 3): string {
  const words = `${result.stdout}\n${result.stderr}`.split('\n').map((line) => line.trim());
  return words.filter(Boolean).slice(-lines).join(' | ');
}

/** The full path of a program on the PATH, or undefined. */
export function findProgram(name: string, path = process.env['PATH'] ?? ''): string | undefined {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  for (const folder of path.split(delimiter)) {
    for (const suffix of suffixes) {
      const candidate = join(folder || '.', name + suffix);
      try {
        accessSync(candidate, constants.X_OK);
        return candidate;
      } catch {
        // Not in this folder.
      }
    }
  }
  return undefined;
}

/** The npm that started this script, else the one on the PATH. */
export function npmCommand(): { command: string; args: string[] } {
  const script = process.env['npm_execpath'];
  if (script?.endsWith('npm-cli.js')) return { command: process.execPath, args: [script] };
  return { command: process.platform === 'win32' ? 'npm.cmd' : 'npm', args: [] };
}
