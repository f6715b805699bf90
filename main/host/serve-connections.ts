// Serves the contract to every connection a host opens, over whichever channel joins host and engine.
import { onError, type AnyRouter } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import type { Logger } from '../process/log.ts';
import type { ParentChannel } from './parent-channel.ts';
import type { EngineToHost, Frame, HostToEngine } from './messages.ts';

type PortEvent = 'message' | 'close';
type PortListener = (event: { data: Frame }) => void;

/** One multiplexed connection in the shape of a message port, as oRPC takes it. */
class ConnectionPort {
  #listeners: Record<PortEvent, PortListener[]> = { message: [], close: [] };
  postMessage: (data: Frame) => void;

  constructor(postMessage: (data: Frame) => void) {
    this.postMessage = postMessage;
  }

  addEventListener(event: PortEvent, listener: PortListener): void {
    this.#listeners[event].push(listener);
  }

  emit(event: PortEvent, data: Frame = ''): void {
    for (const listener of this.#listeners[event]) listener({ data });
  }
}

/**
 * Answers calls from `channel` until the process ends.
 * @param onShutdown runs when the host asks the engine to end
 */
export function serveConnections(
  router: AnyRouter,
  channel: ParentChannel<HostToEngine, EngineToHost>,
  logger: Logger,
  onShutdown: () => void,
): void {
  const handler = new RPCHandler(router, {
    interceptors: [onError((error) => logger.debug({ err: error }, 'call failed'))],
  });
  const ports = new Map<number, ConnectionPort>();

  channel.onMessage((message, transferred) => {
    if (message.type === 'shutdown') return onShutdown();
    if (message.type === 'open') {
      const [direct] = transferred;
      if (direct) {
        handler.upgrade(direct as never);
        direct.start();
        return;
      }
      const { connection } = message;
      const port = new ConnectionPort((data) => channel.send({ type: 'data', connection, data }));
      ports.set(connection, port);
      handler.upgrade(port as never);
    } else if (message.type === 'data') {
      ports.get(message.connection)?.emit('message', message.data);
    } else {
      ports.get(message.connection)?.emit('close');
      ports.delete(message.connection);
    }
  });
}
