// Listens to every clip of a corpus in the background, in a thread of its own, each content once.
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Notice } from '../../shared/contract/schemas.ts';
import { flagClips, saveChecks, uncheckedClips, type AudioCheck } from '../store/checks.ts';
import type { Store } from '../store/database.ts';

/** Between two savings, and two notices of how far it is. */
const SAVE_MS = 500;

export interface CheckerOptions {
  readonly store: Store;
  readonly notify: (notice: Notice) => void;
  readonly warn: (error: unknown, message: string) => void;
  /** The thread's file. */
  readonly entry: string;
}

type Heard = { readonly contentHash: string; readonly check: AudioCheck };

export class AudioChecker {
  readonly #options: CheckerOptions;
  readonly #waiting = new Map<number, string>();
  #worker: Worker | null = null;
  #running: Promise<void> | null = null;
  #closed = false;

  constructor(options: CheckerOptions) {
    this.#options = options;
  }

  /** Listens to what nobody has listened to yet in a corpus, once those asked for before are done. */
  check(corpusId: number, folder: string): void {
    this.#waiting.set(corpusId, folder);
    this.#running ??= this.#run()
      .catch((error: unknown) => this.#options.warn(error, `the clips of ${folder} could not be listened to`))
      .finally(() => (this.#running = null));
  }

  /** Does not go on with a corpus that is no more. */
  forget(corpusId: number): void {
    this.#waiting.delete(corpusId);
  }

  /** Ends the thread; what was heard is kept. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker?.terminate();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let next = this.#next(); next && !this.#closed; next = this.#next()) {
      const [corpusId, folder] = next;
      const clips = uncheckedClips(this.#options.store, corpusId);
      // What comes while it listens is put there again.
      this.#waiting.delete(corpusId);
      if (clips.length > 0) await this.#listen(corpusId, folder, clips);
    }
    await this.#worker?.terminate();
    this.#worker = null;
  }

  #next(): [number, string] | undefined {
    return this.#waiting.entries().next().value;
  }

  async #listen(corpusId: number, folder: string, clips: ReturnType<typeof uncheckedClips>): Promise<void> {
    const { store, notify } = this.#options;
    let heard: Heard[] = [];
    let savedAt = performance.now();
    for (const [done, { contentHash, path }] of clips.entries()) {
      const check = await this.#ask(join(folder, path));
      if (this.#closed) break;
      if (check) heard.push({ contentHash, check });
      if (performance.now() - savedAt < SAVE_MS) continue;
      saveChecks(store, heard);
      heard = [];
      savedAt = performance.now();
      notify({ type: 'checking', corpusId, done, total: clips.length });
    }
    saveChecks(store, heard);
    flagClips(store, corpusId);
    notify({ type: 'checking', corpusId, done: clips.length, total: clips.length });
  }

  /** What the thread hears in a file; a file at which the thread dies is told so, and the next one gets a new thread. */
  #ask(file: string): Promise<AudioCheck | null> {
    const worker = (this.#worker ??= this.#start());
    return new Promise((resolve) => {
      const told = (check: AudioCheck | null): void => {
        worker.off('message', told);
        worker.off('exit', died);
        resolve(check);
      };
      const died = (): void => {
        this.#worker = null;
        told({ peak: 0, loudest: 0, clippedSamples: 0, fault: 'could not be decoded: its decoder ended' });
      };
      worker.on('message', told);
      worker.on('exit', died);
      worker.postMessage(file);
    });
  }

  #start(): Worker {
    const worker = new Worker(this.#options.entry);
    // Its exit, which follows, is what counts.
    worker.on('error', () => undefined);
    return worker;
  }
}
