// The line from the capture to the engine: a push whenever a window is complete, one under way at a time; no sample is lost.
import {
  LIVE_HOP_SECONDS,
  type LiveEvent,
  type LiveModel,
  type LiveModelRef,
  type LiveSettings,
} from '../../shared/contract/schemas.ts';
import { encodeSamples } from '../../shared/contract/samples.ts';
import { engine } from '../state/engine.svelte.ts';

/** Held for an engine that loads a model or starts anew; older sound is given up. */
const HELD_SECONDS = 20;

export interface LineOptions {
  readonly model: LiveModelRef;
  readonly sampleRateHz: number;
  readonly settings: LiveSettings;
  onEvent(event: LiveEvent): void;
  /** The stream is over and was not closed. */
  onLost(error: unknown): void;
}

export class Line {
  readonly #options: LineOptions;
  readonly #abort = new AbortController();
  #sessionId: string | null = null;
  #pending: Float32Array[] = [];
  /** Place of the first pending sample. */
  #pendingAt = 0;
  #pendingSamples = 0;
  #pushing = false;
  /** Windows end at its multiples. */
  readonly #hopSamples: number;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#hopSamples = Math.round(LIVE_HOP_SECONDS * options.sampleRateHz);
    void this.#listen();
  }

  /** Null until the engine is listening. */
  get sessionId(): string | null {
    return this.#sessionId;
  }

  /** Samples that wait for the engine. */
  get waitingSamples(): number {
    return this.#pendingSamples;
  }

  /** Takes the next samples. */
  send(samples: Float32Array): void {
    this.#pending.push(samples);
    this.#pendingSamples += samples.length;
    const most = HELD_SECONDS * this.#options.sampleRateHz;
    while (this.#pendingSamples > most && this.#pending.length > 1) {
      const { length } = this.#pending.shift()!;
      this.#pendingAt += length;
      this.#pendingSamples -= length;
    }
    void this.#pump();
  }

  /** Sound that completes no window can wait for the next block: fewer messages, and no later answer. */
  get #completesWindow(): boolean {
    const hops = (sample: number): number => Math.floor(sample / this.#hopSamples);
    return hops(this.#pendingAt + this.#pendingSamples) > hops(this.#pendingAt);
  }

  adjust(settings: LiveSettings): void {
    const sessionId = this.#sessionId;
    if (sessionId !== null) engine.client.live.adjust({ sessionId, settings }).catch(() => undefined);
  }

  useModel(model: LiveModelRef): Promise<LiveModel> {
    if (this.#sessionId === null) return Promise.reject(new Error('The engine is not listening yet.'));
    return engine.client.live.useModel({ sessionId: this.#sessionId, model });
  }

  close(): void {
    this.#abort.abort();
    this.#pending = [];
  }

  async #listen(): Promise<void> {
    const { signal } = this.#abort;
    const { model, sampleRateHz, settings, onEvent, onLost } = this.#options;
    try {
      const events = await engine.client.live.start({ ...model, sampleRateHz, settings }, { signal });
      for await (const event of events) {
        if (signal.aborted) return;
        if (event.type === 'started') {
          this.#sessionId = event.sessionId;
          void this.#pump();
        }
        onEvent(event);
      }
      if (!signal.aborted) onLost(new Error('The engine stopped listening.'));
    } catch (error) {
      if (!signal.aborted) onLost(error);
    } finally {
      this.#abort.abort();
    }
  }

  async #pump(): Promise<void> {
    if (this.#pushing || this.#sessionId === null) return;
    this.#pushing = true;
    try {
      while (this.#completesWindow && !this.#abort.signal.aborted) {
        const at = this.#pendingAt;
        const samples = encodeSamples(this.#pending);
        this.#pendingAt += this.#pendingSamples;
        this.#pending = [];
        this.#pendingSamples = 0;
        await engine.client.live.push({ sessionId: this.#sessionId, at, samples });
      }
    } catch {
      // The stream's own end tells what happened.
    } finally {
      this.#pushing = false;
    }
  }
}
