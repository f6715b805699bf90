// Frames for a channel that carries text alone: bytes go as base64.
import type { EngineToHost, Frame, HostToEngine } from './messages.ts';

/** Bytes in a message of JSON. */
interface TextBytes {
  readonly base64: string;
}

type Message = HostToEngine | EngineToHost;

/** A message as JSON can carry it. */
export function toText(message: Message): object {
  if (message.type !== 'data' || typeof message.data === 'string') return message;
  const { data } = message;
  const buffer = ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data);
  return { ...message, data: { base64: buffer.toString('base64') } satisfies TextBytes };
}

/** The message again; one that never was text comes back as it is. */
export function fromText<Any extends Message>(message: Any): Any {
  if (message.type !== 'data') return message;
  const data = message.data as Frame | TextBytes;
  if (typeof data === 'string' || !('base64' in data)) return message;
  return { ...message, data: new Uint8Array(Buffer.from(data.base64, 'base64')) };
}
