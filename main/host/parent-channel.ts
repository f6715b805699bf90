// The channel to whoever started this process: Node's IPC, or the port Electron gives a utility process.
import type { MessagePort } from 'node:worker_threads';
import { tellParent } from '../process/parent.ts';

export interface ParentChannel<In, Out> {
  send(message: Out): void;
  /** `ports`: message ports handed over with it (Electron only). */
  onMessage(listener: (message: In, ports: readonly MessagePort[]) => void): void;
  onGone(listener: () => void): void;
}

interface UtilityParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown; ports: MessagePort[] }) => void): void;
}

/** @throws Error when this process has no parent to talk to */
export function parentChannel<In, Out>(): ParentChannel<In, Out> {
  const port = (process as unknown as { parentPort?: UtilityParentPort }).parentPort;
  if (port) {
    return {
      send: (message) => port.postMessage(message),
      onMessage: (listener) => port.on('message', (event) => listener(event.data as In, event.ports)),
      // Electron ends its utility processes with itself.
      onGone: () => undefined,
    };
  }
  if (!process.send) throw new Error('This file is started by a host, not by hand.');
  return {
    send: tellParent,
    onMessage: (listener) => process.on('message', (message) => listener(message as In, [])),
    onGone: (listener) => process.on('disconnect', listener),
  };
}
