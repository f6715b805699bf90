// Keeps an engine running for a host, in whatever process: waits for it, starts it anew after a crash, gives a crash loop up.
import type { EngineToHost, Frame, HostToEngine } from './messages.ts';
import { RestartPolicy } from './restart-policy.ts';

const SHUTDOWN_GRACE_MS = 5_000;

/** What a host wants to know of its engine. */
export interface EngineNews {
  /** The engine cannot start as things are; the message is for a person. */
  readonly onRefused: (message: string) => void;
  /** The engine ended too often to be started again unasked; the message is for a person. `startAgain` is for them. */
  readonly onGaveUp: (message: string) => void;
  /** What is running, in words; null: nothing that closing would stop. */
  readonly onBusy?: (what: string | null) => void;
  /** Folders of the corpora, whenever they change. */
  readonly onFolders?: (folders: readonly string[]) => void;
}

/** A process that an engine was started in. `Handed`: what can go with a message besides its text and bytes. */
export interface EngineProcess<Handed = never> {
  readonly processId: number | undefined;
  /** Says nothing where the process no longer takes it: its end is told in its own way. */
  send(message: HostToEngine, handed?: readonly Handed[]): void;
  kill(): void;
}

export interface EngineProcessEvents {
  onMessage(message: EngineToHost): void;
  /** The process has ended; said once. */
  onEnd(): void;
  /** There is no process and won't be one. */
  onUnstartable(message: string): void;
}

/** `afterCrash`: it takes the place of an engine that has crashed, and goes on with what that one was doing. */
export type StartEngineProcess<Handed = never> = (
  events: EngineProcessEvents,
  afterCrash: boolean,
) => EngineProcess<Handed>;

/** One page's line to the engine. */
export interface EngineLine<Handed = never> {
  /** Makes an engine that takes calls know of the line; it knows of none before. */
  introduce(engine: EngineProcess<Handed>): void;
  /** The engine that knew of it has ended, or there will be none. */
  onClose(): void;
}

/** A promise that is settled from outside. Nobody has to wait for it. */
class Outcome {
  readonly promise: Promise<void>;
  resolve: () => void = () => undefined;
  reject: (error: Error) => void = () => undefined;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.promise.catch(() => undefined);
  }
}

export class EngineSupervisor<Handed = never> {
  readonly #startProcess: StartEngineProcess<Handed>;
  readonly #news: EngineNews;
  readonly #onData: (connection: number, data: Frame) => void;
  readonly #lines = new Set<EngineLine<Handed>>();
  /** Lines that the running engine knows of. */
  readonly #introduced = new WeakSet<EngineLine<Handed>>();
  #restarts = new RestartPolicy();
  #engine: EngineProcess<Handed> | null = null;
  #engineEnded = new Outcome();
  #ready = new Outcome();
  #takesCalls = false;
  #restart: ReturnType<typeof setTimeout> | undefined;
  #failure: string | null = null;
  #stopping = false;

  /** @param onData a frame of one of the connections that are multiplexed over the engine's channel */
  constructor(
    startProcess: StartEngineProcess<Handed>,
    news: EngineNews,
    onData: (connection: number, data: Frame) => void = () => undefined,
  ) {
    this.#startProcess = startProcess;
    this.#news = news;
    this.#onData = onData;
    this.#start();
  }

  /** Process id of the running engine, or null between two of them. */
  get processId(): number | null {
    return this.#engine?.processId ?? null;
  }

  /** Resolves once an engine takes calls, be it after a restart; rejects with what to tell the person if none will. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Why there is no engine and none will be started unasked; null while there is one or will be. */
  get failure(): string | null {
    return this.#failure;
  }

  /** After a failure: starts anew, and counts crashes from the beginning. Does nothing otherwise. */
  startAgain(): void {
    if (this.#failure === null || this.#stopping) return;
    this.#failure = null;
    this.#restarts = new RestartPolicy();
    this.#ready = new Outcome();
    this.#start();
  }

  /** Between two engines the line waits for the next. Returns how to take it back; false: it had closed before. */
  join(line: EngineLine<Handed>): () => boolean {
    if (this.#failure !== null || this.#stopping) queueMicrotask(() => line.onClose());
    else {
      this.#lines.add(line);
      if (this.#takesCalls) this.#introduce(line);
    }
    return () => this.#lines.delete(line);
  }

  send(message: HostToEngine): void {
    this.#engine?.send(message);
  }

  /** Asks the engine to end, waits, then kills it. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    this.#ready.reject(new Error('The studio is closing.'));
    const engine = this.#engine;
    if (!engine) return;
    engine.send({ type: 'shutdown' });
    const timer = setTimeout(() => engine.kill(), SHUTDOWN_GRACE_MS);
    await this.#engineEnded.promise;
    clearTimeout(timer);
  }

  #start(afterCrash = false): void {
    const startedMs = Date.now();
    const ended = new Outcome();
    // A process that refused may still be ending when the next one has begun: it has no say any more.
    const isLast = (): boolean => this.#engineEnded === ended;
    this.#engineEnded = ended;
    this.#engine = this.#startProcess(
      {
        onMessage: (message) => {
          if (isLast()) this.#hear(message);
        },
        onEnd: () => {
          ended.resolve();
          if (isLast()) this.#ended(Date.now() - startedMs);
        },
        onUnstartable: (message) => {
          ended.resolve();
          if (!isLast()) return;
          this.#engine = null;
          this.#fail(message);
          this.#news.onRefused(message);
        },
      },
      afterCrash,
    );
  }

  #hear(message: EngineToHost): void {
    switch (message.type) {
      case 'ready':
        this.#takesCalls = true;
        for (const line of this.#lines) this.#introduce(line);
        return this.#ready.resolve();
      case 'refused':
        this.#fail(message.message);
        return this.#news.onRefused(message.message);
      case 'busy':
        return this.#news.onBusy?.(message.what);
      case 'folders':
        return this.#news.onFolders?.(message.folders);
      case 'data':
        return this.#onData(message.connection, message.data);
    }
  }

  #ended(livedMs: number): void {
    this.#engine = null;
    if (this.#takesCalls && !this.#stopping) this.#ready = new Outcome();
    this.#takesCalls = false;
    if (this.#stopping || this.#failure !== null) return this.#closeLines(() => true);
    const delayMs = this.#restarts.ended(livedMs);
    if (delayMs === null) {
      const message = this.#restarts.givingUp;
      this.#fail(message);
      return this.#news.onGaveUp(message);
    }
    this.#restart = setTimeout(() => this.#start(true), delayMs);
    // One that no engine has met yet waits for the next.
    this.#closeLines((line) => this.#introduced.has(line));
  }

  /** No engine will be started unasked. */
  #fail(message: string): void {
    this.#failure = message;
    this.#ready.reject(new Error(message));
    this.#closeLines(() => true);
  }

  #closeLines(which: (line: EngineLine<Handed>) => boolean): void {
    for (const line of [...this.#lines].filter(which)) {
      this.#lines.delete(line);
      line.onClose();
    }
  }

  #introduce(line: EngineLine<Handed>): void {
    if (!this.#engine || this.#introduced.has(line)) return;
    this.#introduced.add(line);
    line.introduce(this.#engine);
  }
}
