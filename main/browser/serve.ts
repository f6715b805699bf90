// `node serve [FOLDER]`: the studio in the browser at hand. Prints and opens a loopback address with a token.
import path from 'node:path';
import { parseArgs } from 'node:util';
import open from 'open';
import { EngineHost } from '../host/engine-host.ts';
import { appRoot, entryFile } from '../process/entry.ts';
import { workspaceDir } from '../process/workspace.ts';
import { type BrowserHost, startBrowserHost } from './server.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    workspace: { type: 'string' },
    port: { type: 'string', default: '0' },
    'no-open': { type: 'boolean', default: false },
  },
});
const [folder] = positionals;

const engine = new EngineHost({
  node: process.execPath,
  entry: entryFile('engine'),
  workspace: workspaceDir(values.workspace),
  host: 'browser',
  openFolder: folder === undefined ? null : path.resolve(folder),
  onRefused: endOrOffer,
  onGaveUp: endOrOffer,
});
let host: BrowserHost | null = null;
let stopping = false;

/** Pages that are open say it too, and offer to start the engine again; without any there is nothing to stay for. */
function endOrOffer(message: string): void {
  console.error(message);
  if (host) return;
  process.exitCode = 1;
  void stop();
}

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await host?.close();
  await engine.supervisor.stop();
  process.exit();
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());

const started = await engine.supervisor.ready.then(
  () => true,
  () => false,
);
if (started) {
  host = await startBrowserHost({
    engine,
    rendererDir: path.join(appRoot(), 'dist', 'renderer'),
    port: Number(values.port),
  });
  console.log(`Pathos Studio is at ${host.url}\nOnly this computer can reach it. Ctrl C ends it.`);
  if (!values['no-open']) {
    // Without a browser the printed address is enough.
    await open(host.openingUrl)
      .then((child) => child.on('error', () => undefined))
      .catch(() => undefined);
  }
}
