// What each feature is by its definition, and where there is none; librosa's numbers are in scripts/golden.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnNames } from '../recipe/columns.ts';
import { FEATURE_PRESETS, featureSpecSchema } from '../recipe/recipe.ts';
import type { FeatureSpec } from '../recipe/recipe.ts';
import { roundHalfToEven } from './contrast.ts';
import { writeDelta } from './delta.ts';
import { DspError } from './dspError.ts';
import { createExtractor } from './extractor.ts';
import type { Matrix } from './matrix.ts';
import { columnStatistics, fitNormalisation, standardise, statisticsFor } from './normalise.ts';
import { createPitchDecoder } from './pitchDecoder.ts';
import type { PitchObservation } from './pitchDecoder.ts';

const RATE_HZ = 22_050;

function spec(track: { type: string; [setting: string]: unknown }, others: object = {}): FeatureSpec {
  return featureSpecSchema.parse({ ...others, tracks: [track] });
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof DspError) return error.code;
    throw error;
  }
  return 'no error';
}

const tone = (hz: number, length = RATE_HZ): Float32Array =>
  Float32Array.from({ length }, (_, i) => 0.3 * Math.sin((2 * Math.PI * hz * i) / RATE_HZ));

function column({ frames, coefficients, values }: Matrix, index: number): number[] {
  return Array.from({ length: frames }, (_, frame) => values[frame * coefficients + index]!);
}

/** Frames whose window lies inside the signal. */
const inner = (values: number[]): number[] => values.slice(3, -3);

test('as many columns as names, no name twice, and all of them numbers', () => {
  const all = FEATURE_PRESETS.get('all')!;
  const names = columnNames(all);
  expect(new Set(names).size).toBe(names.length);
  const matrix = createExtractor(all)(tone(300, 8000));
  expect(matrix.coefficients).toBe(names.length);
  expect(matrix.values.every(Number.isFinite)).toBe(true);
});

test('buffers carry nothing from one signal to the next', () => {
  const all = FEATURE_PRESETS.get('all')!;
  const extract = createExtractor(all);
  const long = extract(tone(300, 20_000));
  expect(extract(tone(900, 6000))).toEqual(createExtractor(all)(tone(900, 6000)));
  expect(extract(tone(300, 20_000))).toEqual(long);
});

describe('by definition', () => {
  test('the level of a tone and its zero crossings', () => {
    const level = createExtractor(spec({ type: 'rms' }))(tone(441));
    for (const value of inner(column(level, 0))) expect(value).toBeCloseTo(0.3 / Math.SQRT2, 3);
    const crossings = createExtractor(spec({ type: 'zero-crossing-rate' }))(tone(441));
    for (const value of inner(column(crossings, 0))) expect(value).toBeCloseTo((2 * 441) / RATE_HZ, 3);
  });

  test('centroid and roll-off of a tone are at it, and it is anything but flat', () => {
    // In the middle of bin 100.
    const hz = (100 * RATE_HZ) / 2048;
    for (const type of ['centroid', 'rolloff']) {
      for (const value of inner(column(createExtractor(spec({ type }))(tone(hz)), 0))) {
        expect(Math.abs(value - hz)).toBeLessThan(RATE_HZ / 2048 + 1);
      }
    }
    for (const value of inner(column(createExtractor(spec({ type: 'flatness' }))(tone(hz)), 0))) {
      expect(value).toBeLessThan(1e-3);
    }
    const silent = createExtractor(spec({ type: 'flatness' }))(new Float32Array(4000));
    expect(new Set(silent.values)).toEqual(new Set([1]));
  });

  test('the chroma of an A is an A', () => {
    const matrix = createExtractor(spec({ type: 'chroma' }))(tone(440));
    const names = columnNames(spec({ type: 'chroma' }));
    for (let frame = 3; frame < matrix.frames - 3; frame++) {
      const row = [...matrix.values.subarray(frame * 12, (frame + 1) * 12)];
      expect(names[row.indexOf(Math.max(...row))]).toBe('chroma_A');
    }
  });

  test('F0 of a glide follows it, and noise has none', () => {
    const glide = Float32Array.from({ length: RATE_HZ }, (_, i) => {
      const seconds = i / RATE_HZ;
      const turns = 120 * seconds + 40 * seconds ** 2;
      return [1, 2, 3, 4].reduce((sum, k) => sum + (0.3 / k) * Math.sin(2 * Math.PI * k * turns), 0);
    });
    const matrix = createExtractor(spec({ type: 'f0' }))(glide);
    inner(column(matrix, 0)).forEach((hz, i) => {
      const seconds = ((i + 3) * 512) / RATE_HZ;
      expect(Math.abs(hz / (120 + 80 * seconds) - 1)).toBeLessThan(0.02);
    });
    let state = 1;
    const noise = Float32Array.from({ length: RATE_HZ }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32 - 0.5;
    });
    const voiced = column(createExtractor(spec({ type: 'f0' }))(noise), 1);
    expect(voiced.filter((flag) => flag === 1).length).toBeLessThan(voiced.length / 4);
  });

  test('deltas of a line are its slope, second deltas of a parabola its curvature, up to the ends', () => {
    fc.assert(
      fc.property(fc.integer({ min: 9, max: 40 }), fc.integer({ min: -5, max: 5 }), (frames, a) => {
        const values = Float32Array.from({ length: 4 * frames }, (_, i) => {
          const t = Math.floor(i / 4);
          return [a * t + 3, 0, (a / 2) * t * t - t, 0][i % 4]!;
        });
        const clip = { samples: new Float32Array(0), frames, target: { values, stride: 4, column: 0 } };
        writeDelta(clip, 0, 1, 1);
        writeDelta(clip, 2, 3, 2);
        for (let frame = 0; frame < frames; frame++) {
          expect(values[4 * frame + 1]).toBeCloseTo(a, 4);
          expect(values[4 * frame + 3]).toBeCloseTo(a, 3);
        }
      }),
    );
  });

  test('half goes to the even neighbour', () => {
    expect([0.5, 1.5, 2.5, 2.4999, 3.7].map(roundHalfToEven)).toEqual([0, 2, 2, 2, 4]);
  });
});

