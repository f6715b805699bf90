// Sample rate conversion: one sharp filter in the frequency domain, then a short interpolation between its samples.
import { kaiserWindow } from '../../shared/dsp/window.ts';
import { instantiate, type NativeBase } from './native/instance.ts';
import { WASM_BASE64 } from './native/resample.wasm.ts';

const MAX_RATE_HZ = 768_000;
/** Farther apart than any two rates of speech. */
const MAX_RATIO = 256;

/**
 * The band edge of soxr HQ, librosa's default: flat to 0.913 of the lower Nyquist frequency, -6 dB at 0.956, silent
 * from 1.0; here a sinc of 201 taps at the lower rate under Kaiser's window, fitted to soxr's edge within 0.2% of
 * full scale.
 */
const EDGE = { cutoff: 0.9568, halfLength: 100, stopbandDb: 130 };
/** Attenuation of the images around the filtered signal's rate, by the interpolation. */
const IMAGE_STOPBAND_DB = 120;
/** Between filter and interpolation the signal has at least this many times the lower rate. */
const MIN_OVERSAMPLING = 1.3;
/** Blocks that the filter takes at once: a block a lane of four, two as real and imaginary part. */
const BLOCKS_AT_ONCE = 8;
/** Positions between two samples for which there is a row of the table; more are blended from two rows. */
const MAX_ROWS = 2048;
/** Shortest transform, in reaches of the filter: longer ones waste less on overlap, shorter ones stay in the cache. */
const MIN_REACHES = 9;

/**
 * Converts a mono signal to another rate. Linear phase, no delay; the length is ceil(samples x to / from) as
 * librosa.resample gives. Equal rates return the input itself.
 *
 * Zeros are assumed beyond both ends. Beside soxr HQ, librosa's default, see docs/audio.md.
 *
 * @throws RangeError for rates it cannot convert between
 */
export function resample(samples: Float32Array, fromRateHz: number, toRateHz: number): Float32Array {
  if (fromRateHz === toRateHz) return samples;
  const output = new Float32Array(resampledLength(samples.length, fromRateHz, toRateHz));
  let at = 0;
  for (const block of resampleBlocks([samples], fromRateHz, toRateHz)) {
    output.set(block, at);
    at += block.length;
  }
  return output;
}

/** Samples that `resample` makes of `length`. */
export function resampledLength(length: number, fromRateHz: number, toRateHz: number): number {
  return Math.ceil((length * toRateHz) / fromRateHz);
}

/**
 * `resample` for a signal that comes in blocks of any lengths and leaves in others: the same values, in bounded memory.
 * A block that is given out is overwritten when the next one is asked for.
 *
 * @throws RangeError for rates it cannot convert between
 */
export function* resampleBlocks(
  blocks: Iterable<Float32Array>,
  fromRateHz: number,
  toRateHz: number,
): Generator<Float32Array> {
  if (fromRateHz === toRateHz) return yield* blocks;
  assertConvertible(fromRateHz, toRateHz);
  const key = `${fromRateHz}:${toRateHz}`;
  const converter = idle.get(key) ?? new Converter(planConversion(fromRateHz, toRateHz));
  idle.delete(key);
  converter.reset();
  let taken = 0;
  let given = 0;
  for (const block of blocks) {
    taken += block.length;
    for (let at = 0; at < block.length;) {
      at += converter.fill(block, at);
      if (!converter.isFull) continue;
      const output = converter.run();
      given += output.length;
      yield output;
    }
  }
  const total = resampledLength(taken, fromRateHz, toRateHz);
  while (given < total) {
    converter.fillSilence();
    const output = converter.run();
    yield output.subarray(0, total - given);
    given += output.length;
  }
  // A corpus has one rate, perhaps two: the tables are worth keeping, not many of them.
  if (idle.size >= MAX_IDLE) idle.clear();
  idle.set(key, converter);
}

const MAX_IDLE = 4;
/** Converters that nobody uses now. */
const idle = new Map<string, Converter>();

interface Conversion {
  /** Samples of a block before and after the filter; powers of two. */
  blockIn: number;
  blockMid: number;
  /** Samples that a block shares with its neighbours at either end, before the filter. */
  reach: number;
  /** Response of the filter over the bins of a block, 1 / blockIn in its passband. */
  gains: Float32Array;
  /** An output sample is `step / phases` samples of the filtered signal after the one before; in lowest terms. */
  step: number;
  phases: number;
  /** Rows of taps by position between two samples; one row more than positions where they are blended. */
  table: Float32Array;
  rows: number;
  taps: number;
}

