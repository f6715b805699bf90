// Keeps the engine's process alive for a host: starts it, restarts it after a crash, carries its connections.
import { type ChildProcess, spawn } from 'node:child_process';
import type { EngineProcessOptions, EngineToHost, Frame, HostToEngine } from './protocol.ts';

/** Crashes in a row, without a minute of health between them, after which the host gives up. */
const MAX_CRASHES = 5;
const HEALTHY_AFTER_MS = 60_000;
const RESTART_DELAY_MS = 250;
const SHUTDOWN_GRACE_MS = 5_000;

export interface EngineHostOptions extends EngineProcessOptions {
  /** The Node executable that runs the engine. */
  readonly node: string;
  readonly entry: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The engine will not come back by itself; the message is for a person. */
  readonly onRefused: (message: string) => void;
  /** What is running, in words; null: nothing that closing would stop. */
  readonly onBusy?: (what: string | null) => void;
}

/** One interface's line to the engine. */
export interface EngineConnection {
  send(data: Frame): void;
  close(): void;
}

interface Listener {
  readonly onData: (data: Frame) => void;
  readonly onClose: () => void;
}

export class EngineHost {
  #options: EngineHostOptions;
  #child: ChildProcess | null = null;
  #ready: Promise<void> = Promise.resolve();
  #connections = new Map<number, Listener>();
  #lastConnection = 0;
  #crashes = 0;
  #stopping = false;

  constructor(options: EngineHostOptions) {
    this.#options = options;
    this.#start();
  }

  /** Process id of the running engine, or null between two of them. */
  get processId(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Resolves once the engine takes calls; rejects with what to tell the person if it refuses to start. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  /** Opens a connection. `onClose` runs when the engine goes away; connect again to reach its successor. */
  connect(onData: (data: Frame) => void, onClose: () => void): EngineConnection {
    const connection = ++this.#lastConnection;
    this.#connections.set(connection, { onData, onClose });
    this.#send({ type: 'open', connection });
    return {
      send: (data) => {
        if (this.#connections.has(connection)) this.#send({ type: 'data', connection, data });
      },
      close: () => {
        if (this.#connections.delete(connection)) this.#send({ type: 'close', connection });
      },
    };
  }

  /** Asks the engine to end, waits, then kills it. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (!child) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    this.#send({ type: 'shutdown' });
    const timer = setTimeout(() => child.kill('SIGKILL'), SHUTDOWN_GRACE_MS);
    await ended;
    clearTimeout(timer);
  }

  #start(): void {
    const { node, entry, env, workspace, host, openFolder } = this.#options;
    const argument: EngineProcessOptions = { workspace, host, openFolder };
    const child = spawn(node, [entry, JSON.stringify(argument)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
      env: { ...process.env, ...env },
    });
    const startedMs = Date.now();
    this.#child = child;
    this.#ready = new Promise((resolve, reject) => {
      child.on('message', (message: EngineToHost) => {
        if (message.type === 'ready') resolve();
        else if (message.type === 'data') this.#connections.get(message.connection)?.onData(message.data);
        else if (message.type === 'busy') this.#options.onBusy?.(message.what);
        else {
          this.#stopping = true;
          reject(new Error(message.message));
          this.#options.onRefused(message.message);
        }
      });
      child.once('error', reject);
      child.once('exit', () => reject(new Error('The engine ended before it was ready.')));
    });
    // A rejection nobody waits for is still handled: exit and error below act on it.
    this.#ready.catch(() => undefined);
    child.once('error', (error) => {
      this.#stopping = true;
      this.#options.onRefused(`The engine could not be started with ${node}: ${error.message}`);
    });
    child.once('exit', () => this.#ended(startedMs));
  }

  #ended(startedMs: number): void {
    this.#child = null;
    const listeners = [...this.#connections.values()];
    this.#connections.clear();
    if (!this.#stopping) {
      this.#crashes = Date.now() - startedMs > HEALTHY_AFTER_MS ? 1 : this.#crashes + 1;
      if (this.#crashes > MAX_CRASHES) {
        this.#stopping = true;
        this.#options.onRefused(`The engine ended ${this.#crashes} times in a row. Start the studio again.`);
      } else {
        this.#ready = new Promise((resolve, reject) => {
          setTimeout(() => {
            if (this.#stopping) return reject(new Error('The studio is closing.'));
            this.#start();
            this.#ready.then(resolve, reject);
          }, RESTART_DELAY_MS * this.#crashes);
        });
        this.#ready.catch(() => undefined);
      }
    }
    for (const listener of listeners) listener.onClose();
  }

  #send(message: HostToEngine): void {
    if (this.#child?.connected) this.#child.send(message);
  }
}
