// The engine as the interface sees it: one client that outlives reconnections, its state, and what it announces.
import { createORPCClient } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../../shared/contract/contract.ts';
import type { EngineInfo, Notice } from '../../shared/contract/schemas.ts';
import { EngineLostError } from '../ui/errors.ts';
import {
  type Absence,
  connect,
  type Connection,
  type EngineLink,
  startEngineAgain,
  whyAbsent,
} from './connection.ts';

export type EngineClient = ContractRouterClient<Contract>;
export type EngineStatus = 'connecting' | 'ready' | Absence['kind'];

const RETRY_FIRST_MS = 250;
const RETRY_LAST_MS = 5000;
/** A connection whose engine says nothing for this long is given up for the next one. */
const FIRST_ANSWER_MS = 5000;

class Engine {
  status = $state<EngineStatus>('connecting');
  info = $state.raw<EngineInfo | null>(null);
  /** Why no engine will come unasked, for a person; null while there is one or one will come. */
  failure = $state.raw<string | null>(null);
  /** Counts connections: an effect that reads it loads its view again after a restart. */
  generation = $state(0);
  readonly client: EngineClient;
  #connection: Connection | null = null;
  #lost = new AbortController();
  #waiting: ((connection: Connection) => void)[] = [];
  #listeners = new Set<(notice: Notice) => void>();
  /** Ends the pause before the next attempt. */
  #tryNow: () => void = () => undefined;

  constructor() {
    const link: EngineLink = { call: (path, input, options) => this.#call(path, input, options) };
    this.client = createORPCClient<EngineClient>(link);
  }

  readonly ready = $derived(this.status === 'ready');
  /** No engine, and none will come unless somebody does something. */
  readonly isAway = $derived(this.status === 'failed' || this.status === 'host-gone');

  /** Connects, and connects again whenever the connection ends. */
  start(): void {
    void this.#keepConnected();
  }

  /** Starts an engine again that was given up. */
  async startAgain(): Promise<void> {
    this.#isAbsent(await startEngineAgain());
    this.#tryNow();
  }

  /** Calls `listener` for every notice of the engine. Returns the end of that. */
  onNotice(listener: (notice: Notice) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #keepConnected(): Promise<never> {
    let wait = RETRY_FIRST_MS;
    for (;;) {
      try {
        const connection = await connect();
        this.info = await firstAnswer(connection);
        wait = RETRY_FIRST_MS;
        await this.#live(connection);
      } catch {
        // Told by the status; the next attempt follows.
      }
      this.#isAbsent(await whyAbsent());
      const pressed = await this.#pause(wait);
      wait = pressed ? RETRY_FIRST_MS : Math.min(wait * 2, RETRY_LAST_MS);
    }
  }

  #isAbsent(absence: Absence): void {
    const { kind } = absence;
    this.status = kind === 'restarting' && this.generation === 0 ? 'connecting' : kind;
    this.failure = kind === 'failed' ? absence.message : null;
  }

  /** Waits for so long, or until somebody wants the next attempt now. Resolves to whether somebody did. */
  #pause(milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), milliseconds);
      this.#tryNow = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  async #live(connection: Connection): Promise<void> {
    const lost = new AbortController();
    this.#lost = lost;
    this.#connection = connection;
    void connection.closed.then(() => {
      if (this.#connection === connection) this.#connection = null;
      lost.abort();
    });
    for (const take of this.#waiting.splice(0)) take(connection);
    void this.#listen(lost.signal);
    this.generation += 1;
    this.failure = null;
    this.status = 'ready';
    await connection.closed;
  }

  async #listen(signal: AbortSignal): Promise<void> {
    try {
      for await (const notice of await this.client.engine.notices(undefined, { signal })) {
        for (const listener of this.#listeners) listener(notice);
      }
    } catch {
      // Ends with the connection; the next one listens again.
    }
  }

  /**
   * The reason of a failure: that the engine was lost, where it was, else the error itself. Call it at once, while the
   * connection the error came from is still the last one.
   */
  async reasonOf(error: unknown): Promise<unknown> {
    const lost = this.#lost.signal;
    // The calls of a connection fail a moment before its end is known.
    await new Promise((resolve) => setTimeout(resolve));
    return lost.aborted ? new EngineLostError() : error;
  }

  async #call(...[path, input, options]: Parameters<EngineLink['call']>): Promise<unknown> {
    const connection = this.#connection ?? (await this.#nextConnection(options.signal));
    try {
      return await connection.link.call(path, input, options);
    } catch (error) {
      throw options.signal?.aborted ? error : await this.reasonOf(error);
    }
  }

  #nextConnection(signal: AbortSignal | undefined): Promise<Connection> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(resolve);
      signal?.addEventListener('abort', () => {
        this.#waiting = this.#waiting.filter((take) => take !== resolve);
        reject(signal.reason instanceof Error ? signal.reason : new DOMException('Aborted', 'AbortError'));
      });
    });
  }
}

/**
 * Who answers at the other end. A host can take a connection while its engine is not there: what is asked over it would
 * wait for ever, so nothing else is asked before this. Rejects, and ends the connection, where no answer comes.
 */
async function firstAnswer({ link, closed, close }: Connection): Promise<EngineInfo> {
  const client = createORPCClient<EngineClient>(link);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silent = new Promise<never>((_, reject) => {
    const giveUp = () => reject(new EngineLostError());
    timer = setTimeout(giveUp, FIRST_ANSWER_MS);
    void closed.then(giveUp);
  });
  try {
    return await Promise.race([client.engine.info(), silent]);
  } catch (error) {
    close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

export const engine = new Engine();
