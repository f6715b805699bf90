// The command line's engine: in this process, behind the same contract as every other host.
import { createRouterClient, type RouterClient } from '@orpc/server';
import { createEngine, type Engine } from '../engine.ts';
import { resourcesDir } from '../process/entry.ts';
import { createLogger } from '../process/log.ts';
import { workspaceDir } from '../process/workspace.ts';

export type LocalClient = RouterClient<Engine['router']>;

/** Somebody stopped the command. By its name the engine knows that it is no bug. */
export class Interrupted extends Error {
  override readonly name = 'AbortError';

  constructor() {
    super('Interrupted.');
  }
}

/** What a call that knows no signal answers, unless the signal comes first: then nobody waits for it any more. */
export function orInterrupted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    void answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/**
 * Runs `work` with an engine on `workspace` and ends it again, whatever happens.
 * @param work is told of Ctrl C by its signal
 * @throws what `work` throws; Interrupted where the signal ended it
 */
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
  const onSignal = (): void => interrupt.abort(new Interrupted());
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    return await work(createRouterClient(engine.router), interrupt.signal);
  } catch (error) {
    // Some of what an abort ends says so with an error of its own.
    const stopped = interrupt.signal.aborted && error instanceof Error && error.name === 'AbortError';
    throw stopped ? interrupt.signal.reason : error;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    await engine.close();
  }
}
