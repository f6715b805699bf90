// Loads the TensorFlow.js backend of a trainer or predictor process, and tells the engine, without loading it, which one there is.
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import util from 'node:util';
import { UserError } from '../../shared/contract/errors.ts';
import type { BackendName, EngineInfo } from '../../shared/contract/schemas.ts';
import { entryFile } from '../process/entry.ts';

/** What installs the native backend. */
export const PROVISION_COMMAND = 'npm run provision -- tensorflow';
const PROBE_LIMIT_MS = 30_000;

const require = createRequire(import.meta.url);

/**
 * Loads a backend into this process and makes it tfjs's current one. Once a process: a second native
 * TensorFlow in the same process fails.
 * @throws UserError UNAVAILABLE where the backend is not there or does not load; nothing is used in its place
 */
export async function loadBackend(backend: BackendName): Promise<void> {
  await (backend === 'tensorflow' ? loadTensorflow() : loadWasm());
}

async function loadTensorflow(): Promise<void> {
  const missing = nativeFileMissing();
  if (missing !== null) throw nativeUnavailable(missing);
  // tfjs-node 4.22 calls both; Node 23 removed the first and warns of the second.
  Object.assign(util, {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
  });
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  try {
    const tf = await import('@tensorflow/tfjs-node');
    await tf.ready();
  } catch (error) {
    throw nativeUnavailable(firstLine(error));
  }
}

async function loadWasm(): Promise<void> {
  const tf = await import('@tensorflow/tfjs-core');
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(
    path.join(path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'wasm-out/'),
  );
  if (!(await tf.setBackend('wasm')))
    throw new UserError('UNAVAILABLE', 'The WebAssembly backend of TensorFlow.js did not start.', {
      next: 'Install the studio again.',
    });
}

/** Threads a process may use for one operation. tfjs's own wasm backend has one in Node, whatever is asked. */
export function threadEnvironment(threads: number): Record<string, string> {
  return {
    TF_CPP_MIN_LOG_LEVEL: '2',
    TF_NUM_INTRAOP_THREADS: String(threads),
    TF_NUM_INTEROP_THREADS: '1',
    OMP_NUM_THREADS: String(threads),
  };
}

/** Threads that this process was given by `threadEnvironment`; one where nobody said. */
export function grantedThreads(): number {
  return Math.max(1, Number(process.env['OMP_NUM_THREADS'] ?? 1) || 1);
}

function nativeUnavailable(reason: string): UserError {
  return new UserError('UNAVAILABLE', `Native TensorFlow cannot be used: ${reason}.`, {
    next: `Run "${PROVISION_COMMAND}", or choose the wasm backend.`,
  });
}

/** Why the native binding's file is not there; null where it is. */
function nativeFileMissing(): string | null {
  try {
    const folder = path.dirname(require.resolve('@tensorflow/tfjs-node/package.json'));
    const binding = path.join(folder, 'lib', 'napi-v8', 'tfjs_binding.node');
    return existsSync(binding) ? null : 'its binding is not installed';
  } catch {
    return 'the package @tensorflow/tfjs-node is not installed';
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!.replace(/\.$/, '');
}

/** Backend that a run uses unless it names another, and why native TensorFlow cannot be asked for; null where it can. */
export type BackendProbe = Pick<EngineInfo, 'backend' | 'nativeMissing'>;

let probed: Promise<BackendProbe> | null = null;

/** Finds out once a process, in a child process: the engine itself never loads TensorFlow. */
export function probeBackends(): Promise<BackendProbe> {
  probed ??= probe();
  return probed;
}

async function probe(): Promise<BackendProbe> {
  const reason = nativeFileMissing() ?? (await tryNative());
  const nativeMissing = reason === null ? null : { reason: `${reason}.`, command: PROVISION_COMMAND };
  // The kernel trains every recipe's network faster than native TensorFlow does, and needs nothing installed.
  return { backend: 'wasm', nativeMissing };
}

/** Why native TensorFlow does not load in a fresh process; null where it does. */
function tryNative(): Promise<string | null> {
  return new Promise((resolve) => {
    const child = fork(entryFile('trainer'), [PROBE_ARGUMENT], {
      env: { ...process.env, ...threadEnvironment(1) },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      timeout: PROBE_LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    let answer = 'its binding did not load';
    child.on('message', (message: string | null) => {
      answer = message ?? '';
    });
    child.on('error', (error) => resolve(firstLine(error)));
    child.on('exit', () => resolve(answer === '' ? null : answer));
  });
}

/** Argument that makes the trainer's entry answer a probe and exit. */
export const PROBE_ARGUMENT = '--probe-tensorflow';

/** Sends null, or the reason why native TensorFlow does not load, to the parent. */
export async function answerProbe(): Promise<void> {
  let reason: string | null = null;
  try {
    await loadTensorflow();
  } catch (error) {
    reason = firstLine(error).replace('Native TensorFlow cannot be used: ', '');
  }
  process.send?.(reason, () => process.exit(0));
}
