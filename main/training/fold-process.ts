// One fold in a trainer process, seen from the engine: started, heard, cancelled, and survived when it crashes.
import { fork, type ChildProcess } from 'node:child_process';
import type { BackendName, Epoch } from '../../shared/contract/schemas.ts';
import { entryFile } from '../process/entry.ts';
import type { ModelArtifacts } from './artifacts.ts';
import { threadEnvironment } from './backend.ts';
import type {
  BatchMessage,
  EpochMessage,
  FromTrainer,
  Interrupt,
  KeptEpoch,
  StepPath,
  ToTrainer,
  TrainJob,
} from './protocol.ts';

/** How long a trainer that is to stop may take to do so by itself; a cancel as a whole stays under a second. */
export const CANCEL_GRACE_MS = 900;
/** A pause writes a checkpoint first, which a slow disk may keep waiting. */
const PAUSE_GRACE_MS = 10_000;
/** How long what a trainer said last may take to arrive once it is gone. */
const LAST_WORDS_MS = 1000;
const STDERR_KEPT = 4000;

export interface FoldListener {
  /** @param how what computes it, and why nothing faster does, in words */
  onReady(path: StepPath, how: string): void;
  onBatch(batch: BatchMessage): void;
  onEpoch(epoch: EpochMessage): void;
  /** Goes on from a checkpoint, with these epochs behind it. */
  onResumed?(epochs: readonly Epoch[]): void;
}

export interface FoldOutcome {
  readonly state: 'done' | 'paused' | 'cancelled' | 'failed';
  /** Why it failed, or why a paused fold goes on from further back than it was; null otherwise. */
  readonly reason: string | null;
  /** True where nothing improved any more, or somebody stopped it with what it had. */
  readonly stoppedEarly: boolean;
  /** The epoch whose weights it ends with: the best one or the last one, as the recipe says. */
  readonly kept: KeptEpoch | null;
  readonly model: ModelArtifacts | null;
}

export interface FoldProcess {
  readonly processId: number | undefined;
  /** Never rejects: a crash is an outcome. */
  readonly outcome: Promise<FoldOutcome>;
  /** Asks the trainer to stop at the batch it is at, and kills it where it does not. Only the first asking counts. */
  interrupt(how: Interrupt): void;
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
  let asked: Interrupt | null = null;
  const outcome = listen(child, job.backend, listener, () => asked).finally(() => clearTimeout(killer));
  say({ type: 'train', job });
  return {
    processId: child.pid,
    outcome,
    interrupt(how) {
      if (asked !== null) return;
      asked = how;
      say({ type: 'interrupt', how });
      killer = setTimeout(() => child.kill('SIGKILL'), how === 'pause' ? PAUSE_GRACE_MS : CANCEL_GRACE_MS);
    },
  };
}

function listen(
  child: ChildProcess,
  backend: BackendName,
  listener: FoldListener,
  asked: () => Interrupt | null,
): Promise<FoldOutcome> {
  let model: ModelArtifacts | null = null;
  let kept: KeptEpoch | null = null;
  let unsaved: string | null = null;
  let end: Pick<FoldOutcome, 'state' | 'reason' | 'stoppedEarly'> | null = null;
  let stderr = '';
  let gone = (): void => undefined;
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_KEPT);
  });
  child.on('message', (message: FromTrainer) => {
    switch (message.type) {
      case 'ready':
        model = message.model;
        return listener.onReady(message.path, message.how);
      case 'batch':
        return listener.onBatch(message);
      case 'resumed':
        kept = message.kept;
        return listener.onResumed?.(message.epochs);
      case 'epoch':
        kept = message.kept ?? kept;
        return listener.onEpoch(message);
      case 'unsaved':
        unsaved = message.reason;
        return;
      case 'end':
        end = endOf(message.interrupt, message.stoppedEarly, kept, unsaved);
        return gone();
      case 'failed':
        end = { state: 'failed', reason: message.reason, stoppedEarly: false };
        return gone();
    }
  });
  return new Promise((resolve) => {
    const settle = (why: string): void => {
      const interrupt = asked();
      const silent =
        interrupt === null
          ? { state: 'failed' as const, reason: why, stoppedEarly: false }
          : endOf(interrupt, false, kept, unsaved);
      resolve({ ...(end ?? silent), kept, model });
    };
    child.on('error', (error) => settle(`The trainer process could not run: ${error.message}.`));
    child.on('exit', (code, signal) => {
      const close = (): void => settle(crashReason(backend, code, signal, stderr));
      // Node does not always see the end of the channel, and then never emits "close".
      const lastWords = setTimeout(close, LAST_WORDS_MS);
      gone = () => {
        clearTimeout(lastWords);
        close();
      };
      child.on('close', gone);
      if (end) gone();
    });
  });
}

/** How a fold ends that was interrupted, or not: a stop counts as finished where there is something to keep. */
function endOf(
  interrupt: Interrupt | null,
  stoppedEarly: boolean,
  kept: KeptEpoch | null,
  unsaved: string | null,
): Pick<FoldOutcome, 'state' | 'reason' | 'stoppedEarly'> {
  switch (interrupt) {
    case null:
      return { state: 'done', reason: null, stoppedEarly };
    case 'pause':
      return { state: 'paused', reason: unsaved, stoppedEarly: false };
    case 'stop':
      return { state: kept ? 'done' : 'cancelled', reason: null, stoppedEarly: kept !== null };
    case 'cancel':
      return { state: 'cancelled', reason: null, stoppedEarly: false };
  }
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
