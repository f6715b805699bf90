// Keeps the engine's process alive for a host: starts it, restarts it after a crash, carries its connections.
import { type ChildProcess, spawn } from 'node:child_process';
import { fromText, toText } from './text-frames.ts';
import type { EngineProcessOptions, EngineToHost, Frame, HostToEngine } from './protocol.ts';
import { RestartPolicy } from './restart-policy.ts';

const SHUTDOWN_GRACE_MS = 5_000;

/**
 * In Electron 22 the serializer of Node's own channel frees what another allocator gave: a few thousand bytes are enough
 * to end the main process, sooner or later. Text goes another way.
 */
const TEXT_CHANNEL = 'electron' in process.versions;

export interface EngineHostOptions extends EngineProcessOptions {
  /** The Node executable that runs the engine. */
  readonly node: string;
  readonly entry: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The engine cannot start as things are; the message is for a person. */
  readonly onRefused: (message: string) => void;
  /** The engine ended too often to be started again unasked; the message is for a person. Another host may try anew. */
  readonly onGaveUp: (message: string) => void;
  /** What is running, in words; null: nothing that closing would stop. */
  readonly onBusy?: (what: string | null) => void;
  /** Folders of the corpora, whenever they change. */
  readonly onFolders?: (folders: readonly string[]) => void;
}

/** One interface's line to the engine. */
export interface EngineConnection {
  send(data: Frame): void;
  close(): void;
}

interface Connected {
  readonly onData: (data: Frame) => void;
  readonly onClose: () => void;
  /** What was sent before there was an engine to take it; null once the engine knows the connection. */
  waiting: Frame[] | null;
}

export class EngineHost {
  readonly #options: EngineHostOptions;
  readonly #restarts = new RestartPolicy();
  readonly #connections = new Map<number, Connected>();
  #child: ChildProcess | null = null;
  #ready: Promise<void> = Promise.resolve();
  #lastConnection = 0;
  #takesCalls = false;
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

  /**
   * Opens a connection; between two engines it waits for the next. `onClose` runs when the engine behind it has
   * ended: connect again to reach its successor.
   */
  connect(onData: (data: Frame) => void, onClose: () => void): EngineConnection {
    const connection = ++this.#lastConnection;
    const connected: Connected = { onData, onClose, waiting: [] };
    this.#connections.set(connection, connected);
    if (this.#takesCalls) this.#introduce(connection, connected);
    return {
      send: (data) => {
        if (!this.#connections.has(connection)) return;
        if (connected.waiting) connected.waiting.push(data);
        else this.#send({ type: 'data', connection, data });
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

  #start(afterCrash = false): void {
    const { node, entry, env, workspace, host, openFolder } = this.#options;
    const textChannel = TEXT_CHANNEL;
    const argument: EngineProcessOptions = { workspace, host, openFolder, textChannel, afterCrash };
    const child = spawn(node, [entry, JSON.stringify(argument)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: TEXT_CHANNEL ? 'json' : 'advanced',
      env: { ...process.env, ...env },
    });
    const startedMs = Date.now();
    this.#child = child;
    this.#ready = new Promise((resolve, reject) => {
      child.on('message', (received: EngineToHost) => {
        const message = fromText(received);
        if (message.type === 'ready') {
          this.#takesCalls = true;
          for (const [connection, connected] of this.#connections) this.#introduce(connection, connected);
          resolve();
        } else if (message.type === 'data') this.#connections.get(message.connection)?.onData(message.data);
        else if (message.type === 'busy') this.#options.onBusy?.(message.what);
        else if (message.type === 'folders') this.#options.onFolders?.(message.folders);
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
      // What goes wrong with an engine that did start is told by its exit.
      if (child.pid !== undefined) return;
      this.#stopping = true;
      this.#options.onRefused(`The engine could not be started with ${node}: ${error.message}`);
    });
    child.once('exit', () => this.#ended(startedMs));
  }

  #ended(startedMs: number): void {
    this.#child = null;
    this.#takesCalls = false;
    const delayMs = this.#stopping ? null : this.#restarts.ended(Date.now() - startedMs);
    if (delayMs !== null) {
      this.#ready = new Promise((resolve, reject) => {
        setTimeout(() => {
          if (this.#stopping) return reject(new Error('The studio is closing.'));
          this.#start(true);
          this.#ready.then(resolve, reject);
        }, delayMs);
      });
      this.#ready.catch(() => undefined);
    } else if (!this.#stopping) {
      this.#stopping = true;
      const message = this.#restarts.givingUp;
      this.#ready = Promise.reject(new Error(message));
      this.#ready.catch(() => undefined);
      this.#options.onGaveUp(message);
    }
    for (const [connection, { waiting, onClose }] of [...this.#connections]) {
      // One that no engine has met yet waits for the next, if there will be one.
      if (waiting && !this.#stopping) continue;
      this.#connections.delete(connection);
      onClose();
    }
  }

  #introduce(connection: number, connected: Connected): void {
    this.#send({ type: 'open', connection });
    for (const data of connected.waiting ?? []) this.#send({ type: 'data', connection, data });
    connected.waiting = null;
  }

  #send(message: HostToEngine): void {
    // Without a callback a message that an ending engine no longer takes would be an 'error' of its process.
    if (this.#child?.connected) this.#child.send(TEXT_CHANNEL ? toText(message) : message, () => undefined);
  }
}
