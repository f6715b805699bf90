// How long a sound takes to the screen, and which part of the way takes how long.
import { percentileOf } from '../../shared/metrics/metrics.ts';
import type { HeardWindow } from './history.ts';

/** Figures are over so many of the last answers. */
const KEPT = 300;
/** Blocks whose time is known; longer than any answer takes. */
const KEPT_BLOCKS = 500;
const TELL_MS = 1000;

export interface LatencyFigures {
  /** From the moment the audio thread has the last sample of a window to the frame behind its answer. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Medians of the stages; the sound's way from the audio thread to the page. */
  readonly inMs: number;
  /** To the engine, its live process and back, without their work. */
  readonly wayMs: number;
  readonly featuresMs: number;
  readonly modelMs: number;
  readonly paintMs: number;
  /** Of the engine's work for a voiced window. */
  readonly computeP95Ms: number;
  readonly answersPerSecond: number;
  /** How much less was heard than time went by since the first block: a device that runs late, or stalls. */
  readonly behindSeconds: number;
}

interface Block {
  readonly endSample: number;
  readonly heardMs: number;
  readonly takenMs: number;
}

interface Sample {
  readonly totalMs: number;
  readonly inMs: number;
  readonly wayMs: number;
  readonly paintMs: number;
  readonly window: HeardWindow;
  readonly paintedMs: number;
}

const nowMs = (): number => performance.timeOrigin + performance.now();

export class Latency {
  figures = $state.raw<LatencyFigures | null>(null);
  #blocks: Block[] = [];
  #samples: Sample[] = [];
  #toldMs = 0;
  #first: Block | null = null;
  #behindSeconds = 0;

  reset(): void {
    this.#blocks = [];
    this.#samples = [];
    this.#first = null;
    this.figures = null;
  }

  /** A block has come from the audio thread, which had it at `heardMs`. */
  heard(endSample: number, heardMs: number, sampleRateHz: number): void {
    const block = { endSample, heardMs, takenMs: nowMs() };
    this.#blocks.push(block);
    const first = (this.#first ??= block);
    this.#behindSeconds = (heardMs - first.heardMs) / 1000 - (endSample - first.endSample) / sampleRateHz;
    if (this.#blocks.length > KEPT_BLOCKS) this.#blocks.splice(0, KEPT_BLOCKS / 2);
  }

  /** A window's answer is on the screen; call behind the paint. @param answeredMs since the page began */
  painted(window: HeardWindow, answeredMs: number): void {
    const block = this.#blocks.find(({ endSample }) => endSample >= window.endSample);
    if (!block) return;
    const paintedMs = nowMs();
    const cameMs = performance.timeOrigin + answeredMs;
    this.#samples.push({
      ...{ window, paintedMs },
      totalMs: Math.max(0, paintedMs - block.heardMs),
      inMs: Math.max(0, block.takenMs - block.heardMs),
      wayMs: Math.max(0, cameMs - block.takenMs - window.totalMs),
      paintMs: paintedMs - cameMs,
    });
    if (this.#samples.length > KEPT) this.#samples.splice(0, this.#samples.length - KEPT);
    if (paintedMs - this.#toldMs >= TELL_MS) this.#tell(paintedMs);
  }

  #tell(tellMs: number): void {
    this.#toldMs = tellMs;
    const voiced = this.#samples.filter(({ window }) => window.raw !== null);
    const of = (value: (sample: Sample) => number, share = 0.5, from = this.#samples): number =>
      from.length === 0 ? 0 : percentileOf(from.map(value), share);
    this.figures = {
      p50Ms: of(({ totalMs }) => totalMs),
      p95Ms: of(({ totalMs }) => totalMs, 0.95),
      inMs: of(({ inMs }) => inMs),
      wayMs: of(({ wayMs }) => wayMs),
      featuresMs: of(({ window }) => window.featuresMs, 0.5, voiced),
      modelMs: of(({ window }) => window.modelMs, 0.5, voiced),
      paintMs: of(({ paintMs }) => paintMs),
      computeP95Ms: of(({ window }) => window.totalMs, 0.95, voiced),
      answersPerSecond: this.#samples.filter(({ paintedMs }) => paintedMs > tellMs - 1000).length,
      behindSeconds: this.#behindSeconds,
    };
  }
}
