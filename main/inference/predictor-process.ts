// Keeps one predictor process: started at the first question, restarted after a crash, ended when nobody asks.
import { fork, type ChildProcess } from 'node:child_process';
import { UserError } from '../../shared/contract/errors.ts';
import { entryFile } from '../process/entry.ts';
import type { Logger } from '../process/log.ts';
import { threadEnvironment } from '../training/backend.ts';
import type { PredictAnswer, PredictRequest } from './messages.ts';

/** Without a question for so long, the process ends and gives its memory back. */
export const IDLE_EXIT_MS = 5 * 60_000;
/** No prediction takes so long; a process that does is hung. */
const ANSWER_LIMIT_MS = 60_000;

interface Waiting {
  readonly resolve: (probabilities: Float32Array) => void;
  readonly reject: (error: Error) => void;
}

export class PredictorProcess {
  readonly #idleExitMs: number;
  readonly #logger: Pick<Logger, 'warn'> | undefined;
  #child: ChildProcess | null = null;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #idle: NodeJS.Timeout | undefined;
  #closed = false;

  constructor({
    logger,
    idleExitMs = IDLE_EXIT_MS,
  }: {
    logger?: Pick<Logger, 'warn'> | undefined;
    idleExitMs?: number | undefined;
  }) {
    this.#logger = logger;
    this.#idleExitMs = idleExitMs;
  }

  /** Null while none runs. */
  get processId(): number | null {
    return this.#child?.pid ?? null;
  }

  /**
   * Mean probabilities of the models, [clips, labels] for the clips asked about.
   * @throws UserError UNREADABLE for a model file, UNAVAILABLE where the process ended or hung
   */
  async ask(question: Omit<PredictRequest, 'id'>): Promise<Float32Array> {
    if (this.#closed) throw closing();
    const id = this.#nextId++;
    const child = (this.#child ??= this.#start());
    clearTimeout(this.#idle);
    let limit: NodeJS.Timeout | undefined;
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject });
        limit = setTimeout(() => child.kill('SIGKILL'), ANSWER_LIMIT_MS);
        // A process that has just gone answers through its exit.
        child.send({ ...question, id } satisfies PredictRequest, () => undefined);
      });
    } finally {
      clearTimeout(limit);
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) this.#idle = setTimeout(() => this.#stop(), this.#idleExitMs).unref();
    }
  }

  /** Ends the process; open questions fail. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    const child = this.#child;
    this.#child = null;
    if (!child) return;
    this.#failWaiting(closing());
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  #failWaiting(error: UserError): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error);
  }

  #stop(): void {
    const child = this.#child;
    this.#child = null;
    if (child?.connected) child.disconnect();
  }

  #start(): ChildProcess {
    const child = fork(entryFile('predictor'), [], {
      serialization: 'advanced',
      execArgv: [],
      env: { ...process.env, ...threadEnvironment(1) },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.on('message', (answer: PredictAnswer) => {
      const waiting = this.#waiting.get(answer.id);
      if ('probabilities' in answer) waiting?.resolve(answer.probabilities);
      else waiting?.reject(answerError(answer));
    });
    const lost = (how: string): void => {
      if (this.#child !== child) return;
      this.#child = null;
      this.#logger?.warn({ processId: child.pid }, `the predictor process ${how}`);
      const error = new UserError('UNAVAILABLE', `The predictor process ${how}.`, {
        next: 'Try again: it is started anew.',
      });
      this.#failWaiting(error);
    };
    child.on('error', (error) => lost(`could not run: ${error.message}`));
    child.on('exit', (code, signal) =>
      lost(signal ? `was ended by ${signal}` : `ended with exit code ${code}`),
    );
    return child;
  }
}

const closing = (): UserError => new UserError('UNAVAILABLE', 'The engine is closing.');

function answerError({ error, path }: { error: string; path: string | null }): Error {
  if (path === null) return new UserError('UNAVAILABLE', `The model did not answer: ${error}`);
  return new UserError('UNREADABLE', error, { path, next: 'Train the run again.' });
}
