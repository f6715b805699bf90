// How long a sound takes to the screen, and which part of the way takes how long.
import { percentileOf } from '../../shared/metrics/metrics.ts';
import type { HeardWindow } from './history.ts';

/** Figures are over so many of the last answers. */
const KEPT = 300;
/** Blocks whose time is known; longer than any answer takes. */
const KEPT_BLOCKS = 1000;
const TELL_MS = 1000;

export interface LatencyFigures {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly featuresMs: number;
  readonly modelMs: number;
  /** On the engine's side. */
  readonly computeP95Ms: number;
  /** What is left: the ways there and back, and the drawing. */
  readonly restMs: number;
  readonly answersPerSecond: number;
}

interface Sample {
  readonly totalMs: number;
  readonly window: HeardWindow;
  readonly paintedMs: number;
}

export class Latency {
  figures = $state.raw<LatencyFigures | null>(null);
  #blocks: { endSample: number; heardMs: number }[] = [];
  #samples: Sample[] = [];
  #toldMs = 0;

  reset(): void {
    this.#blocks = [];
    this.#samples = [];
    this.figures = null;
  }

  /** A block left the audio thread. */
  heard(endSample: number, heardMs: number): void {
    this.#blocks.push({ endSample, heardMs });
    if (this.#blocks.length > KEPT_BLOCKS) this.#blocks.splice(0, KEPT_BLOCKS / 2);
  }

  /** A window's answer is on the screen; call behind the paint. */
  painted(window: HeardWindow, endSample: number): void {
    const block = this.#blocks.find((other) => other.endSample >= endSample);
    if (!block) return;
    const paintedMs = performance.timeOrigin + performance.now();
    const totalMs = Math.max(0, paintedMs - block.heardMs);
    this.#samples.push({ totalMs, window, paintedMs });
    if (this.#samples.length > KEPT) this.#samples.splice(0, this.#samples.length - KEPT);
    if (paintedMs - this.#toldMs >= TELL_MS) this.#tell(paintedMs);
  }

  #tell(nowMs: number): void {
    this.#toldMs = nowMs;
    const voiced = this.#samples.filter(({ window }) => window.raw !== null);
    const of = (from: readonly Sample[], value: (sample: Sample) => number, share: number): number =>
      from.length === 0 ? 0 : percentileOf(from.map(value), share);
    const p50Ms = of(this.#samples, ({ totalMs }) => totalMs, 0.5);
    const featuresMs = of(voiced, ({ window }) => window.featuresMs, 0.5);
    const modelMs = of(voiced, ({ window }) => window.modelMs, 0.5);
    this.figures = {
      ...{ p50Ms, featuresMs, modelMs },
      p95Ms: of(this.#samples, ({ totalMs }) => totalMs, 0.95),
      computeP95Ms: of(voiced, ({ window }) => window.totalMs, 0.95),
      restMs: Math.max(0, p50Ms - featuresMs - modelMs),
      answersPerSecond: this.#samples.filter(({ paintedMs }) => paintedMs > nowMs - 1000).length,
    };
  }
}
