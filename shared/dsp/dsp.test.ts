// The building blocks against their definitions; the whole chain is held against librosa in scripts/golden.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLASSIC_RECIPE } from '../recipe/recipe.ts';
import { dctMatrix } from './dct.ts';
import { powerToDb } from './decibel.ts';
import { DspError } from './dspError.ts';
import { createExtractor } from './extractor.ts';
import { createPowerSpectrum } from './fft.ts';
import { fitFrames } from './matrix.ts';
import { hzToMel, melFilterBank, melToHz } from './mel.ts';
import { createStft } from './stft.ts';
import { hannWindow, kaiserWindow } from './window.ts';

const SPEC = CLASSIC_RECIPE.features;

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof DspError) return error.code;
    throw error;
  }
  return 'no error';
}

test('Hann is periodic: it ends one step before zero', () => {
  const window = hannWindow(8);
  expect(window[0]).toBe(0);
  expect(window[4]).toBe(1);
  expect(window[7]).toBeCloseTo(window[1]!, 15);
});

test('Kaiser is numpy.kaiser(7, 5.0)', () => {
  const half = [0.036710892271286676, 0.3282019573723212, 0.7753221044454067];
  const window = kaiserWindow(7, 5);
  [...half, 1, ...half.reverse()].forEach((value, n) => expect(window[n]).toBeCloseTo(value, 12));
});

describe('FFT', () => {
  /** |X[k]|^2 by the definition of the discrete Fourier transform. */
  function slowPower(frame: Float64Array): number[] {
    return Array.from({ length: frame.length / 2 + 1 }, (_, k) => {
      let re = 0;
      let im = 0;
      frame.forEach((value, n) => {
        const angle = (2 * Math.PI * ((k * n) % frame.length)) / frame.length;
        re += value * Math.cos(angle);
        im -= value * Math.sin(angle);
      });
      return re * re + im * im;
    });
  }

  test.each([2, 4, 8, 16, 32, 64, 256, 512])('of length %i is the transform by its definition', (length) => {
    const transform = createPowerSpectrum(length);
    const value = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: length, maxLength: length }), (values) => {
        const frame = Float64Array.from(values);
        const power = new Float64Array(length / 2 + 1);
        transform(frame, power);
        const expected = slowPower(Float64Array.from(values));
        power.forEach((x, k) => expect(Math.abs(x - expected[k]!)).toBeLessThan(1e-10 * length));
        expect([...frame]).toEqual(values);
      }),
      { numRuns: 20 },
    );
  });

  test('keeps energy (Parseval) at the recipe’s length', () => {
    const length = 2048;
    const frame = Float64Array.from({ length }, (_, n) => ((n * 7919) % 1000) / 500 - 1);
    const power = new Float64Array(length / 2 + 1);
    createPowerSpectrum(length)(frame, power);
    const inner = power.subarray(1, -1).reduce((sum, x) => sum + 2 * x, power[0]! + power.at(-1)!);
    const energy = frame.reduce((sum, x) => sum + x * x, 0);
    expect(inner / length / energy).toBeCloseTo(1, 12);
  });

  test.each([0, 1, 3, 1000, 2.5])('length %d is refused', (length) => {
    expect(codeOf(() => createPowerSpectrum(length))).toBe('bad-spec');
  });
});

describe('mel', () => {
  test('points of the Slaney scale', () => {
    expect(hzToMel(0)).toBe(0);
    expect(hzToMel(500)).toBeCloseTo(7.5, 12);
    expect(hzToMel(1000)).toBeCloseTo(15, 12);
    // 27 logarithmic steps lead from 1000 to 6400 Hz.
    expect(hzToMel(6400)).toBeCloseTo(42, 12);
  });

  test('there and back', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 96_000, noNaN: true }), (hz) => {
        expect(melToHz(hzToMel(hz))).toBeCloseTo(hz, 6);
      }),
    );
  });

  test('wide bands have unit area in Hz, and neighbours share their edges', () => {
    const settings = { sampleRateHz: 22_050, nFft: 2048, mels: 40, fMinHz: 0, fMaxHz: 11_025 };
    const bands = melFilterBank(settings);
    const binHz = settings.sampleRateHz / settings.nFft;
    for (const { weights } of bands.slice(20)) {
      expect(weights.reduce((sum, weight) => sum + weight * binHz, 0)).toBeCloseTo(1, 2);
    }
    bands.slice(1).forEach(({ firstBin }, i) => expect(firstBin).toBeGreaterThan(bands[i]!.firstBin));
    expect(Math.max(...bands.map(({ firstBin, weights }) => firstBin + weights.length))).toBeLessThanOrEqual(
      1025,
    );
  });

  test('a band narrower than a bin is empty, not an error', () => {
    const bands = melFilterBank({ sampleRateHz: 8000, nFft: 64, mels: 128, fMinHz: 0, fMaxHz: 4000 });
    expect(bands.some(({ weights }) => weights.length === 0)).toBe(true);
  });
});

