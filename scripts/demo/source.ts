// The voice source: glottal pulses in the manner of Liljencrants and Fant, with the irregularities of a real larynx.
import { clamp, exp, exp2, type Random } from './exact.ts';
import type { Prosody } from './prosody.ts';
import type { Voice } from './voice.ts';

/** What the larynx does in a take. */
interface Larynx {
  openQuotient: number;
  closingSeconds: number;
  jitter: number;
  shimmer: number;
  creak: number;
}

function larynxOf(voice: Voice, prosody: Prosody): Larynx {
  const effort = clamp(prosody.effort, -1.2, 1.2);
  return {
    openQuotient: clamp(voice.openQuotient - 0.08 * effort + 0.2 * prosody.breathiness, 0.4, 0.8),
    closingSeconds: (voice.closingMs / 1000) * exp2(-1.3 * effort),
    jitter: clamp(voice.jitter + prosody.jitter, 0.001, 0.03),
    shimmer: clamp(0.03 + prosody.shimmer, 0.01, 0.2),
    creak: clamp(prosody.creak, 0, 0.6),
  };
}

/**
 * Glottal flow derivative, sample by sample. One period: a cubic opening 2t - 3t^2 that ends in the main excitation
 * (-1), then an exponential return to exactly 0 at the end of the period. It never jumps, so that it hardly aliases.
 */
export class GlottalSource {
  private readonly larynx: Larynx;
  private readonly sampleSeconds: number;
  private readonly random: Random;
  private periodSeconds = 0;
  private atSeconds = 0;
  private amplitude = 1;
  private isWeakPulse = false;

  constructor(voice: Voice, prosody: Prosody, sampleRateHz: number, random: Random) {
    this.larynx = larynxOf(voice, prosody);
    this.sampleSeconds = 1 / sampleRateHz;
    this.random = random;
  }

  /** True while the folds are apart: when breath noise is strongest. */
  get isOpen(): boolean {
    return this.atSeconds < this.larynx.openQuotient * this.periodSeconds;
  }

  /** The next sample; pitch is read when a period begins. */
  step(pitchHz: number): number {
    this.atSeconds += this.sampleSeconds;
    if (this.atSeconds >= this.periodSeconds) {
      this.atSeconds -= this.periodSeconds;
      this.beginPeriod(pitchHz);
    }
    return this.amplitude * this.shape();
  }

  private beginPeriod(pitchHz: number): void {
    const { jitter, shimmer, creak } = this.larynx;
    this.isWeakPulse = !this.isWeakPulse;
    const alternation = this.isWeakPulse ? 1 : -1;
    this.periodSeconds = ((1 + 0.08 * creak * alternation) * (1 + jitter * this.random.normal())) / pitchHz;
    this.amplitude = (this.isWeakPulse ? 1 - creak : 1) * (1 + shimmer * this.random.normal());
  }

  private shape(): number {
    const openSeconds = this.larynx.openQuotient * this.periodSeconds;
    if (this.atSeconds < openSeconds) {
      const t = this.atSeconds / openSeconds;
      return t * (2 - 3 * t);
    }
    const { closingSeconds } = this.larynx;
    const end = exp((openSeconds - this.periodSeconds) / closingSeconds);
    return -(exp((openSeconds - this.atSeconds) / closingSeconds) - end) / (1 - end);
  }
}
