// The engine's own process: plain Node, started by a host, ends with it.
import { UserError } from '../../shared/contract/errors.ts';
import { createEngine, type Engine } from '../engine.ts';
import { resourcesDir } from '../process/entry.ts';
import { createLogger } from '../process/log.ts';
import { keepMemoryToOneself } from '../process/memory.ts';
import type { EngineProcessOptions, EngineToHost, HostToEngine } from './messages.ts';
import { parentChannel, type ParentChannel } from './parent-channel.ts';
import { fromText, toText } from './text-frames.ts';
import { serveConnections } from './serve-connections.ts';

keepMemoryToOneself();
const options = JSON.parse(process.argv[2] ?? '{}') as EngineProcessOptions;
const logger = createLogger('engine');
const channel = textual(parentChannel<HostToEngine, EngineToHost>(), options.textChannel ?? false);

let engine: Engine;
try {
  engine = createEngine({ ...options, resourcesDir: resourcesDir(), logger });
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  channel.send({ type: 'refused', message: error.message });
  process.exit(0);
}

async function shutDown(): Promise<void> {
  await engine.close();
  process.exit(0);
}

serveConnections(engine.router, channel, logger, () => void shutDown());
// A host that is gone can't be served: without this an orphan would hold the workspace.
channel.onGone(() => void shutDown());
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void shutDown());
engine.onBusy((what) => channel.send({ type: 'busy', what }));
engine.onFolders((folders) => channel.send({ type: 'folders', folders }));
channel.send({ type: 'ready' });

/** The channel as its host asked for it. */
function textual(
  channel: ParentChannel<HostToEngine, EngineToHost>,
  asText: boolean,
): ParentChannel<HostToEngine, EngineToHost> {
  if (!asText) return channel;
  return {
    send: (message) => channel.send(toText(message) as EngineToHost),
    onMessage: (listener) => channel.onMessage((message, ports) => listener(fromText(message), ports)),
    onGone: (listener) => channel.onGone(listener),
  };
}
