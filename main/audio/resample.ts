// Sample rate conversion by libsamplerate (its best sinc filter, compiled to WebAssembly).
import libsamplerate from '@alexanderolsen/libsamplerate-js';

type Converter = Awaited<ReturnType<typeof libsamplerate.create>>;

/** What libsamplerate-js accepts. */
const MAX_RATE_HZ = 192_000;
/** libsamplerate's SRC_MAX_RATIO, both ways. */
const MAX_RATIO = 256;
/** Samples handed over at once; at the largest ratio their output still fits the library's fixed buffers. */
const BLOCK_SAMPLES = 2048;

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
  const output = new Float32Array(Math.ceil((samples.length * toRateHz) / fromRateHz));
  let written = 0;
  const feed = (block: Float32Array): number => {
    const part = converter.full(block).subarray(0, output.length - written);
    output.set(part, written);
    return (written += part.length);
  };
  for (let at = 0; at < samples.length; at += BLOCK_SAMPLES) feed(samples.subarray(at, at + BLOCK_SAMPLES));
  // The filter looks ahead: silence pushes the last samples out of it.
  const silence = new Float32Array(BLOCK_SAMPLES);
  while (written < output.length) feed(silence);
  return output;
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
let latest: { fromRateHz: number; toRateHz: number; converter: Converter } | undefined;

/** A converter in its initial state. It is used without a pause, so callers cannot mix their samples. */
async function converterFor(fromRateHz: number, toRateHz: number): Promise<Converter> {
  if (latest?.fromRateHz !== fromRateHz || latest.toRateHz !== toRateHz) {
    const converterType = libsamplerate.ConverterType.SRC_SINC_BEST_QUALITY;
    const converter = await libsamplerate.create(1, fromRateHz, toRateHz, { converterType });
    latest = { fromRateHz, toRateHz, converter };
  }
  const { converter } = latest;
  // Assigning a rate starts the filter afresh.
  converter.inputSampleRate = fromRateHz;
  return converter;
}
