// Listening: from the source that is wanted to the answer on screen. One a window; it lives as long as the room.
import { untrack } from 'svelte';
import type {
  LiveCalibration,
  LiveEvent,
  LiveModel,
  LiveModelRef,
  LiveRecording,
  LiveSettings,
} from '../../shared/contract/schemas.ts';
import { LIVE_DEFAULTS, LIVE_HOP_SECONDS } from '../../shared/contract/schemas.ts';
import { engine } from '../state/engine.svelte.ts';
import { EngineLostError } from '../ui/errors.ts';
import { Ears, type Wanted } from './ears.svelte.ts';
import { forget, SHOWN_SECONDS, type HeardWindow, type Outline } from './history.ts';
import { Latency } from './latency.svelte.ts';
import { Line } from './line.ts';
import type { Block, Source } from './source.ts';

/** Full scale, nearly: what is louder was cut off. */
const CLIPPING = 0.999;
/** How long a peak stays on the meter. */
const PEAK_SECONDS = 1.5;
/** The waveform shows four stretches of a block. */
const OUTLINES_A_BLOCK = 4;
const CLIP_SHOWN_MS = 2000;
/** A model that could not be loaded is tried again: its file may be back. */
const RETRY_MS = 3000;
/** A clip is heard to its end, which the model may answer later, but no longer after it than this. */
const LAST_ANSWER_MS = 4000;

type Trouble = Extract<LiveEvent, { type: 'trouble' }>['trouble'];

class Listening {
  model = $state.raw<LiveModel | null>(null);
  settings = $state.raw<LiveSettings>(LIVE_DEFAULTS);
  /** The newest answer. */
  now = $state.raw<HeardWindow | null>(null);
  droppedWindows = $state(0);
  missedSamples = $state(0);
  trouble = $state.raw<Trouble>(null);
  /** Why the engine does not listen; null while it does or begins to. */
  error = $state.raw<unknown>(null);
  frozen = $state(false);
  clipping = $state(false);
  levelDbfs = $state(-100);
  peakDbfs = $state(-100);
  readonly latency = new Latency();
  readonly ears: Ears;
  /** Not reactive: pictures read them at every frame. Windows and outline of the last seconds, newest last. */
  readonly windows: HeardWindow[] = [];
  readonly outline: Outline[] = [];
  /** The end of what was captured, for pictures that move: seconds of this listening, and when that was. */
  heard = { atSeconds: 0, nowMs: 0 };
  #ref: LiveModelRef | null = null;
  #line: Line | null = null;
  /** Seconds of listening before this line's first sample. */
  #lineFromSeconds = 0;
  #lineSamples = 0;
  /** Of those, what is answered. */
  #answeredSamples = 0;
  #blockListeners = new Set<(block: Block, source: Source) => void>();
  #retry: ReturnType<typeof setTimeout> | undefined;
  #clipTimer: ReturnType<typeof setTimeout> | undefined;
  #peak = { dbfs: -100, atMs: 0 };
  onClipEnd: () => void = () => undefined;

