// One fold in a trainer process, seen from the engine: started, heard, cancelled, and survived when it crashes.
import { fork, type ChildProcess } from 'node:child_process';
import type { BackendName } from '../../shared/contract/schemas.ts';
import { entryFile } from '../process/entry.ts';
import type { ModelArtifacts } from './artifacts.ts';
import { threadEnvironment } from './backend.ts';
import type { BatchMessage, EpochMessage, FromTrainer, StepPath, ToTrainer, TrainJob } from './protocol.ts';

/** How long a cancelled trainer may take to stop by itself; a cancel as a whole stays under a second. */
export const CANCEL_GRACE_MS = 900;
const STDERR_KEPT = 4000;

export interface FoldListener {
  onReady(path: StepPath): void;
  onBatch(batch: BatchMessage): void;
  onEpoch(epoch: EpochMessage): void;
}

export interface FoldOutcome {
  readonly state: 'done' | 'cancelled' | 'failed';
  /** Why it failed, in words; null otherwise. */
  readonly reason: string | null;
  /** The last epoch that was finished, with its weights. */
  readonly lastEpoch: EpochMessage | null;
  readonly model: ModelArtifacts | null;
}

export interface FoldProcess {
  readonly processId: number | undefined;
  /** Never rejects: a crash is an outcome. */
  readonly outcome: Promise<FoldOutcome>;
  /** Asks the trainer to stop at the batch it is at, and kills it where it does not. */
  cancel(): void;
}

/**
 * Starts a trainer on a fold.
 * @param threads threads of one operation, where the backend has any
 */
export function startFold(job: TrainJob, listener: FoldListener, threads: number): FoldProcess {
  const child = fork(entryFile('trainer'), [], {
    serialization: 'advanced',
    execArgv: [],
    env: { ...process.env, ...threadEnvironment(threads) },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const say = (message: ToTrainer): void => {
    // A trainer that is already gone cannot hear it; its exit tells.
    if (child.connected) child.send(message, () => undefined);
  };
  let killer: NodeJS.Timeout | undefined;
  let cancelled = false;
  const outcome = listen(child, job.backend, listener, () => cancelled).finally(() => clearTimeout(killer));
  say({ type: 'train', job });
  return {
    processId: child.pid,
    outcome,
    cancel() {
      if (cancelled) return;
      cancelled = true;
      say({ type: 'cancel' });
      killer = setTimeout(() => child.kill('SIGKILL'), CANCEL_GRACE_MS);
    },
  };
}

function listen(
  child: ChildProcess,
  backend: BackendName,
  listener: FoldListener,
  wasCancelled: () => boolean,
): Promise<FoldOutcome> {
  let model: ModelArtifacts | null = null;
  let lastEpoch: EpochMessage | null = null;
  let end: { state: FoldOutcome['state']; reason: string | null } | null = null;
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_KEPT);
  });
  child.on('message', (message: FromTrainer) => {
    switch (message.type) {
      case 'ready':
        model = message.model;
        return listener.onReady(message.path);
      case 'batch':
        return listener.onBatch(message);
      case 'epoch':
        lastEpoch = message;
        return listener.onEpoch(message);
      case 'end':
        end = { state: message.cancelled ? 'cancelled' : 'done', reason: null };
        return;
      case 'failed':
        end = { state: 'failed', reason: message.reason };
    }
  });
  return new Promise((resolve) => {
    const settle = (why: string): void => {
      const state = wasCancelled() ? ('cancelled' as const) : ('failed' as const);
      const { state: ended, reason } = end ?? { state, reason: state === 'failed' ? why : null };
      resolve({ state: ended, reason, lastEpoch, model });
    };
    child.on('error', (error) => settle(`The trainer process could not run: ${error.message}.`));
    child.on('close', (code, signal) => settle(crashReason(backend, code, signal, stderr)));
  });
}

/** Why a trainer that said nothing is gone. */
function crashReason(
  backend: BackendName,
  code: number | null,
  signal: NodeJS.Signals | null,
  stderr: string,
): string {
  const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
  const memory = /heap out of memory|bad_alloc|Cannot allocate memory/i.test(stderr);
  const error = /^\w*Error: .*$/m.exec(stderr)?.[0];
  const hint = memory ? ' It ran out of memory.' : error ? ` It said: ${error}` : '';
  return `The trainer process (${backend}) ${how}.${hint}`;
}