test('the DCT is orthonormal', () => {
  const size = 16;
  const dct = dctMatrix(size, size);
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < size; b++) {
      let product = 0;
      for (let n = 0; n < size; n++) product += dct[a * size + n]! * dct[b * size + n]!;
      expect(product).toBeCloseTo(a === b ? 1 : 0, 12);
    }
  }
});

test('decibels have a floor below the array’s own peak, and amin below that', () => {
  const loud = Float64Array.of(1000, 1, 1e-9, 0);
  powerToDb(loud, { amin: 1e-10, topDb: 80 });
  expect([...loud].map((value) => Math.round(value * 1e9) / 1e9)).toEqual([30, 0, -50, -50]);
  const silent = Float64Array.of(0, 0);
  powerToDb(silent, { amin: 1e-10, topDb: 80 });
  expect([...silent]).toEqual([-100, -100]);
});

describe('frames', () => {
  test.each([
    [1, 1],
    [511, 1],
    [512, 2],
    [44_100, 87],
  ])('%i samples give %i', (samples, frames) => {
    expect(createStft({ nFft: 2048, hopLength: 512, window: 'double' }).frameCount(samples)).toBe(frames);
    expect(createExtractor(SPEC)(new Float32Array(samples).fill(0.1)).frames).toBe(frames);
  });

  test('are centred: an impulse is strongest in the frame on it', () => {
    const stft = createStft({ nFft: 64, hopLength: 16, window: 'double' });
    const signal = new Float32Array(160);
    signal[80] = 1;
    const energies = Array.from({ length: stft.frameCount(160) }, (_, frame) => {
      const power = new Float64Array(stft.bins);
      stft.analyse(signal, frame, power);
      return power.reduce((sum, x) => sum + x, 0);
    });
    expect(energies.indexOf(Math.max(...energies))).toBe(5);
    // The periodic window is 1 at its centre: a flat spectrum of ones there, nothing two half frames away.
    expect(energies[5]).toBeCloseTo(stft.bins, 10);
    expect(energies[3]).toBe(0);
    expect(energies[8]).toBe(0);
  });
});

describe('MFCC', () => {
  const tone = (length: number, hz: number): Float32Array =>
    Float32Array.from({ length }, (_, i) => 0.3 * Math.sin((2 * Math.PI * hz * i) / SPEC.sampleRateHz));

  test('buffers carry nothing from one signal to the next', () => {
    const extract = createExtractor(SPEC);
    const long = extract(tone(30_000, 300));
    const kept = long.values.slice();
    const short = extract(tone(5000, 1500));
    expect(short).toEqual(createExtractor(SPEC)(tone(5000, 1500)));
    expect(long.values).toEqual(kept);
    expect(extract(tone(30_000, 300)).values).toEqual(kept);
  });

  test('signals without features are named', () => {
    const extract = createExtractor(SPEC);
    expect(codeOf(() => extract(new Float32Array(0)))).toBe('empty-signal');
    expect(codeOf(() => extract(Float32Array.of(0, NaN)))).toBe('non-finite-signal');
    expect(codeOf(() => extract(Float32Array.of(0, Infinity)))).toBe('non-finite-signal');
  });

  test('specifications without features are named', () => {
    expect(codeOf(() => createExtractor({ ...SPEC, mels: 12 }))).toBe('bad-spec');
    expect(codeOf(() => createExtractor({ ...SPEC, fMinHz: 12_000 }))).toBe('bad-spec');
    expect(codeOf(() => createExtractor({ ...SPEC, nFft: 2000 }))).toBe('bad-spec');
  });
});

describe('fitFrames', () => {
  const matrix = { frames: 3, coefficients: 2, values: Float32Array.of(1, 2, 3, 4, 5, 6) };

  test.each([
    { frames: 5, values: [1, 2, 3, 4, 5, 6, 0, 0, 0, 0], padded: 2, cut: 0 },
    { frames: 2, values: [1, 2, 3, 4], padded: 0, cut: 1 },
    { frames: 3, values: [1, 2, 3, 4, 5, 6], padded: 0, cut: 0 },
  ])('to $frames frames', ({ frames, values, padded, cut }) => {
    const fitted = fitFrames(matrix, frames);
    expect(fitted).toEqual({ frames, coefficients: 2, values: Float32Array.from(values), padded, cut });
    expect(fitted.values.buffer).not.toBe(matrix.values.buffer);
  });
});
