// Joins pages to the engine: in Electron's utility process, or in a Node of the user's choice.
import { MessageChannelMain, type MessagePortMain, utilityProcess, type UtilityProcess } from 'electron';
import { EngineHost, type EngineHostOptions } from '../host/engine-host.ts';
import type { EngineToHost, HostToEngine } from '../host/protocol.ts';
import { RestartPolicy } from '../host/restart-policy.ts';

export interface PageLine {
  /** The page's end. */
  readonly port: MessagePortMain;
  /** Sends the page nothing more. */
  hangUp(): void;
}

export interface EngineLink {
  readonly ready: Promise<void>;
  readonly processId: number | null;
  /** A line for one page; `onClose` runs when the engine behind it has ended. */
  openPort(onClose: () => void): PageLine;
  stop(): Promise<void>;
}

type LinkOptions = Omit<EngineHostOptions, 'node'>;

const SHUTDOWN_GRACE_MS = 5_000;

/** The engine in a Node process of its own: frames are carried between its channel and the page's port. */
class NodeEngineLink implements EngineLink {
  #host: EngineHost;

  constructor(options: EngineHostOptions) {
    this.#host = new EngineHost(options);
  }

  get ready(): Promise<void> {
    return this.#host.ready;
  }

  get processId(): number | null {
    return this.#host.processId;
  }

  openPort(onClose: () => void): PageLine {
    const { port1: ours, port2: theirs } = new MessageChannelMain();
    const connection = this.#host.connect(
      (data) => ours.postMessage(data),
      () => {
        ours.close();
        onClose();
      },
    );
    ours.on('message', (event) => connection.send(event.data));
    ours.on('close', () => connection.close());
    ours.start();
    const hangUp = (): void => {
      connection.close();
      ours.close();
    };
    return { port: theirs, hangUp };
  }

  stop(): Promise<void> {
    return this.#host.stop();
  }
}

interface OpenPort {
  readonly onClose: () => void;
  /** The engine's end of the channel until there is an engine to take it. */
  waiting: MessagePortMain | null;
}

/** The engine in Electron's own Node: pages talk to it without passing through the main process. */
class UtilityEngineLink implements EngineLink {
  readonly #options: LinkOptions;
  readonly #restarts = new RestartPolicy();
  readonly #ports = new Set<OpenPort>();
  #child: UtilityProcess | null = null;
  #takesCalls = false;
  #stopping = false;
  ready: Promise<void> = Promise.resolve();

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#start();
  }

  get processId(): number | null {
    return this.#child?.pid ?? null;
  }

  openPort(onClose: () => void): PageLine {
    const { port1: ours, port2: theirs } = new MessageChannelMain();
    const port: OpenPort = { onClose, waiting: ours };
    this.#ports.add(port);
    if (this.#takesCalls) this.#introduce(port);
    // Page and engine talk to each other alone: this process sends nothing that could come too late.
    return { port: theirs, hangUp: () => undefined };
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (!child) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.postMessage({ type: 'shutdown' } satisfies HostToEngine);
    const timer = setTimeout(() => child.kill(), SHUTDOWN_GRACE_MS);
    await ended;
    clearTimeout(timer);
  }

  #start(afterCrash = false): void {
    const { entry, env, workspace, host, openFolder, onRefused } = this.#options;
    const child = utilityProcess.fork(entry, [JSON.stringify({ workspace, host, openFolder, afterCrash })], {
      serviceName: 'Pathos engine',
      env: { ...process.env, ...env },
    });
    const startedMs = Date.now();
    this.#child = child;
    this.ready = new Promise((resolve, reject) => {
      child.on('message', (message: EngineToHost) => {
        if (message.type === 'ready') {
          this.#takesCalls = true;
          for (const port of this.#ports) this.#introduce(port);
          resolve();
        }
        if (message.type === 'busy') this.#options.onBusy?.(message.what);
        if (message.type === 'folders') this.#options.onFolders?.(message.folders);
        if (message.type === 'refused') {
          this.#stopping = true;
          reject(new Error(message.message));
          onRefused(message.message);
        }
      });
      child.once('exit', () => reject(new Error('The engine ended before it was ready.')));
    });
    this.ready.catch(() => undefined);
    child.once('exit', () => this.#ended(startedMs));
  }

  #ended(startedMs: number): void {
    this.#child = null;
    this.#takesCalls = false;
    const delayMs = this.#stopping ? null : this.#restarts.ended(Date.now() - startedMs);
    if (delayMs !== null) {
      this.ready = new Promise((resolve, reject) => {
        setTimeout(() => {
          if (this.#stopping) return reject(new Error('The studio is closing.'));
          this.#start(true);
          this.ready.then(resolve, reject);
        }, delayMs);
      });
      this.ready.catch(() => undefined);
    } else if (!this.#stopping) {
      this.#stopping = true;
      const message = this.#restarts.givingUp;
      this.ready = Promise.reject(new Error(message));
      this.ready.catch(() => undefined);
      this.#options.onGaveUp(message);
    }
    for (const port of [...this.#ports]) {
      if (port.waiting && !this.#stopping) continue;
      this.#ports.delete(port);
      port.onClose();
    }
  }

  #introduce(port: OpenPort): void {
    if (!port.waiting) return;
    this.#child?.postMessage({ type: 'open', connection: 0 } satisfies HostToEngine, [port.waiting]);
    port.waiting = null;
  }
}

/** @param node the Node executable to run the engine with; null: Electron's own */
export function createEngineLink(node: string | null, options: LinkOptions): EngineLink {
  return node === null ? new UtilityEngineLink(options) : new NodeEngineLink({ ...options, node });
}
