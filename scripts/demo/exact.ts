// Elementary functions and random numbers that give the same bits on every machine.
//
// Math.sin, Math.exp and their like may differ in the last bit between JavaScript engines. The generator uses
// only what IEEE 754 and ECMAScript define exactly: + - * / and square root on doubles, and 32-bit integers.

const LN2 = 0.6931471805599453;
const TWO_PI = 6.283185307179586;
/** log2(10) / 20: from decibels to a power of two. */
const LOG2_PER_DECIBEL = 0.16609640474436813;

/** 2 to the power x, for |x| < 1000; relative error below 1e-14. */
export function exp2(x: number): number {
  const whole = Math.round(x);
  const rest = (x - whole) * LN2;
  let sum = 1;
  for (let order = 14; order >= 1; order--) sum = 1 + (rest * sum) / order;
  const factor = whole < 0 ? 0.5 : 2;
  for (let i = Math.abs(whole); i > 0; i--) sum *= factor;
  return sum;
}

/** e to the power x, for |x| < 600. */
export function exp(x: number): number {
  return exp2(x / LN2);
}

/** Cosine of an angle in radians; absolute error below 1e-12 for |x| < 1e4. */
export function cos(x: number): number {
  const turns = x / TWO_PI;
  const angle = (turns - Math.round(turns)) * TWO_PI;
  const square = angle * angle;
  let sum = 1;
  for (let order = 26; order >= 2; order -= 2) sum = 1 - (square * sum) / (order * (order - 1));
  return sum;
}

/** Sine of an angle in radians; accuracy as for the cosine. */
export function sin(x: number): number {
  return cos(x - TWO_PI / 4);
}

/** Amplitude ratio of a level in decibels. */
export function fromDecibels(decibels: number): number {
  return exp2(decibels * LOG2_PER_DECIBEL);
}

/** Frequency ratio of an interval in semitones. */
export function fromSemitones(semitones: number): number {
  return exp2(semitones / 12);
}

/** Seeded random numbers (mulberry32): small, and exact because it is integer arithmetic. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** Nearly normal with mean 0 and standard deviation 1: the scaled sum of four uniforms, so never beyond 3.5. */
  normal(): number {
    return (this.uniform() + this.uniform() + this.uniform() + this.uniform() - 2) * 1.7320508075688772;
  }
}

/** A seed made of whole numbers, so that each speaker, emotion and clip has a stream of its own. */
export function seedFrom(...parts: number[]): number {
  let hash = 0x811c9dc5;
  for (const part of parts) {
    hash = Math.imul(hash ^ part, 0x01000193);
    hash ^= hash >>> 15;
  }
  return hash | 0;
}

/** Holds a number between two bounds. */
export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
