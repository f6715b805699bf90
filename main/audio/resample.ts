// Sample rate conversion by libsamplerate (its best sinc filter, compiled to WebAssembly).
import libsamplerate from '@alexanderolsen/libsamplerate-js';
import { kaiserWindow } from '../../shared/dsp/window.ts';

interface RatePair {
  fromRateHz: number;
  toRateHz: number;
  converter: Awaited<ReturnType<typeof libsamplerate.create>>;
}

/** What libsamplerate-js accepts. */
const MAX_RATE_HZ = 192_000;
/** libsamplerate's SRC_MAX_RATIO, both ways. */
const MAX_RATIO = 256;
/** Samples handed over at once; at the largest ratio their output still fits the library's fixed buffers. */
const BLOCK_SAMPLES = 2048;

/**
 * The band edge of soxr HQ, librosa's default: flat to 0.913 of the lower Nyquist frequency, silent from 1.0.
 * libsamplerate's own edge lies higher (-6 dB at 0.966); left alone, the top mel bands of a resampled clip
 * would be louder than librosa's. The cut-off is the one whose product with libsamplerate's edge fits soxr's.
 */
const EDGE = { cutoff: 0.96, halfLength: 95, stopbandDb: 126 };

/**
 * Converts a mono signal to another rate; the filter's delay is compensated, the length is
 * ceil(samples x to / from) as librosa.resample gives. Equal rates return the input itself.
 *
 * Zeros are assumed beyond both ends. Beside soxr HQ, librosa's default, see docs/features.md.
 *
 * @throws RangeError for rates it cannot convert between
 */
export async function resample(
  samples: Float32Array,
  fromRateHz: number,
  toRateHz: number,
): Promise<Float32Array> {
  if (fromRateHz === toRateHz) return samples;
  assertConvertible(fromRateHz, toRateHz);
  const converter = await converterFor(fromRateHz, toRateHz);
  const frames = Math.ceil((samples.length * toRateHz) / fromRateHz);
  // The edge is shaped at the lower rate, on a signal long enough to hold the first filter's ringing.
  const reach = EDGE_TAPS.length - 1;
  if (fromRateHz < toRateHz) {
    return convert(shapeBandEdge(samples, samples.length + reach), frames, converter);
  }
  return shapeBandEdge(convert(samples, frames + reach, converter), frames);
}

/** Runs a whole signal through the converter without a pause; `frames` is the length of the result. */
function convert(samples: Float32Array, frames: number, { converter, fromRateHz }: RatePair): Float32Array {
  // Assigning a rate starts the filter afresh; only here, where no other caller can come in between.
  converter.inputSampleRate = fromRateHz;
  const output = new Float32Array(frames);
  let written = 0;
  const feed = (block: Float32Array): void => {
    const part = converter.full(block).subarray(0, frames - written);
    output.set(part, written);
    written += part.length;
  };
  for (let at = 0; at < samples.length; at += BLOCK_SAMPLES) feed(samples.subarray(at, at + BLOCK_SAMPLES));
  // The filter looks ahead: silence pushes the last samples out of it.
  const silence = new Float32Array(BLOCK_SAMPLES);
  while (written < frames) feed(silence);
  return output;
}

/** One side of the symmetric edge filter, centre tap first (a windowed sinc, unit gain at 0 Hz). */
const EDGE_TAPS = ((): Float64Array => {
  const { cutoff, halfLength, stopbandDb } = EDGE;
  // Kaiser's own fit of beta to the stop-band attenuation.
  const window = kaiserWindow(2 * halfLength + 1, 0.1102 * (stopbandDb - 8.7)).subarray(halfLength);
  const taps = window.map((w, n) => w * (n === 0 ? cutoff : Math.sin(Math.PI * cutoff * n) / (Math.PI * n)));
  const gain = taps.reduce((sum, tap, n) => sum + (n === 0 ? tap : 2 * tap), 0);
  return taps.map((tap) => tap / gain);
})();

/** Low-pass at the edge of the signal's own band; zero phase, zeros beyond both ends, the first `length` samples. */
function shapeBandEdge(samples: Float32Array, length: number): Float32Array {
  const reach = EDGE_TAPS.length - 1;
  const padded = new Float64Array(Math.max(samples.length, length) + 2 * reach);
  padded.set(samples, reach);
  return new Float32Array(length).map((_, i) => {
    const centre = i + reach;
    let sum = EDGE_TAPS[0]! * padded[centre]!;
    for (let n = 1; n <= reach; n++) sum += EDGE_TAPS[n]! * (padded[centre - n]! + padded[centre + n]!);
    return sum;
  });
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

/** The last pair's converter is kept (a corpus has one rate); each holds 8 MB of buffers. */
let latest: RatePair | undefined;

async function converterFor(fromRateHz: number, toRateHz: number): Promise<RatePair> {
  if (latest?.fromRateHz !== fromRateHz || latest.toRateHz !== toRateHz) {
    const converterType = libsamplerate.ConverterType.SRC_SINC_BEST_QUALITY;
    const converter = await libsamplerate.create(1, fromRateHz, toRateHz, { converterType });
    latest = { fromRateHz, toRateHz, converter };
  }
  return latest;
}
