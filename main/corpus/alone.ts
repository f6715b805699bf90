// Lets one indexing of a folder at a time work: two of them would undo each other's work.
import { UserError } from '../../shared/contract/errors.ts';
import type { Store } from '../store/database.ts';

/** `background`: nobody waits for it, so that it gives way; null where somebody does. */
interface Indexing {
  readonly background: AbortController | null;
  readonly ended: Promise<unknown>;
}

/** Folders that are being indexed, by store. */
const indexings = new WeakMap<Store, Map<string, Indexing>>();

/**
 * Runs an indexing of a folder while no other one of it does; one in the background gives way to a person's.
 * @param work its signal is there in the background only
 * @throws UserError BUSY where the other one does not give way
 */
export async function alone<Result>(
  store: Store,
  folder: string,
  background: boolean,
  work: (signal: AbortSignal | undefined) => Promise<Result>,
): Promise<Result> {
  const folders = indexings.get(store) ?? new Map<string, Indexing>();
  indexings.set(store, folders);
  for (let other = folders.get(folder); other; other = folders.get(folder)) {
    if (!other.background || background) {
      throw new UserError('BUSY', `${folder} is being indexed already.`, { path: folder });
    }
    other.background.abort();
    await other.ended;
  }
  const controller = background ? new AbortController() : null;
  const result = work(controller?.signal);
  folders.set(folder, { background: controller, ended: result.catch(() => undefined) });
  try {
    return await result;
  } finally {
    folders.delete(folder);
  }
}
