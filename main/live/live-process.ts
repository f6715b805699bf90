// The live process, seen from the engine: told, asked, and survived when it ends.
import { fork, type ChildProcess } from 'node:child_process';
import { UserError, type ErrorCode } from '../../shared/contract/errors.ts';
import { entryFile } from '../process/entry.ts';
import { SMALL_MEMORY } from '../process/memory.ts';
import { threadEnvironment } from '../training/backend.ts';
import type { FromLive, LiveQuestions, QuestionName, ToLive, WindowMessage } from './protocol.ts';

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** Until then a process has answered, or is hung: models load in about a second. */
const ANSWER_LIMIT_MS = 60_000;

export class LiveProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #ended = false;
  /** Settles when the process has ended, with the reason; null where it was closed. */
  readonly ended: Promise<UserError | null>;

  constructor(onWindow: (message: WindowMessage) => void) {
    const child = fork(entryFile('live'), [], {
      serialization: 'advanced',
      // Hours of messages, each with its samples: without this the process's memory creeps up, 5 % in an hour.
      execArgv: [...SMALL_MEMORY.flags],
      env: { ...process.env, ...threadEnvironment(1), ...SMALL_MEMORY.environment },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    child.on('message', (message: FromLive) => {
      if (message.type === 'window') return onWindow(message);
      const waiting = this.#waiting.get(message.id);
      if (message.type === 'answer') waiting?.resolve(message.value as never);
      else waiting?.reject(failure(message));
    });
    this.ended = new Promise((resolve) => {
      const end = (how: string): void => {
        const closed = this.#ended;
        this.#ended = true;
        const error = new UserError('UNAVAILABLE', `Listening stopped: its process ${how}.`, {
          next: 'It is started anew.',
        });
        for (const { reject } of this.#waiting.values()) reject(error);
        resolve(closed ? null : error);
      };
      child.on('error', (error) => end(`could not run (${error.message})`));
      child.on('exit', (code, signal) =>
        end(signal ? `was ended by ${signal}` : `ended with exit code ${code}`),
      );
    });
  }

  get processId(): number | undefined {
    return this.#child.pid;
  }

  tell(message: Extract<ToLive, { type: 'push' | 'adjust' }>): void {
    // A process that has just gone says so by its exit.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  /** @throws UserError UNREADABLE naming a model file, UNAVAILABLE where the process ended or hung */
  async ask<Name extends QuestionName>(
    name: Name,
    input: LiveQuestions[Name][0],
  ): Promise<LiveQuestions[Name][1]> {
    if (this.#ended) throw new UserError('UNAVAILABLE', 'Listening has stopped.');
    const id = this.#nextId++;
    // A file takes as long as it is long.
    const limit =
      name === 'file' ? undefined : setTimeout(() => this.#child.kill('SIGKILL'), ANSWER_LIMIT_MS);
    try {
      return await new Promise<LiveQuestions[Name][1]>((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject });
        this.#child.send({ type: 'ask', id, name, input } as ToLive, () => undefined);
      });
    } finally {
      clearTimeout(limit);
      this.#waiting.delete(id);
    }
  }

  /** Ends the process. */
  close(): void {
    this.#ended = true;
    this.#child.kill('SIGKILL');
  }
}

function failure({ message, code, data }: Extract<FromLive, { type: 'failure' }>): Error {
  if (code === null) return new UserError('UNAVAILABLE', `Listening failed: ${message}`);
  return new UserError(code as ErrorCode, message, data ?? undefined);
}
