// One connection to the engine over whatever the host offers: a message port in Electron, a WebSocket in a browser.
import type { ClientLink } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import { ENGINE_PATH, type EngineState } from '../../shared/contract/browser-host.ts';

/** What Electron's preload puts on the window. */
export interface ElectronHost {
  readonly kind: 'electron';
  /** The system's folder dialog; null where it was cancelled. */
  chooseFolder(): Promise<string | null>;
  /** Absolute path of a dropped file or folder. */
  pathForFile(file: File): string;
  /** Shows a file of an open corpus in the system's file manager; false where it was refused. */
  revealClip(file: string): Promise<boolean>;
  /** Asks where, and prints an HTML document there; false where that was cancelled. */
  savePdf(html: string, name: string): Promise<boolean>;
  /** Says whether something is not on disk yet: a window that holds something asks before it closes. */
  holdsUnsaved(holds: boolean): void;
  /** Asks for a port; it arrives as a window message `{ type: 'pathos:port' }`. */
  requestPort(): void;
}

declare global {
  interface Window {
    readonly pathosHost?: ElectronHost;
  }
}

export type EngineLink = ClientLink<Record<never, never>>;

export interface Connection {
  link: EngineLink;
  /** Settles when the connection has ended, for whatever reason. */
  closed: Promise<void>;
  /** Ends the connection from this side. */
  close: () => void;
}

const CONNECT_TIMEOUT_MS = 15_000;

/** Host of this page; null in a browser. */
export const electronHost: ElectronHost | null = window.pathosHost ?? null;

interface HostMessage {
  type?: unknown;
}

function hostMessageType(event: MessageEvent<unknown>): unknown {
  if (event.source !== window || event.origin !== window.location.origin) return undefined;
  return (event.data as HostMessage | null)?.type;
}

function connectPort(host: ElectronHost): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      window.removeEventListener('message', receive);
      reject(new Error('The engine did not answer.'));
    }, CONNECT_TIMEOUT_MS);
    const receive = (event: MessageEvent<unknown>) => {
      const port = event.ports[0];
      if (hostMessageType(event) !== 'pathos:port' || !port) return;
      clearTimeout(timer);
      window.removeEventListener('message', receive);
      let end: () => void = () => undefined;
      const closed = new Promise<void>((settle) => {
        end = () => {
          window.removeEventListener('message', ended);
          port.dispatchEvent(new Event('close'));
          port.close();
          settle();
        };
        const ended = (message: MessageEvent<unknown>) => {
          if (hostMessageType(message) === 'pathos:port-closed') end();
        };
        window.addEventListener('message', ended);
        port.addEventListener('close', () => settle());
      });
      const link: EngineLink = new PortLink({ port });
      port.start();
      resolve({ link, closed, close: end });
    };
    window.addEventListener('message', receive);
    host.requestPort();
  });
}

function connectSocket(): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const scheme = window.location.protocol === 'https:' ? 'wss' : 'ws';
    const websocket = new WebSocket(`${scheme}://${window.location.host}/rpc`);
    websocket.binaryType = 'arraybuffer';
    const link: EngineLink = new SocketLink({ websocket });
    let opened = false;
    const timer = setTimeout(() => websocket.close(), CONNECT_TIMEOUT_MS);
    const closed = new Promise<void>((close) => {
      websocket.addEventListener('close', () => {
        clearTimeout(timer);
        if (!opened) reject(new Error('The engine cannot be reached.'));
        close();
      });
    });
    websocket.addEventListener('open', () => {
      opened = true;
      clearTimeout(timer);
      resolve({ link, closed, close: () => websocket.close() });
    });
  });
}

/** Opens a connection by way of the host. Rejects where the engine does not answer. */
export function connect(): Promise<Connection> {
  return electronHost ? connectPort(electronHost) : connectSocket();
}

/** Why no engine answers. */
export type Absence =
  /** It is starting, or will be in a moment. */
  | { readonly kind: 'restarting' }
  /** It was given up or it refused; the message is for a person. */
  | { readonly kind: 'failed'; readonly message: string }
  /** There is no host either: it was ended where it was started. */
  | { readonly kind: 'host-gone' };

async function askHost(method: 'GET' | 'POST'): Promise<Absence> {
  const response = await fetch(ENGINE_PATH, { method }).catch(() => null);
  if (response === null) return { kind: 'host-gone' };
  // A host that answers otherwise, at this address, is another studio's.
  if (!response.ok) return { kind: 'host-gone' };
  const { failure } = (await response.json()) as EngineState;
  return failure === null ? { kind: 'restarting' } : { kind: 'failed', message: failure };
}

/** Electron's host asks in a dialog of its own what is to become of an engine that it gave up. */
export async function whyAbsent(): Promise<Absence> {
  return electronHost ? { kind: 'restarting' } : askHost('GET');
}

/** Asks the browser's host to start an engine that it gave up. */
export function startEngineAgain(): Promise<Absence> {
  return askHost('POST');
}