  constructor() {
    this.ears = new Ears(
      (block, source) => this.#take(block, source),
      (source) => this.#begin(source),
      () => void this.#endClip(),
    );
    $effect.root(() => {
      // A new connection: the engine has forgotten the stream, the source is still there.
      $effect(() => {
        if (engine.generation > 0) untrack(() => this.#again());
      });
    });
  }

  readonly on = $derived.by(() => this.ears.state !== 'off');

  get sessionId(): string | null {
    return this.#line?.sessionId ?? null;
  }

  get ref(): LiveModelRef | null {
    return this.#ref;
  }

  /** Place of the newest sample in the engine's stream. */
  get samples(): number {
    return this.#lineSamples;
  }

  async listen(wanted: Wanted, model: LiveModelRef): Promise<void> {
    this.#ref = model;
    this.frozen = false;
    await this.ears.want(wanted);
  }

  stop(): void {
    this.ears.close();
    this.#endLine();
    this.now = null;
    this.error = null;
    this.trouble = null;
    this.levelDbfs = this.peakDbfs = -100;
    this.clipping = false;
  }

  /** Goes on with another model. Where it cannot be loaded, the one before stays and the error is told. */
  async useModel(model: LiveModelRef): Promise<void> {
    this.#ref = model;
    if (!this.ears.source) return;
    if (!this.#line?.sessionId) return this.#begin(this.ears.source);
    try {
      await this.#line.useModel(model);
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }

  adjust(change: Partial<LiveSettings>): void {
    this.settings = { ...this.settings, ...change };
    if (this.ears.source) this.#line?.adjust(this.#settingsFor(this.ears.source));
  }

  calibrate(
    quiet: { fromSample: number; untilSample: number },
    speech: { fromSample: number; untilSample: number },
  ): Promise<LiveCalibration> {
    return engine.client.live.calibrate({ sessionId: this.#sessionOrThrow(), quiet, speech });
  }

  /** Keeps the last seconds as a WAV in the workspace. */
  save(seconds: number): Promise<LiveRecording> {
    const rate = this.ears.source?.sampleRateHz ?? 0;
    const untilSample = this.#lineSamples;
    const fromSample = Math.max(0, untilSample - Math.round(seconds * rate));
    return engine.client.live.save({ sessionId: this.#sessionOrThrow(), fromSample, untilSample });
  }

  /** Calls `listener` for every block; returns the end of that. */
  onBlock(listener: (block: Block, source: Source) => void): () => void {
    this.#blockListeners.add(listener);
    return () => this.#blockListeners.delete(listener);
  }

  #sessionOrThrow(): string {
    if (this.sessionId === null) throw new EngineLostError();
    return this.sessionId;
  }

  /** A clip was played to its end: it is over once its last window is answered. */
  async #endClip(): Promise<void> {
    const { source } = this.ears;
    const latest = performance.now() + LAST_ANSWER_MS;
    const hop = LIVE_HOP_SECONDS * (source?.sampleRateHz ?? 0);
    while (this.#lineSamples - this.#answeredSamples >= hop && performance.now() < latest) {
      await new Promise((resolve) => setTimeout(resolve, LIVE_HOP_SECONDS * 1000));
    }
    if (this.ears.source === source) this.onClipEnd();
  }

  #endLine(): void {
    clearTimeout(this.#retry);
    this.#line?.close();
    this.#line = null;
  }

  #again(): void {
    if (this.ears.source && this.#ref) this.#begin(this.ears.source);
  }

  /** In a clip somebody else speaks than was calibrated. */
  #settingsFor({ track }: Source): LiveSettings {
    return track === null ? { ...this.settings, speaker: null } : this.settings;
  }

  /** A line to the engine for the source that is open. */
  #begin(source: Source): void {
    this.#endLine();
    this.#lineFromSeconds = this.heard.atSeconds;
    this.#lineSamples = this.#answeredSamples = 0;
    // What was said of another source, or by another model, is not said of this one.
    this.now = null;
    this.latency.reset();
    this.error = null;
    this.trouble = null;
    const model = this.#ref!;
    const line: Line = new Line({
      ...{ model, sampleRateHz: source.sampleRateHz, settings: this.#settingsFor(source) },
      onEvent: (event) => {
        if (this.#line === line) this.#hear(event, source);
      },
      onLost: (error) => {
        if (this.#line === line) this.#lost(error);
      },
    });
    this.#line = line;
  }

  #lost(error: unknown): void {
    this.#line = null;
    this.now = null;
    // A new connection begins the line again by itself.
    this.error = error instanceof EngineLostError ? null : error;
    this.#retry = setTimeout(() => {
      if (engine.ready && this.#line === null) this.#again();
    }, RETRY_MS);
  }

  #hear(event: LiveEvent, { sampleRateHz }: Source): void {
    if (event.type === 'model') this.model = event.model;
    else if (event.type === 'trouble') this.trouble = event.trouble;
    else if (event.type === 'window') {
      const atSeconds = this.#lineFromSeconds + event.window.endSample / sampleRateHz;
      const window: HeardWindow = { ...event.window, atSeconds };
      this.windows.push(window);
      this.#answeredSamples = event.window.endSample;
      forget(this.windows, this.heard.atSeconds - SHOWN_SECONDS - 1);
      this.droppedWindows = event.droppedWindows;
      this.missedSamples = event.missedSamples;
      if (!this.frozen) this.now = window;
      const answeredMs = performance.now();
      this.#afterPaint(() => this.latency.painted(window, answeredMs));
    }
  }

  /** In a frame's callback nothing is painted yet; the task after it finds it painted. A hidden page paints nothing. */
  #afterPaint(work: () => void): void {
    if (document.visibilityState === 'visible') requestAnimationFrame(() => setTimeout(work));
  }

  #take(block: Block, source: Source): void {
    const { samples } = block;
    this.#lineSamples += samples.length;
    this.latency.heard(this.#lineSamples, block.heardMs, source.sampleRateHz);
    // Before all that is drawn: the answer is waited for.
    this.#line?.send(samples);
    // Seconds run on over other devices and other lines.
    const atSeconds = this.heard.atSeconds + samples.length / source.sampleRateHz;
    this.heard = { atSeconds, nowMs: performance.now() };
    this.#measure(samples, source.sampleRateHz, atSeconds);
    for (const listener of this.#blockListeners) listener(block, source);
  }

  #measure(samples: Float32Array, sampleRateHz: number, atSeconds: number): void {
    const seconds = samples.length / sampleRateHz;
    const step = Math.ceil(samples.length / OUTLINES_A_BLOCK);
    let [peak, power] = [0, 0];
    for (let from = 0; from < samples.length; from += step) {
      const until = Math.min(samples.length, from + step);
      let [low, high] = [0, 0];
      for (let i = from; i < until; i++) {
        const value = samples[i]!;
        low = Math.min(low, value);
        high = Math.max(high, value);
        power += value * value;
      }
      this.outline.push({ atSeconds: atSeconds - seconds * (1 - until / samples.length), low, high });
      peak = Math.max(peak, -low, high);
    }
    forget(this.outline, atSeconds - SHOWN_SECONDS - 1);
    const dbfs = Math.max(-100, 20 * Math.log10(peak));
    const nowMs = performance.now();
    if (dbfs >= this.#peak.dbfs || nowMs - this.#peak.atMs > PEAK_SECONDS * 1000)
      this.#peak = { dbfs, atMs: nowMs };
    this.levelDbfs = Math.max(-100, 10 * Math.log10(power / samples.length));
    this.peakDbfs = this.#peak.dbfs;
    if (peak < CLIPPING) return;
    this.clipping = true;
    clearTimeout(this.#clipTimer);
    this.#clipTimer = setTimeout(() => (this.clipping = false), CLIP_SHOWN_MS);
  }
}

export const listening = new Listening();