function planConversion(fromRateHz: number, toRateHz: number): Conversion {
  const lowRateHz = Math.min(fromRateHz, toRateHz);
  const halfLength = Math.ceil((EDGE.halfLength * fromRateHz) / lowRateHz);
  let octaves = 0;
  const midRate = (): number => fromRateHz * 2 ** octaves;
  const enough = (rateHz: number): boolean =>
    rateHz >= MIN_OVERSAMPLING * lowRateHz || (rateHz === toRateHz && rateHz >= lowRateHz);
  while (!enough(midRate())) octaves++;
  while (midRate() !== toRateHz && enough(midRate() / 2)) octaves--;
  if (toRateHz > fromRateHz && Number.isInteger(Math.log2(toRateHz / fromRateHz))) {
    octaves = Math.log2(toRateHz / fromRateHz);
  }
  const scale = 2 ** octaves;
  // Whole vectors of four on both sides of the filter.
  const grain = 4 * Math.max(1, 1 / scale);
  const reach = Math.ceil(halfLength / grain) * grain;
  const blockIn = 2 ** Math.ceil(Math.log2(Math.max(MIN_REACHES * reach, 16 * grain)));
  // The filtered rate over the wanted one, in lowest terms.
  const over = fromRateHz * Math.max(1, scale);
  const under = toRateHz * Math.max(1, 1 / scale);
  const divisor = greatestCommonDivisor(over, under);
  const [step, phases] = [over / divisor, under / divisor];
  return {
    ...{ blockIn, blockMid: blockIn * scale, reach },
    gains: filterGains(blockIn, fromRateHz, lowRateHz, halfLength),
    ...{ step, phases },
    ...interpolationTable(phases, midRate(), lowRateHz),
  };
}

/** Response of the sharp filter at the bins of a block up to the lower Nyquist frequency, with the transform's scale. */
function filterGains(block: number, rateHz: number, lowRateHz: number, halfLength: number): Float32Array {
  const cutoff = (EDGE.cutoff * lowRateHz) / rateHz;
  const taps = windowedSinc(cutoff, halfLength);
  const gain = taps.reduce((sum, tap, n) => sum + (n === 0 ? tap : 2 * tap), 0) * block;
  const bins = Math.min(block / 2, Math.ceil((block / 2) * (lowRateHz / rateHz)));
  const cosines = Float64Array.from({ length: block }, (_, k) => Math.cos((2 * Math.PI * k) / block));
  return Float32Array.from({ length: bins }, (_, k) => {
    let sum = taps[0]!;
    for (let n = 1; n < taps.length; n++) sum += 2 * taps[n]! * cosines[(k * n) % block]!;
    return sum / gain;
  });
}

/** Taps 0 .. halfLength of a symmetric low-pass at `cutoff` of the Nyquist frequency (Kaiser's window). */
function windowedSinc(cutoff: number, halfLength: number): Float64Array {
  const window = kaiserWindow(2 * halfLength + 1, kaiserBeta(EDGE.stopbandDb)).subarray(halfLength);
  return window.map((w, n) => w * (n === 0 ? cutoff : Math.sin(Math.PI * cutoff * n) / (Math.PI * n)));
}

/** Kaiser's own fit of beta to a stop-band attenuation above 50 dB. */
function kaiserBeta(stopbandDb: number): number {
  return 0.1102 * (stopbandDb - 8.7);
}

/** Rows of a short low-pass: flat over the filtered band, silent over its images around the rate. */
function interpolationTable(
  phases: number,
  rateHz: number,
  lowRateHz: number,
): Pick<Conversion, 'table' | 'rows' | 'taps'> {
  if (phases === 1) return { table: new Float32Array(0), rows: 0, taps: 0 };
  // Kaiser's fit of the length to the transition between band and image, in cycles a sample.
  const transition = 1 - lowRateHz / rateHz;
  const taps = Math.ceil((IMAGE_STOPBAND_DB - 7.95) / (14.36 * transition) / 4 + 0.25) * 4;
  const blended = phases > MAX_ROWS;
  const rows = blended ? MAX_ROWS : phases;
  const half = taps / 2;
  // One window over all rows: x samples from its centre is (x + half) * rows from its start.
  const window = kaiserWindow(taps * rows + 1, kaiserBeta(IMAGE_STOPBAND_DB));
  const table = new Float32Array((rows + 1) * taps);
  for (let row = 0; row <= rows; row++) {
    const at = table.subarray(row * taps, (row + 1) * taps);
    const weights = Float64Array.from({ length: taps }, (_, t) => {
      const x = row / rows + half - 1 - t;
      const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
      return sinc * window[row + (taps - 1 - t) * rows]!;
    });
    const sum = weights.reduce((total, weight) => total + weight, 0);
    at.set(weights.map((weight) => weight / sum));
  }
  return { table, rows, taps };
}

