// The engine in a Node process of its own: started, kept running, and its one channel shared by many connections.
import { spawn } from 'node:child_process';
import {
  type EngineNews,
  type EngineProcess,
  type EngineProcessEvents,
  EngineSupervisor,
} from './engine-supervisor.ts';
import { SMALL_MEMORY } from '../process/memory.ts';
import type { EngineProcessOptions, EngineToHost, Frame } from './messages.ts';
import { fromText, toText } from './text-frames.ts';

/**
 * In Electron 22 the serializer of Node's own channel frees what another allocator gave: a few thousand bytes are enough
 * to end the main process, sooner or later. Text goes another way.
 */
const TEXT_CHANNEL = 'electron' in process.versions;

/** How to start an engine, in whatever process. */
export interface EngineStart extends EngineProcessOptions {
  /** The script that the process runs. */
  readonly entry: string;
  readonly env?: NodeJS.ProcessEnv;
}

export interface EngineHostOptions extends EngineStart, EngineNews {
  /** The Node executable that runs the engine. */
  readonly node: string;
}

/** One interface's line to the engine. */
export interface EngineConnection {
  send(data: Frame): void;
  close(): void;
}

function startNode(
  { node, entry, env, workspace, host, openFolder }: EngineHostOptions,
  events: EngineProcessEvents,
  afterCrash: boolean,
): EngineProcess {
  const argument: EngineProcessOptions = {
    workspace,
    host,
    openFolder,
    textChannel: TEXT_CHANNEL,
    afterCrash,
  };
  const child = spawn(node, [...SMALL_MEMORY.flags, entry, JSON.stringify(argument)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: TEXT_CHANNEL ? 'json' : 'advanced',
    env: { ...process.env, ...SMALL_MEMORY.environment, ...env },
  });
  child.on('message', (message: EngineToHost) => events.onMessage(fromText(message)));
  child.once('error', (error) => {
    // What goes wrong with an engine that did start is told by its exit.
    if (child.pid !== undefined) return;
    events.onUnstartable(`The engine could not be started with ${node}: ${error.message}`);
  });
  child.once('exit', () => events.onEnd());
  return {
    get processId() {
      return child.pid;
    },
    send: (message) => {
      // Without a callback a message that an ending engine no longer takes would be an 'error' of its process.
      if (child.connected) child.send(TEXT_CHANNEL ? toText(message) : message, () => undefined);
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

export class EngineHost {
  readonly supervisor: EngineSupervisor;
  readonly #receivers = new Map<number, (data: Frame) => void>();
  #lastConnection = 0;

  constructor(options: EngineHostOptions) {
    this.supervisor = new EngineSupervisor(
      (events, afterCrash) => startNode(options, events, afterCrash),
      options,
      (connection, data) => this.#receivers.get(connection)?.(data),
    );
  }

  /**
   * Opens a connection; between two engines it waits for the next. `onClose` runs when the engine behind it has
   * ended: connect again to reach its successor.
   */
  connect(onData: (data: Frame) => void, onClose: () => void): EngineConnection {
    const connection = ++this.#lastConnection;
    /** What was sent before there was an engine to take it; null once an engine knows the connection. */
    let waiting: Frame[] | null = [];
    this.#receivers.set(connection, onData);
    const leave = this.supervisor.join({
      introduce: (engine) => {
        engine.send({ type: 'open', connection });
        for (const data of waiting ?? []) engine.send({ type: 'data', connection, data });
        waiting = null;
      },
      onClose: () => {
        this.#receivers.delete(connection);
        onClose();
      },
    });
    return {
      send: (data) => {
        if (!this.#receivers.has(connection)) return;
        if (waiting) waiting.push(data);
        else this.supervisor.send({ type: 'data', connection, data });
      },
      close: () => {
        this.#receivers.delete(connection);
        if (leave() && waiting === null) this.supervisor.send({ type: 'close', connection });
      },
    };
  }
}
