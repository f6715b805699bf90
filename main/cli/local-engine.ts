// The command line's engine: in this process, behind the same contract as every other host.
import { createRouterClient, type RouterClient } from '@orpc/server';
import { createEngine, type Engine } from '../engine.ts';
import { resourcesDir } from '../process/entry.ts';
import { createLogger } from '../process/log.ts';
import { workspaceDir } from '../process/workspace.ts';

export type LocalClient = RouterClient<Engine['router']>;

/** Runs `work` with an engine on `workspace` and ends it again, whatever happens. */
export async function withEngine<T>(
  workspace: string | undefined,
  work: (client: LocalClient, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const engine = createEngine({
    workspace: workspaceDir(workspace),
    host: 'command line',
    openFolder: null,
    resourcesDir: resourcesDir(),
    logger: createLogger('pathos'),
  });
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort(new Error('Interrupted.'));
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    return await work(createRouterClient(engine.router), interrupt.signal);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    await engine.close();
  }
}
