// Joins pages to the engine: in Electron's utility process, or in a Node of the user's choice.
import { MessageChannelMain, type MessagePortMain, utilityProcess } from 'electron';
import { EngineHost, type EngineStart } from '../host/engine-host.ts';
import {
  type EngineNews,
  type EngineProcess,
  type EngineProcessEvents,
  EngineSupervisor,
} from '../host/engine-supervisor.ts';
import type { EngineProcessOptions } from '../host/messages.ts';

export interface PageLine {
  /** The page's end. */
  readonly port: MessagePortMain;
  /** Sends the page nothing more. */
  hangUp(): void;
}

export interface EngineLink {
  readonly supervisor: Pick<EngineSupervisor, 'ready' | 'startAgain' | 'stop'>;
  /** A line for one page; `onClose` runs when the engine behind it has ended. */
  openPort(onClose: () => void): PageLine;
}

type LinkOptions = EngineStart & EngineNews;

/** The engine in a Node process of its own: frames are carried between its channel and the page's port. */
function nodeLink(node: string, options: LinkOptions): EngineLink {
  const host = new EngineHost({ ...options, node });
  return {
    supervisor: host.supervisor,
    openPort: (onClose) => {
      const { port1: ours, port2: theirs } = new MessageChannelMain();
      const connection = host.connect(
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
    },
  };
}

function startUtility(
  { entry, env, workspace, host, openFolder }: EngineStart,
  events: EngineProcessEvents,
  afterCrash: boolean,
): EngineProcess<MessagePortMain> {
  const argument: EngineProcessOptions = { workspace, host, openFolder, afterCrash };
  const child = utilityProcess.fork(entry, [JSON.stringify(argument)], {
    serviceName: 'Pathos engine',
    env: { ...process.env, ...env },
  });
  child.on('message', (message) => events.onMessage(message));
  child.once('exit', () => events.onEnd());
  return {
    get processId() {
      return child.pid;
    },
    send: (message, ports = []) => child.postMessage(message, [...ports]),
    kill: () => void child.kill(),
  };
}

/** The engine in Electron's own Node: pages talk to it without passing through the main process. */
function utilityLink(options: LinkOptions): EngineLink {
  const supervisor = new EngineSupervisor<MessagePortMain>(
    (events, afterCrash) => startUtility(options, events, afterCrash),
    options,
  );
  return {
    supervisor,
    openPort: (onClose) => {
      const { port1: ours, port2: theirs } = new MessageChannelMain();
      supervisor.join({
        introduce: (engine) => engine.send({ type: 'open', connection: 0 }, [ours]),
        onClose,
      });
      // Page and engine talk to each other alone: this process sends nothing that could come too late.
      return { port: theirs, hangUp: () => undefined };
    },
  };
}

/** @param node the Node executable to run the engine with; null: Electron's own */
export function createEngineLink(node: string | null, options: LinkOptions): EngineLink {
  return node === null ? utilityLink(options) : nodeLink(node, options);
}
