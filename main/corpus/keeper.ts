// Keeps the index of the workspace's corpora true while somebody looks: looks for changes, watches, listens.
import type { Notice } from '../../shared/contract/schemas.ts';
import { UserError } from '../../shared/contract/errors.ts';
import { corpusFolders } from '../store/corpora.ts';
import type { Store } from '../store/database.ts';
import { AudioChecker } from './checker.ts';
import { openCorpus } from './open.ts';
import { CorpusWatcher, type WatchedCorpus } from './watcher.ts';

export interface KeeperOptions {
  readonly store: Store;
  readonly notify: (notice: Notice) => void;
  /** File of the thread that listens. */
  readonly listenerEntry: string;
  readonly warn: (error: unknown, message: string) => void;
}

export class CorpusKeeper {
  readonly #options: KeeperOptions;
  readonly #watcher: CorpusWatcher;
  readonly #checker: AudioChecker;
  #attending: Promise<void> | null = null;
  readonly #closing = new AbortController();

  constructor(options: KeeperOptions) {
    this.#options = options;
    const { store, notify, listenerEntry, warn } = options;
    this.#checker = new AudioChecker({ store, notify, warn, entry: listenerEntry });
    const onIndexed = (corpus: WatchedCorpus): void => {
      notify({ type: 'corpora' });
      this.#checker.check(corpus.corpusId, corpus.folder);
    };
    this.#watcher = new CorpusWatcher({ store, notify, onIndexed, warn });
  }

  /**
   * From the first call on, every corpus is kept true: somebody looks. A command line never calls it.
   * Resolves once what happened before is taken over and what happens now is seen.
   */
  attend(): Promise<void> {
    return (this.#attending ??= this.#catchUp());
  }

  /** A corpus was opened just now, so that its index is true. */
  opened(corpus: WatchedCorpus): void {
    if (!this.#attending) return;
    this.#checker.check(corpus.corpusId, corpus.folder);
    if (!this.#watcher.watches(corpus.corpusId)) void this.#keep(corpus);
  }

  forgotten(corpusId: number): void {
    void this.#watcher.unwatch(corpusId);
    this.#checker.forget(corpusId);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([this.#watcher.close(), this.#checker.close()]);
  }

  /** What changed while nobody watched, corpus by corpus. */
  async #catchUp(): Promise<void> {
    for (const corpus of corpusFolders(this.#options.store)) {
      if (this.#closing.signal.aborted) return;
      if (await this.#keep(corpus)) this.#checker.check(corpus.corpusId, corpus.folder);
    }
  }

  /** Watches a folder, then looks through it: what changes in between is seen by the one or the other. */
  async #keep(corpus: WatchedCorpus): Promise<boolean> {
    const { store, notify, warn } = this.#options;
    const { corpusId, folder } = corpus;
    const { signal } = this.#closing;
    try {
      await this.#watcher.watch(corpus);
      const { tally } = await openCorpus(store, { folder }, { background: true, signal });
      if (tally.added + tally.changed + tally.moved + tally.gone > 0) {
        notify({ type: 'files', corpusId, ...tally, missing: false });
        notify({ type: 'corpora' });
      }
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      if (error instanceof UserError && error.code !== 'BUSY') {
        await this.#watcher.unwatch(corpusId);
        notify({ type: 'files', corpusId, added: 0, changed: 0, moved: 0, gone: 0, missing: true });
      } else if (!(error instanceof UserError) && (error as Error).name !== 'AbortError') {
        warn(error, `${folder} could not be looked at`);
      }
      return false;
    }
  }
}
