// Resampling: length, delay, flat passband, silent stopband.
import { describe, expect, test } from 'vitest';
import { resample } from './resample.ts';

const RATES = [
  [48_000, 22_050],
  [44_100, 22_050],
  [24_000, 22_050],
  [16_000, 22_050],
  [8_000, 22_050],
  [22_050, 16_000],
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

test('equal rates give the input itself', async () => {
  const samples = tone(100, 22_050, 50);
  expect(await resample(samples, 22_050, 22_050)).toBe(samples);
});

test.each([1, 2, 100, 511, 30_001])('%i samples become ceil(samples x ratio)', async (length) => {
  for (const [from, to] of RATES) {
    expect(await resample(new Float32Array(length), from, to)).toHaveLength(Math.ceil((length * to) / from));
  }
});

describe.each(RATES)('%i to %i Hz', (from, to) => {
  const lowerNyquistHz = Math.min(from, to) / 2;

  test.each([0.01, 0.3, 0.6, 0.9])('a tone at %f of the band keeps its level and its time', async (part) => {
    const hz = part * lowerNyquistHz;
    const output = await resample(tone(hz, from, from), from, to);
    const expected = tone(hz, to, output.length);
    const error = rms(output.map((value, i) => value - expected[i]!));
    expect(decibels(error / rms(expected))).toBeLessThan(-80);
  });

  test('tones beyond the lower band are gone', async () => {
    if (from < to) return;
    for (const part of [1.01, 1.05, 1.3]) {
      const hz = part * lowerNyquistHz;
      if (hz >= from / 2) continue;
      expect(decibels(rms(await resample(tone(hz, from, from), from, to)) / 0.35)).toBeLessThan(-90);
    }
  });
});

test('a second signal knows nothing of the first, and long ones are whole', async () => {
  const long = tone(440, 48_000, 1_200_000);
  const first = await resample(long, 48_000, 22_050);
  expect(first).toHaveLength(Math.ceil((1_200_000 * 22_050) / 48_000));
  const expected = tone(440, 22_050, first.length);
  expect(rms(first.map((value, i) => value - expected[i]!))).toBeLessThan(1e-4);
  const short = await resample(tone(440, 48_000, 500), 48_000, 22_050);
  await resample(long.subarray(0, 100_000), 48_000, 22_050);
  expect(await resample(tone(440, 48_000, 500), 48_000, 22_050)).toEqual(short);
});

test('signals resampled at the same time do not mix', async () => {
  const inputs = [100, 700, 3000].map((hz) => tone(hz, 24_000, 5000));
  const apart: Float32Array[] = [];
  for (const input of inputs) apart.push(await resample(input, 24_000, 22_050));
  const together = await Promise.all(inputs.map((input) => resample(input, 24_000, 22_050)));
  expect(together.map((output, i) => Buffer.compare(bytesOf(output), bytesOf(apart[i]!)))).toEqual([0, 0, 0]);
});

test.each([
  [0, 22_050],
  [1_000_000, 22_050],
  [1, 22_050],
  [22_050.5, 22_050],
])('%d to %d Hz is refused', async (from, to) => {
  await expect(resample(new Float32Array(10), from, to)).rejects.toThrow(RangeError);
});
