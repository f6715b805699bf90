// Tests of where windows lie and of what is said of them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLASSIC_RECIPE } from '../../shared/recipe/recipe.ts';
import { MOST_WINDOWS, paddedFrames, planWindows, windowFeatures, windowInWords } from './windows.ts';

const spec = CLASSIC_RECIPE.features;
/** 39 hops of 512 samples: exactly 40 centred frames. */
const FULL = 39 * 512;

describe('planWindows', () => {
  it('fills the input of the classic recipe to the frame', async () => {
    const plan = planWindows(FULL, spec);
    expect(plan).toEqual({ windowSamples: FULL, hopSamples: 0, starts: [0] });
    expect(paddedFrames(plan, spec)).toBe(0);
    const [features] = await windowFeatures(new Float32Array(FULL).fill(0.1), plan, spec);
    expect(features).toMatchObject({ frames: 40, coefficients: 13 });
  });

  it('covers a sound from its first to its last sample, no further apart than asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000_000 }),
        fc.double({ min: 0.02, max: 2, noNaN: true }),
        (samples, hop) => {
          const { starts, windowSamples } = planWindows(samples, spec, hop);
          expect(starts[0]).toBe(0);
          expect(starts.at(-1)! + windowSamples).toBe(samples);
          expect(starts.length).toBeLessThanOrEqual(MOST_WINDOWS);
          if (starts.length === MOST_WINDOWS) return;
          for (const [i, start] of starts.slice(1).entries()) {
            expect(start - starts[i]!).toBeLessThanOrEqual(Math.ceil(hop * spec.sampleRateHz) + 1);
          }
        },
      ),
    );
  });
});

describe('windowInWords', () => {
  it('says what a window is where it fills the input, where it cannot, and for a short sound', () => {
    expect(windowInWords(planWindows(3 * 22_050, spec), spec)).toBe(
      'A window is 0.91 s, the 40 frames that the network takes, heard as a clip of its own; the next begins 0.10 s later.',
    );
    const long = { ...spec, frames: 200 };
    expect(windowInWords(planWindows(5 * 22_050, long), long)).toContain(
      'A window is 3.00 s of sound, heard as a clip of its own; the other 70 of its 200 frames are zeros',
    );
    expect(windowInWords(planWindows(11_025, spec), spec)).toBe(
      "The sound is 0.50 s long, shorter than the network's input: it is one window, and the other 18 of its 40 frames are zeros, as in a short clip.",
    );
  });
});

it('has no answer where a stretch has no features', async () => {
  const deltas = { ...spec, tracks: [{ type: 'mfcc' as const, coefficients: 13, deltas: 1 as const }] };
  const plan = planWindows(1000, deltas);
  expect(await windowFeatures(new Float32Array(1000).fill(0.1), plan, deltas)).toEqual([null]);
});
