// The digital filters of the synthesiser: resonators after Klatt (1980, JASA 67), noise bands, halving of the rate.
import { cos, exp } from './exact.ts';

const PI = 3.141592653589793;

/** Coefficients of a two-pole resonator, y[n] = a x[n] + b y[n-1] + c y[n-2], with gain 1 at 0 Hz. */
interface Coefficients {
  a: number;
  b: number;
  c: number;
}

function resonance(frequencyHz: number, bandwidthHz: number, sampleRateHz: number): Coefficients {
  const radius = exp((-PI * bandwidthHz) / sampleRateHz);
  const b = 2 * radius * cos((2 * PI * frequencyHz) / sampleRateHz);
  const c = -radius * radius;
  return { a: 1 - b - c, b, c };
}

/** A formant: one pair of poles. Its frequency may move while it runs. */
export class Resonator {
  private readonly sampleRateHz: number;
  private at: Coefficients = { a: 1, b: 0, c: 0 };
  private y1 = 0;
  private y2 = 0;

  constructor(sampleRateHz: number) {
    this.sampleRateHz = sampleRateHz;
  }

  tune(frequencyHz: number, bandwidthHz: number): void {
    this.at = resonance(frequencyHz, bandwidthHz, this.sampleRateHz);
  }

  step(x: number): number {
    const y = this.at.a * x + this.at.b * this.y1 + this.at.c * this.y2;
    this.y2 = this.y1;
    this.y1 = y;
    return y;
  }
}

/** An antiformant: one pair of zeros, the inverse of a resonator. */
export class AntiResonator {
  private readonly sampleRateHz: number;
  private at: Coefficients = { a: 1, b: 0, c: 0 };
  private x1 = 0;
  private x2 = 0;

  constructor(sampleRateHz: number) {
    this.sampleRateHz = sampleRateHz;
  }

  tune(frequencyHz: number, bandwidthHz: number): void {
    this.at = resonance(frequencyHz, bandwidthHz, this.sampleRateHz);
  }

  step(x: number): number {
    const y = (x - this.at.b * this.x1 - this.at.c * this.x2) / this.at.a;
    this.x2 = this.x1;
    this.x1 = x;
    return y;
  }
}

/** A band-pass with gain 1 at its centre and none at 0 Hz and at half the rate. */
export class BandPass {
  private readonly b: number;
  private readonly c: number;
  private readonly gain: number;
  private x1 = 0;
  private x2 = 0;
  private y1 = 0;
  private y2 = 0;

  constructor(frequencyHz: number, bandwidthHz: number, sampleRateHz: number) {
    const { b, c } = resonance(frequencyHz, bandwidthHz, sampleRateHz);
    this.b = b;
    this.c = c;
    this.gain = (1 + c) / 2;
  }

  step(x: number): number {
    const y = this.gain * (x - this.x2) + this.b * this.y1 + this.c * this.y2;
    this.x2 = this.x1;
    this.x1 = x;
    this.y2 = this.y1;
    this.y1 = y;
    return y;
  }
}

/** Removes what lies below hearing: y[n] = x[n] - x[n-1] + r y[n-1]. In place. */
export function blockDirectCurrent(samples: Float64Array, cutoffHz: number, sampleRateHz: number): void {
  const radius = exp((-2 * PI * cutoffHz) / sampleRateHz);
  let before = 0;
  let y = 0;
  for (let n = 0; n < samples.length; n++) {
    const x = samples[n]!;
    y = x - before + radius * y;
    before = x;
    samples[n] = y;
  }
}

/** Halves the sample rate behind a linear-phase low-pass (63 taps, Blackman window, cut-off 0.46 of the new rate). */
export function halveRate(samples: Float64Array): Float64Array {
  const half = 31;
  const cutoff = 0.46;
  const taps: number[] = [];
  for (let k = -half; k <= half; k++) {
    const ideal = k === 0 ? cutoff : cos(PI * cutoff * k - PI / 2) / (PI * k);
    const phase = (PI * k) / (half + 1);
    taps.push(ideal * (0.42 + 0.5 * cos(phase) + 0.08 * cos(2 * phase)));
  }
  const total = taps.reduce((sum, tap) => sum + tap, 0);
  const out = new Float64Array(Math.floor(samples.length / 2));
  for (let n = 0; n < out.length; n++) {
    let sum = 0;
    for (let k = -half; k <= half; k++) sum += taps[k + half]! * (samples[2 * n + k] ?? 0);
    out[n] = sum / total;
  }
  return out;
}
