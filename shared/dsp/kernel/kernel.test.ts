// The kernel beside the plain TypeScript it stands in for.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLASSIC_RECIPE } from '../../recipe/recipe.ts';
import type { FeatureSpec } from '../../recipe/recipe.ts';
import { createExtractor } from '../extractor.ts';
import { createStft } from '../stft.ts';
import { hannWindow } from '../window.ts';
import { createPowerKernel } from './kernel.ts';
import { featurePath } from './analysis.ts';
import { createFastExtractor } from './extractor.ts';

const SPEC = CLASSIC_RECIPE.features;
const WITH_SAMPLES: FeatureSpec['tracks'] = [
  { type: 'rms' },
  { type: 'log-mel' },
  { type: 'f0', fMinHz: 65, fMaxHz: 2000 },
  { type: 'mfcc', coefficients: 20, deltas: 1 },
  { type: 'zero-crossing-rate' },
];
/** Half of what is allowed beside librosa, in the units of the coefficients. */
const MAX_DIFFERENCE = 5e-4;

/** Seeded noise and a sweep whose loudness changes with time. */
function sound(samples: number, seed = 1, gain = 0.2): Float32Array {
  let state = seed;
  return Float32Array.from({ length: samples }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    const envelope = 0.5 + 0.5 * Math.sin(i * 3e-4);
    return gain * envelope * (Math.sin(i * i * 1e-6) + (0.02 * state) / 2 ** 31);
  });
}

function greatestGap(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((gap, value, i) => Math.max(gap, Math.abs(value - b[i]!)), 0);
}

test('this machine has SIMD, and settings beyond float32 say that they go without', () => {
  expect(featurePath(SPEC)).toBe('simd');
  expect(featurePath({ ...SPEC, nFft: 16 })).toBe('typescript');
  expect(featurePath({ ...SPEC, amin: 1e-40 })).toBe('typescript');
  expect(featurePath({ ...SPEC, hopLength: 1e9 })).toBe('typescript');
});

describe('power spectra', () => {
  test.each([32, 64, 128, 256, 512, 1024, 2048, 4096, 8192])('of %i points', (nFft) => {
    const hopLength = nFft / 4 + 1;
    const stft = createStft({ nFft, hopLength, window: 'single' });
    const kernel = createPowerKernel({ nFft, hopLength, window: hannWindow(nFft).map(Math.fround) })!;
    const signal = sound(3 * nFft + 17);
    const frames = stft.frameCount(signal.length);
    const power = new Float32Array(frames * stft.bins);
    kernel.powerFrames(signal, 0, frames, power);
    const expected = new Float64Array(stft.bins);
    for (let frame = 0; frame < frames; frame++) {
      stft.analyse(signal, frame, expected);
      const peak = expected.reduce((most, value) => Math.max(most, value));
      const gaps = expected.map((value, bin) => Math.abs(value - power[frame * stft.bins + bin]!));
      expect(Math.max(...gaps) / peak).toBeLessThan(2e-6);
    }
  });

  test('a stretch from the middle is that stretch, silence is zeros', () => {
    const settings = { nFft: 512, hopLength: 100, window: hannWindow(512).map(Math.fround) };
    const kernel = createPowerKernel(settings)!;
    const signal = sound(5000);
    signal.fill(0, 0, 2000);
    const whole = new Float32Array(51 * 257);
    kernel.powerFrames(signal, 0, 51, whole);
    const part = new Float32Array(7 * 257);
    kernel.powerFrames(signal, 21, 7, part);
    expect(part).toEqual(whole.slice(21 * 257, 28 * 257));
    expect(whole.subarray(0, 17 * 257).every((value) => value === 0)).toBe(true);
  });
});