describe('where there is no feature, the error has a name', () => {
  test.each([
    { track: { type: 'contrast' }, settings: { sampleRateHz: 8000 }, code: 'above-nyquist' },
    { track: { type: 'contrast' }, settings: { nFft: 64 }, code: 'bad-spec' },
    { track: { type: 'f0' }, settings: { sampleRateHz: 4000 }, code: 'above-nyquist' },
    { track: { type: 'f0' }, settings: { sampleRateHz: 192_000 }, code: 'frame-too-short' },
    { track: { type: 'f0', fMinHz: 500, fMaxHz: 400 }, settings: {}, code: 'bad-spec' },
    { track: { type: 'mfcc', coefficients: 20 }, settings: { mels: 12 }, code: 'bad-spec' },
    { track: { type: 'log-mel' }, settings: { fMinHz: 12_000 }, code: 'bad-spec' },
  ])('$code: $track.type with $settings', ({ track, settings, code }) => {
    expect(codeOf(() => createExtractor(spec(track, settings)))).toBe(code);
  });

  test('deltas of a short clip', () => {
    const extract = createExtractor(spec({ type: 'mfcc', deltas: 1 }));
    expect(codeOf(() => extract(tone(300, 4095)))).toBe('too-few-frames');
    expect(codeOf(() => extract(tone(300, 4096)))).toBe('no error');
  });
});

