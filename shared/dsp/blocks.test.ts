// Features of a signal in blocks are those of the whole signal, to the last bit.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLASSIC_RECIPE, FEATURE_PRESETS, featureSpecSchema } from '../recipe/recipe.ts';
import type { FeatureSpec } from '../recipe/recipe.ts';
import { createBlockExtractor, type BlockSignal } from './blocks.ts';
import { createFastExtractor } from './kernel/extractor.ts';

const CLASSIC = CLASSIC_RECIPE.features;
const ALL = FEATURE_PRESETS.get('all')!;

/** A voice-like glide in noise that comes and goes, silent at both ends. */
function sound(length: number): Float32Array {
  let state = 7;
  return Float32Array.from({ length }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    const t = i / length;
    const level = t < 0.1 || t > 0.9 ? 0 : 0.3 * (1.2 + Math.sin(40 * t));
    return level * (Math.sin(i * (0.03 + 0.02 * t)) + (0.1 * state) / 2 ** 31);
  });
}

/** A signal whose blocks are overwritten once the next is asked for; `opened` counts how often it was heard. */
function inBlocks(samples: Float32Array, lengths: readonly number[]) {
  const signal = {
    opened: 0,
    samples: samples.length,
    *blocks() {
      signal.opened++;
      const block = new Float32Array(Math.max(...lengths));
      for (let at = 0, i = 0; at < samples.length; i++) {
        const count = Math.min(samples.length - at, lengths[i % lengths.length]!);
        block.set(samples.subarray(at, at + count));
        yield block.subarray(0, count);
        block.fill(NaN);
        at += count;
      }
    },
  } satisfies BlockSignal & { opened: number };
  return signal;
}

describe('a signal in blocks has the features of the whole', () => {
  test.each<[string, Partial<FeatureSpec>, number]>([
    ['the classic recipe', {}, 1],
    [
      'with deltas and mel bands',
      { tracks: [{ type: 'log-mel' }, { ...CLASSIC.tracks[0]!, deltas: 2 }] as never },
      1,
    ],
    ['trimmed', { trimTopDb: 20 }, 2],
    ['normalised over the utterance', { normalise: 'utterance' }, 1],
    ['beyond the kernel', { amin: 1e-40 }, 1],
    ['of so many frames that their mel bands are not kept', { hopLength: 16 }, 2],
  ])('%s', async (_, change, heard) => {
    const spec = { ...CLASSIC, ...change };
    const samples = sound(700_000);
    const signal = inBlocks(samples, [65_536, 1000, 1]);
    expect(await createBlockExtractor(spec)(signal)).toEqual(createFastExtractor(spec)(samples));
    expect(signal.opened).toBe(heard);
  });

  test('cepstra of mel bands that are not kept are those of mel bands that are', () => {
    const spec = { ...CLASSIC, hopLength: 16 };
    const samples = sound(600_000);
    const alone = createFastExtractor(spec)(samples);
    const kept = createFastExtractor({ ...spec, tracks: [...spec.tracks, { type: 'log-mel' }] })(samples);
    expect(alone.frames).toBe(kept.frames);
    const { coefficients } = alone;
    const differing = alone.values.findIndex(
      (value, i) =>
        value !== kept.values[Math.floor(i / coefficients) * kept.coefficients + (i % coefficients)],
    );
    expect(differing).toBe(-1);
  });

  test('every feature, trimmed: heard for the trimming, the tuning and the features', async () => {
    const spec: FeatureSpec = { ...ALL, trimTopDb: 30 };
    const samples = sound(160_000);
    const signal = inBlocks(samples, [9999]);
    expect(await createBlockExtractor(spec)(signal)).toEqual(createFastExtractor(spec)(samples));
    expect(signal.opened).toBe(3);
  });

  test('signals that are asked for at the same time do not meet', async () => {
    const extract = createBlockExtractor(CLASSIC);
    const signals = [sound(300_000), sound(200_000).map((value) => value / 2), sound(250_000)];
    const matrices = await Promise.all(signals.map((samples) => extract(inBlocks(samples, [5000]))));
    expect(matrices).toEqual(signals.map(createFastExtractor(CLASSIC)));
  });

  test('powers beyond float32 are left to the plain extractor', async () => {
    const samples = sound(5000).map((value) => value * 1e25);
    expect(await createBlockExtractor(CLASSIC)(inBlocks(samples, [777]))).toEqual(
      createFastExtractor(CLASSIC)(samples),
    );
  });

  test('any framing, any blocks, any length', async () => {
    const cases = fc.record({
      nFft: fc.constantFrom(16, 64, 512, 2048),
      hopLength: fc.integer({ min: 1, max: 5000 }),
      trimTopDb: fc.constantFrom(null, 15),
      samples: fc.integer({ min: 1, max: 6000 }),
      stretchSamples: fc.integer({ min: 1, max: 3000 }),
      lengths: fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 4 }),
      tracks: fc.constantFrom(
        [{ type: 'mfcc', coefficients: 5 }],
        [{ type: 'rms' }, { type: 'zero-crossing-rate' }],
        [{ type: 'log-mel' }, { type: 'flatness' }, { type: 'chroma' }],
      ),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ samples: length, lengths, stretchSamples, ...some }) => {
        const spec = featureSpecSchema.parse({ ...some, mels: 20 });
        const samples = sound(length);
        expect(await createBlockExtractor(spec, stretchSamples)(inBlocks(samples, lengths))).toEqual(
          createFastExtractor(spec)(samples),
        );
      }),
      { numRuns: 100 },
    );
  });
});

describe('what cannot be is refused', () => {
  const extract = createBlockExtractor(CLASSIC);

  test('no samples, and samples that are no numbers', async () => {
    await expect(extract(inBlocks(new Float32Array(0), [1]))).rejects.toMatchObject({ code: 'empty-signal' });
    const samples = sound(50_000);
    samples[40_001] = NaN;
    await expect(extract(inBlocks(samples, [4096]))).rejects.toThrow('sample 40001 is not a finite number');
  });

  test.each([-1, 1])('%i samples more than were said', async (more) => {
    const signal = inBlocks(sound(50_000), [4096]);
    signal.samples -= more;
    await expect(extract(signal)).rejects.toThrow(RangeError);
  });
});