interface Native extends NativeBase {
  filterBlocks(
    ...args: [
      ...[input: number, output: number, n: number, m: number, hop: number, skip: number, keep: number],
      ...[gains: number, bins: number, unitN: number, unitM: number, x: number, y: number],
    ]
  ): void;
  interpolate(
    ...args: [
      ...[input: number, output: number, count: number, phase: number, step: number],
      ...[phases: number, table: number, taps: number],
    ]
  ): void;
}

const FLOAT_BYTES = 4;
/** Eight reals: four lanes of a real and four of an imaginary part. */
const VECTOR_BYTES = 8 * FLOAT_BYTES;

/** One signal's way through the filter and the interpolation, in the memory of an instance of its own. */
class Converter {
  readonly #plan: Conversion;
  readonly #native: Native;
  readonly #hop: number;
  readonly #keep: number;
  /** Addresses of tables and work space. */
  readonly #at: { gains: number; unitIn: number; unitMid: number; x: number; y: number; table: number };
  readonly #input: Region;
  readonly #mid: Region;
  readonly #output: Region;
  #filled = 0;
  /** Filtered samples that wait for the interpolation. */
  #waiting = 0;
  /** Where the next output sample lies: `#offset + #phase / phases` samples into those that wait, as its first tap. */
  #offset = 0;
  #phase = 0;