describe('the pitch decoder', () => {
  /** Viterbi by its definition, every state from every state. */
  function slowDecode(observations: readonly PitchObservation[], bins: number, width: number): number[] {
    const half = (width - 1) / 2;
    const weight = (from: number, to: number): number => Math.max(0, half + 1 - Math.abs(from - to));
    const states = Array.from({ length: 2 * bins }, (_, state) => state);
    const total = (from: number): number =>
      states.slice(0, bins).reduce((sum, to) => sum + weight(from, to), 0);
    const log = (p: number): number => Math.log(p + 2 ** -1022);
    const transition = (from: number, to: number): number => {
      const voicing = from < bins === to < bins ? 0.99 : 0.01;
      return log((voicing * weight(from % bins, to % bins)) / total(from % bins));
    };
    const emission = ({ candidates, voiced }: PitchObservation, state: number): number =>
      log(state < bins ? (candidates.get(state) ?? 0) : (1 - voiced) / bins);
    let values = states.map((state) => Math.log(1 / states.length) + emission(observations[0]!, state));
    const back = observations.slice(1).map((observation) => {
      const before = values;
      const from = states.map((to) =>
        states.reduce(
          (best, k) => (before[k]! + transition(k, to) > before[best]! + transition(best, to) ? k : best),
          0,
        ),
      );
      values = states.map((to) => before[from[to]!]! + transition(from[to]!, to) + emission(observation, to));
      return from;
    });
    const path = [values.indexOf(Math.max(...values))];
    for (const from of back.toReversed()) path.unshift(from[path[0]!]!);
    return path.map((state) => (state < bins ? state : -1));
  }

  const observation = fc
    .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.double({ min: 0.01, max: 0.3, noNaN: true })), {
      maxLength: 3,
      selector: ([bin]) => bin,
    })
    .map((pairs): PitchObservation => {
      const candidates = new Map(pairs);
      return { candidates, voiced: [...candidates.values()].reduce((sum, p) => sum + p, 0) };
    });

  test('finds the path that trying every step finds', () => {
    fc.assert(
      fc.property(fc.array(observation, { minLength: 1, maxLength: 12 }), (observations) => {
        const decode = createPitchDecoder({ pitchBins: 7, width: 3 });
        expect([...decode(observations)]).toEqual(slowDecode(observations, 7, 3));
      }),
    );
  });

  test('keeps to it over more frames than it holds the way back of', () => {
    const observations = Array.from({ length: 5000 }, (_, i): PitchObservation => {
      const unvoiced = Math.floor(i / 40) % 5 === 4;
      const bin = 3 + Math.round(3 * Math.sin(i / 60));
      return unvoiced
        ? { candidates: new Map(), voiced: 0 }
        : { candidates: new Map([[bin, 0.9]]), voiced: 0.9 };
    });
    const decode = createPitchDecoder({ pitchBins: 7, width: 3 });
    expect([...decode(observations)]).toEqual(slowDecode(observations, 7, 3));
  });
});

describe('normalisation', () => {
  const matrix = (values: number[]): Matrix => ({
    frames: values.length / 2,
    coefficients: 2,
    values: Float32Array.from(values),
  });

  test('over the utterance: mean 0, deviation 1, a constant column 0', () => {
    const extract = createExtractor(spec({ type: 'mfcc' }, { normalise: 'utterance' }));
    const { mean, deviation } = columnStatistics([extract(tone(300).map((x, i) => x * (i % 4000) * 1e-3))]);
    mean.forEach((value) => expect(value).toBeCloseTo(0, 5));
    deviation.forEach((value) => expect(value).toBeCloseTo(1, 5));
    for (const value of extract(new Float32Array(9000)).values) expect(value).toBeCloseTo(0, 9);
  });

  test('over clips: the statistics of their frames together', () => {
    const statistics = columnStatistics([matrix([1, 7, 3, 7]), matrix([5, 7, 7, 7])]);
    expect(statistics).toEqual({ mean: [4, 7], deviation: [Math.sqrt(5), 1] });
    const clip = matrix([4, 8]);
    standardise(clip, statistics);
    expect([...clip.values]).toEqual([0, 1]);
    expect(() => columnStatistics([])).toThrow(RangeError);
  });

  const training = [
    { matrix: matrix([0, 0, 2, 2]), speaker: 'anna' },
    { matrix: matrix([10, 0, 12, 2]), speaker: 'toString' },
    { matrix: matrix([6, 1]), speaker: null },
  ];
  const others = [
    { matrix: matrix([100, 5, 104, 5]), speaker: 'bert' },
    { matrix: matrix([50, 50]), speaker: 'anna' },
    { matrix: matrix([70, 70]), speaker: null },
  ];

  test('a speaker is treated by their training clips, one held out by their own, one never heard by all of training', () => {
    const fitted = fitNormalisation('speaker', training, others);
    expect(statisticsFor(fitted, { speaker: 'anna' }).mean).toEqual([1, 1]);
    expect(statisticsFor(fitted, { speaker: 'toString' }).mean).toEqual([11, 1]);
    expect(statisticsFor(fitted, { speaker: 'bert' })).toEqual({ mean: [102, 5], deviation: [2, 1] });
    for (const speaker of ['carla', 'constructor', null]) {
      expect(statisticsFor(fitted, { speaker })).toBe(fitted.corpus);
    }
    expect(fitted.corpus.mean).toEqual([6, 1]);
    expect(JSON.parse(JSON.stringify(fitted))).toEqual(fitted);
  });

  test('over the corpus, every clip is treated by the training clips', () => {
    const fitted = fitNormalisation('corpus', training, others);
    for (const speaker of ['anna', 'bert', null])
      expect(statisticsFor(fitted, { speaker })).toBe(fitted.corpus);
    expect(fitted).toEqual({ kind: 'corpus', corpus: fitted.corpus, speakers: {} });
    expect(fitted.corpus.mean).toEqual([6, 1]);
  });
});
