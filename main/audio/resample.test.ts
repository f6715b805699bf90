// Resampling: length, delay, flat passband, silent stopband.
import { describe, expect, test } from 'vitest';
import { resample, resampleBlocks } from './resample.ts';

const RATES = [
  [48_000, 22_050],
  [44_100, 22_050],
  [24_000, 22_050],
  [16_000, 22_050],
  [8_000, 22_050],
  [22_050, 16_000],
  [192_000, 22_050],
  [11_025, 44_100],
  [22_051, 16_000],
] as const;

function tone(hz: number, sampleRateHz: number, length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * i) / sampleRateHz));
}

function decibels(ratio: number): number {
  return 20 * Math.log10(ratio);
}

function bytesOf(samples: Float32Array): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}

/** Root mean square without the edges, where the tone begins and ends. */
function rms(samples: Float32Array): number {
  const middle = samples.subarray(2000, -2000);
  return Math.sqrt(middle.reduce((sum, value) => sum + value * value, 0) / middle.length);
}

test('equal rates give the input itself', () => {
  const samples = tone(100, 22_050, 50);
  expect(resample(samples, 22_050, 22_050)).toBe(samples);
});

test.each([1, 2, 100, 511, 30_001])('%i samples become ceil(samples x ratio)', (length) => {
  for (const [from, to] of RATES) {
    expect(resample(new Float32Array(length), from, to)).toHaveLength(Math.ceil((length * to) / from));
  }
});

describe.each(RATES)('%i to %i Hz', (from, to) => {
  const lowerNyquistHz = Math.min(from, to) / 2;

  test.each([0.01, 0.3, 0.6, 0.9])('a tone at %f of the band keeps its level and its time', (part) => {
    const hz = part * lowerNyquistHz;
    const output = resample(tone(hz, from, from), from, to);
    const expected = tone(hz, to, output.length);
    const error = rms(output.map((value, i) => value - expected[i]!));
    expect(decibels(error / rms(expected))).toBeLessThan(-110);
  });

  test('tones beyond the lower band are gone', () => {
    if (from < to) return;
    for (const part of [1.002, 1.01, 1.05, 1.3]) {
      const hz = part * lowerNyquistHz;
      if (hz >= from / 2) continue;
      expect(decibels(rms(resample(tone(hz, from, from), from, to)) / 0.35)).toBeLessThan(-120);
    }
  });
});

test('a second signal knows nothing of the first, and long ones are whole', () => {
  const long = tone(440, 48_000, 1_200_000);
  const first = resample(long, 48_000, 22_050);
  expect(first).toHaveLength(Math.ceil((1_200_000 * 22_050) / 48_000));
  const expected = tone(440, 22_050, first.length);
  expect(rms(first.map((value, i) => value - expected[i]!))).toBeLessThan(1e-4);
  const short = resample(tone(440, 48_000, 500), 48_000, 22_050);
  resample(long.subarray(0, 100_000), 48_000, 22_050);
  expect(resample(tone(440, 48_000, 500), 48_000, 22_050)).toEqual(short);
});

test('a signal in blocks gives the same values, and two that take turns do not mix', () => {
  const inputs = [100, 700].map((hz) => tone(hz, 24_000, 60_000));
  const whole = inputs.map((input) => resample(input, 24_000, 22_050));
  const streams = inputs.map((input, i) => resampleBlocks(cut(input, 777 + 5000 * i), 24_000, 22_050));
  const parts: Float32Array[][] = [[], []];
  for (let ended = 0; ended < 2;) {
    ended = 0;
    streams.forEach((stream, i) => {
      const { done, value } = stream.next();
      if (done) ended++;
      else parts[i]!.push(value.slice());
    });
  }
  expect(parts[0]!.length).toBeGreaterThan(1);
  parts.forEach((blocks, i) => {
    const joined = Float32Array.from(blocks.flatMap((block) => [...block]));
    expect(Buffer.compare(bytesOf(joined), bytesOf(whole[i]!))).toBe(0);
  });
});

function* cut(samples: Float32Array, length: number): Generator<Float32Array> {
  for (let at = 0; at < samples.length; at += length) yield samples.subarray(at, at + length);
}

test.each([
  [0, 22_050],
  [1_000_000, 22_050],
  [1, 22_050],
  [22_050.5, 22_050],
])('%d to %d Hz is refused', (from, to) => {
  expect(() => resample(new Float32Array(10), from, to)).toThrow(RangeError);
});