  constructor(plan: Conversion) {
    this.#plan = plan;
    const { blockIn, blockMid, reach, taps, step, phases } = plan;
    this.#native = instantiate<Native>(WASM_BASE64);
    this.#hop = blockIn - 2 * reach;
    this.#keep = (this.#hop * blockMid) / blockIn;
    const midCapacity = BLOCKS_AT_ONCE * this.#keep + taps + Math.ceil(step / phases) + 4;
    const sizes = {
      input: BLOCKS_AT_ONCE * this.#hop + 2 * reach,
      mid: midCapacity,
      output: Math.ceil((midCapacity * phases) / step) + 4,
    };
    const reserve = (floats: number): number => this.#native.allocate(floats * FLOAT_BYTES);
    const put = (values: Float32Array): number => {
      const address = reserve(values.length);
      this.#view(address, values.length).set(values);
      return address;
    };
    this.#at = {
      gains: put(plan.gains),
      unitIn: put(unitCircle(blockIn)),
      unitMid: put(unitCircle(blockMid)),
      table: put(plan.table),
      x: this.#native.allocate(Math.max(blockIn, blockMid) * VECTOR_BYTES),
      y: this.#native.allocate(Math.max(blockIn, blockMid) * VECTOR_BYTES),
    };
    const [input, mid, output] = [sizes.input, sizes.mid, sizes.output].map(reserve) as [
      number,
      number,
      number,
    ];
    // Views last once nothing more is allocated: memory that grows leaves them behind.
    this.#input = { address: input, values: this.#view(input, sizes.input) };
    this.#mid = { address: mid, values: this.#view(mid, sizes.mid) };
    this.#output = { address: output, values: this.#view(output, sizes.output) };
    this.#rows = this.#view(this.#at.table, plan.table.length);
  }

  readonly #rows: Float32Array;

  /** Ready for another signal. */
  reset(): void {
    const before = Math.max(0, this.#plan.taps / 2 - 1);
    this.#input.values.fill(0, 0, this.#plan.reach);
    this.#filled = this.#plan.reach;
    this.#mid.values.fill(0, 0, before);
    this.#waiting = before;
    this.#offset = 0;
    this.#phase = 0;
  }

  get isFull(): boolean {
    return this.#filled === this.#input.values.length;
  }

  /** Takes as many samples from `at` on as there is room for; returns how many. */
  fill(samples: Float32Array, at: number): number {
    const count = Math.min(samples.length - at, this.#input.values.length - this.#filled);
    this.#input.values.set(samples.subarray(at, at + count), this.#filled);
    this.#filled += count;
    return count;
  }

  fillSilence(): void {
    this.#input.values.fill(0, this.#filled);
    this.#filled = this.#input.values.length;
  }

  /** Converts what was filled in; the values are good until the next run. */
  run(): Float32Array {
    const { blockIn, blockMid, reach, gains } = this.#plan;
    const { input, mid } = { input: this.#input, mid: this.#mid };
    const at = this.#at;
    this.#native.filterBlocks(
      ...[input.address, mid.address + this.#waiting * FLOAT_BYTES],
      ...([blockIn, blockMid, this.#hop, (reach * blockMid) / blockIn, this.#keep] as const),
      ...([at.gains, gains.length, at.unitIn, at.unitMid, at.x, at.y] as const),
    );
    input.values.copyWithin(0, BLOCKS_AT_ONCE * this.#hop);
    this.#filled = 2 * reach;
    this.#waiting += BLOCKS_AT_ONCE * this.#keep;
    return this.#plan.taps === 0 ? this.#pass() : this.#interpolate();
  }

  /** The filtered signal has the wanted rate. */
  #pass(): Float32Array {
    const output = this.#mid.values.subarray(0, this.#waiting);
    this.#waiting = 0;
    return output;
  }

  #interpolate(): Float32Array {
    const { step, phases, rows, taps } = this.#plan;
    // The last value whose taps are all there lies `room` samples after the first.
    const room = this.#waiting - taps - this.#offset;
    const count = room < 0 ? 0 : Math.floor((room * phases + phases - 1 - this.#phase) / step) + 1;
    const first = this.#mid.address + this.#offset * FLOAT_BYTES;
    if (rows === phases) {
      const { address } = this.#output;
      this.#native.interpolate(first, address, count, this.#phase, step, phases, this.#at.table, taps);
    } else {
      this.#blend(count);
    }
    const end = this.#phase + count * step;
    this.#offset += Math.floor(end / phases);
    this.#phase = end % phases;
    const used = Math.min(this.#offset, this.#waiting);
    this.#mid.values.copyWithin(0, used, this.#waiting);
    this.#waiting -= used;
    this.#offset -= used;
    return this.#output.values.subarray(0, count);
  }

  /** As the native interpolation, between two rows: for rates whose ratio has many positions. */
  #blend(count: number): void {
    const { step, phases, rows, taps } = this.#plan;
    const table = this.#rows;
    for (let j = 0; j < count; j++) {
      const position = this.#phase + j * step;
      const input = this.#offset + Math.floor(position / phases);
      const place = ((position % phases) / phases) * rows;
      const row = Math.floor(place);
      const part = place - row;
      let sum = 0;
      for (let t = 0; t < taps; t++) {
        const low = table[row * taps + t]!;
        sum += this.#mid.values[input + t]! * (low + part * (table[(row + 1) * taps + t]! - low));
      }
      this.#output.values[j] = sum;
    }
  }

  #view(address: number, length: number): Float32Array {
    return new Float32Array(this.#native.memory.buffer, address, length);
  }
}

/** Numbers in the memory of an instance. */
interface Region {
  readonly address: number;
  readonly values: Float32Array;
}

/** exp(-2 pi i k / points) for k below three quarters of them, real and imaginary parts in turn. */
function unitCircle(points: number): Float32Array {
  const circle = new Float32Array((3 * points) / 2);
  for (let k = 0; k < circle.length / 2; k++) {
    circle[2 * k] = Math.cos((-2 * Math.PI * k) / points);
    circle[2 * k + 1] = Math.sin((-2 * Math.PI * k) / points);
  }
  return circle;
}

function assertConvertible(fromRateHz: number, toRateHz: number): void {
  for (const rateHz of [fromRateHz, toRateHz]) {
    if (!Number.isInteger(rateHz) || rateHz < 1 || rateHz > MAX_RATE_HZ) {
      throw new RangeError(`has a sample rate that cannot be converted: ${rateHz} Hz (1 to ${MAX_RATE_HZ})`);
    }
  }
  if (fromRateHz > toRateHz * MAX_RATIO || toRateHz > fromRateHz * MAX_RATIO) {
    throw new RangeError(`cannot be converted from ${fromRateHz} to ${toRateHz} Hz: too far apart`);
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