describe('MFCC', () => {
  const fast = createFastExtractor(SPEC);
  const plain = createExtractor(SPEC);

  test.each([
    ['nothing but silence', new Float32Array(30_000)],
    ['one sample', Float32Array.of(0.5)],
    ['one sample of silence', Float32Array.of(0)],
    ['less than a frame', sound(700)],
    ['a constant', new Float32Array(30_000).fill(0.5)],
    [
      'silence, then sound',
      Float32Array.from({ length: 30_000 }, (_, i) => (i < 20_000 ? 0 : 0.3 * Math.sin(i))),
    ],
    ['clipped', sound(30_000, 3, 100).map((value) => Math.max(-1, Math.min(1, value)))],
    ['very quiet', sound(30_000, 4, 1e-5)],
    ['very loud', sound(30_000, 5, 1e6)],
    ['more than one block, the last not full', sound(300_000)],
    ['a block and one frame', sound(256 * 512)],
  ])('%s', (_, signal) => {
    expect(greatestGap(fast(signal).values, plain(signal).values)).toBeLessThan(MAX_DIFFERENCE);
  });

  test('powers beyond float32 are those of the reference', () => {
    const signal = sound(5000, 1, 1e25);
    expect(fast(signal)).toEqual(plain(signal));
  });

  test.each([0, 1, 511, 40_000, 40_959])('a sample %i that is no number is refused', (at) => {
    for (const value of [NaN, -NaN, Infinity, -Infinity]) {
      const signal = sound(40_960);
      signal[at] = value;
      expect(() => fast(signal)).toThrow(`sample ${at} is not a finite number`);
    }
  });

  test('a sample that is no number between frames that do not touch is refused', () => {
    const signal = sound(5000);
    signal[1000] = NaN;
    expect(() => createFastExtractor({ ...SPEC, nFft: 512, hopLength: 2000 })(signal)).toThrow('sample 1000');
  });

  test('a clip leaves nothing behind for the next', () => {
    const signal = sound(10_000);
    const before = fast(signal);
    fast(sound(200_000, 9));
    expect(fast(signal)).toEqual(before);
  });

  test.each<[string, Partial<FeatureSpec>]>([
    ['deltas', { tracks: [{ type: 'mfcc', coefficients: 13, deltas: 2 }] }],
    ['mel bands', { tracks: [{ type: 'log-mel' }] }],
    ['both, and features of the samples', { tracks: WITH_SAMPLES }],
    ['silence trimmed', { trimTopDb: 30 }],
    ['normalised over the utterance', { normalise: 'utterance' }],
  ])('%s: by the kernel too', (_, change) => {
    const spec = { ...SPEC, ...change };
    expect(featurePath(spec)).toBe('simd');
    for (const signal of [sound(30_000), sound(300_000, 2)]) {
      const [fast, plain] = [createFastExtractor(spec)(signal), createExtractor(spec)(signal)];
      expect(fast.coefficients).toBe(plain.coefficients);
      expect(greatestGap(fast.values, plain.values)).toBeLessThan(MAX_DIFFERENCE);
    }
  });

  test.each<[string, Partial<FeatureSpec>]>([
    ['another spectrum', { tracks: [...SPEC.tracks, { type: 'centroid' }] }],
    ['no mel bands', { tracks: [{ type: 'rms' }] }],
    ['two cosine transforms', { tracks: [...SPEC.tracks, ...SPEC.tracks] }],
  ])('%s: the plain extractor', (_, change) => {
    const spec = { ...SPEC, ...change };
    const signal = sound(30_000);
    expect(featurePath(spec)).toBe('typescript');
    expect(createFastExtractor(spec)(signal)).toEqual(createExtractor(spec)(signal));
  });

  test('any specification', () => {
    const specs = fc.record({
      nFft: fc.constantFrom(32, 64, 256, 1024, 2048),
      hopLength: fc.integer({ min: 1, max: 900 }),
      mels: fc.integer({ min: 1, max: 130 }),
      coefficients: fc.integer({ min: 1, max: 40 }),
      sampleRateHz: fc.constantFrom(8000, 22_050, 48_000),
      topDb: fc.constantFrom(20, 80),
      samples: fc.integer({ min: 1, max: 4000 }),
    });
    fc.assert(
      fc.property(specs, ({ samples, coefficients, ...some }) => {
        const spec: FeatureSpec = {
          ...SPEC,
          ...some,
          tracks: [{ type: 'mfcc', coefficients: Math.min(some.mels, coefficients), deltas: 0 }],
        };
        const signal = sound(samples, samples);
        const plain = createExtractor(spec)(signal).values;
        // More mel bands than bins give coefficients of hundreds; a few may all be near 0, of decibels that are not.
        const scale = plain.reduce((most, value) => Math.max(most, Math.abs(value)), some.topDb);
        expect(greatestGap(createFastExtractor(spec)(signal).values, plain) / scale).toBeLessThan(1e-5);
      }),
      { numRuns: 60 },
    );
  });
});
