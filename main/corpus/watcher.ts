// Notices files of open corpora that come, go, change or move, and indexes just those.
import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { watch, type FSWatcher } from 'chokidar';
import type { Notice } from '../../shared/contract/schemas.ts';
import { UserError } from '../../shared/contract/errors.ts';
import { AUDIO_NAME } from '../audio/names.ts';
import type { Store } from '../store/database.ts';
import { indexedPaths } from '../store/indexing.ts';
import type { IndexTally } from './index-job.ts';
import { openCorpus, refreshFiles } from './open.ts';
import { clipPathOf, isCorpusFile } from './scan.ts';

/**
 * How long nothing may happen before what did is looked at: a copied folder is thousands of events, a rename two, of
 * which the second comes once its file counts as written.
 */
const QUIET_MS = 1000;
/** What goes on longer is looked at while it does. */
const MOST_WAIT_MS = 5000;
const BUSY_RETRY_MS = 1000;
/** A timer this late was held up, and what the system told in the meantime with it. */
const HELD_UP_MS = 200;
/** A file counts as written once its size has not changed for so long. */
const WRITTEN_MS = 300;
/** More changed files than this are found sooner by looking at all of them. */
const MOST_ONE_BY_ONE = 2000;

export interface WatcherOptions {
  readonly store: Store;
  readonly notify: (notice: Notice) => void;
  /** Called after a corpus was indexed anew. */
  readonly onIndexed: (corpus: WatchedCorpus) => void;
  readonly warn: (error: unknown, message: string) => void;
}

export interface WatchedCorpus {
  readonly corpusId: number;
  /** Absolute, links resolved. */
  readonly folder: string;
}

export class CorpusWatcher {
  readonly #options: WatcherOptions;
  readonly #watched = new Map<number, WatchedFolder>();

  constructor(options: WatcherOptions) {
    this.#options = options;
  }

  /** Watches a corpus's folder; resolves once what happens there is seen. One that is watched stays so. */
  watch(corpus: WatchedCorpus): Promise<void> {
    const watched = this.#watched.get(corpus.corpusId) ?? new WatchedFolder(corpus, this.#options);
    this.#watched.set(corpus.corpusId, watched);
    return watched.ready;
  }

  watches(corpusId: number): boolean {
    return this.#watched.has(corpusId);
  }

  async unwatch(corpusId: number): Promise<void> {
    const watched = this.#watched.get(corpusId);
    this.#watched.delete(corpusId);
    await watched?.close();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#watched.keys()].map((corpusId) => this.unwatch(corpusId)));
  }
}

/** Whether a path is of no interest: hidden, or a file that no corpus is made of. */
function isIgnored(folder: string, path: string, isFile: boolean): boolean {
  if (path === folder) return false;
  return basename(path).startsWith('.') || (isFile && !isCorpusFile(path));
}

class WatchedFolder {
  readonly ready: Promise<void>;
  readonly #corpus: WatchedCorpus;
  readonly #options: WatcherOptions;
  readonly #watcher: FSWatcher;
  #changed = new Set<string>();
  /** When the first of #changed was noted. */
  #since = 0;
  #timer: NodeJS.Timeout | undefined;
  #applying: Promise<void> = Promise.resolve();
  #closed = false;
  #missing = false;

  constructor(corpus: WatchedCorpus, options: WatcherOptions) {
    this.#corpus = corpus;
    this.#options = options;
    const { folder } = corpus;
    this.#watcher = watch(folder, {
      ignoreInitial: true,
      ignored: (path, stats) => isIgnored(folder, path, stats?.isFile() ?? false),
      awaitWriteFinish: { stabilityThreshold: WRITTEN_MS, pollInterval: WRITTEN_MS / 3 },
    });
    for (const event of ['add', 'change', 'unlink'] as const) {
      this.#watcher.on(event, (path) => this.#note(path));
    }
    this.ready = new Promise((resolve) => this.#watcher.once('ready', resolve));
    this.#watcher.on('error', (error) => options.warn(error, `watching ${folder} failed`));
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#watcher.close();
    await this.#applying;
  }

  #note(path: string): void {
    if (!isCorpusFile(path)) return;
    const now = performance.now();
    if (this.#changed.size === 0) this.#since = now;
    this.#changed.add(clipPathOf(this.#corpus.folder, path));
    this.#schedule(Math.max(0, Math.min(QUIET_MS, this.#since + MOST_WAIT_MS - now)));
  }

  #schedule(delayMs: number, mayWait = true): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    const due = performance.now() + delayMs;
    this.#timer = setTimeout(() => {
      // Held up this long, the other half of a move may be known to the system and not yet be told.
      if (mayWait && performance.now() - due > HELD_UP_MS) this.#schedule(QUIET_MS, false);
      else this.#applying = this.#applying.then(() => this.#apply());
    }, delayMs);
  }

  async #apply(): Promise<void> {
    const paths = this.#changed;
    this.#changed = new Set();
    try {
      if (await this.#isThere(paths)) this.#tell(await this.#index(paths));
    } catch (error) {
      if (error instanceof UserError && error.code === 'BUSY') {
        for (const path of paths) this.#changed.add(path);
        this.#schedule(BUSY_RETRY_MS);
      } else if ((error as Error).name !== 'AbortError') {
        this.#options.warn(error, `changes in ${this.#corpus.folder} could not be taken over`);
      }
    }
  }

  /** A folder that is gone, or in which nothing is left, as where a disk was taken away, does not empty the index. */
  async #isThere(paths: ReadonlySet<string>): Promise<boolean> {
    const { store, notify } = this.#options;
    const { corpusId, folder } = this.#corpus;
    const kept = indexedPaths(store, corpusId).filter((path) => !paths.has(path));
    const somethingLeft = await anyAccess([...kept.slice(0, 1), ...paths].map((path) => join(folder, path)));
    if (!somethingLeft && !this.#missing) {
      notify({ type: 'files', corpusId, added: 0, changed: 0, moved: 0, gone: 0, missing: true });
    }
    this.#missing = !somethingLeft;
    return somethingLeft;
  }

  async #index(paths: ReadonlySet<string>): Promise<IndexTally> {
    const { store } = this.#options;
    const oneByOne = paths.size <= MOST_ONE_BY_ONE && [...paths].every((path) => AUDIO_NAME.test(path));
    if (oneByOne) return refreshFiles(store, this.#corpus, paths);
    return (await openCorpus(store, { folder: this.#corpus.folder }, { background: true })).tally;
  }

  #tell(tally: IndexTally): void {
    if (tally.added + tally.changed + tally.moved + tally.gone === 0) return;
    const { notify, onIndexed } = this.#options;
    notify({ type: 'files', corpusId: this.#corpus.corpusId, ...tally, missing: false });
    onIndexed(this.#corpus);
  }
}

async function anyAccess(files: readonly string[]): Promise<boolean> {
  for (const file of files) {
    const there = await access(file).then(
      () => true,
      () => false,
    );
    if (there) return true;
  }
  return false;
}
