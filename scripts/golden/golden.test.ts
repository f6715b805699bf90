// The classic features beside librosa 0.11, and resampling beside soxr HQ.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resample } from '../../main/audio/resample.ts';
import { decodeWav, encodeWavPcm16, toMono } from '../../main/audio/wav.ts';
import { createExtractor } from '../../shared/dsp/extractor.ts';
import { createFastExtractor } from '../../shared/dsp/kernel/extractor.ts';
import { CLASSIC_RECIPE } from '../../shared/recipe/recipe.ts';
import { compareMatrices, readGoldenClips, testCorpora } from './golden.ts';
import type { GoldenClip } from './golden.ts';
import { goldenSignals } from './signals.ts';

const MAX_DIFFERENCE = 1e-3;
/** Beside another resampler, as a mean over the clip: its filter is near ours, not the same. */
const MAX_MEAN_RESAMPLED = 0.1;

const clips = readGoldenClips();
const corpora = testCorpora();
const signals = new Map(goldenSignals().map((signal) => [signal.name, signal]));
const folders = { emodb: 'emodb/wav', nemo: 'nemo/samples' };

function wavOf({ source, name }: GoldenClip): Uint8Array {
  if (source !== 'synthetic') return readFileSync(join(corpora!, folders[source], `${name}.wav`));
  const { samples, sampleRateHz } = signals.get(name)!;
  return encodeWavPcm16([Float32Array.from(samples, (value) => value / 32768)], sampleRateHz);
}

function spec(sampleRateHz: number): typeof CLASSIC_RECIPE.features {
  return { ...CLASSIC_RECIPE.features, sampleRateHz };
}

test('twenty synthetic and twenty real clips', () => {
  expect(clips.filter((clip) => clip.source === 'synthetic').map((clip) => clip.name)).toEqual(
    [...signals.keys()].sort(),
  );
  expect(clips).toHaveLength(40);
});

describe.each([
  { kind: 'synthetic', chosen: clips.filter((clip) => clip.source === 'synthetic'), skip: false },
  { kind: 'real', chosen: clips.filter((clip) => clip.source !== 'synthetic'), skip: !corpora },
])('$kind clips', ({ chosen, skip }) => {
  test.skipIf(skip).each(chosen)('$name is what it was when librosa saw it', (clip) => {
    expect(createHash('sha256').update(wavOf(clip)).digest('hex')).toBe(clip.sha256);
  });

  test.skipIf(skip).each(chosen)('MFCC of $name', (clip) => {
    const { sampleRateHz, channels } = decodeWav(wavOf(clip), clip.name);
    expect(sampleRateHz).toBe(clip.sampleRateHz);
    for (const create of [createExtractor, createFastExtractor]) {
      const matrix = create(spec(sampleRateHz))(toMono(channels));
      expect(compareMatrices(matrix, clip.native).max).toBeLessThanOrEqual(MAX_DIFFERENCE);
    }
  });

  const others = chosen.filter((clip) => clip.resampled);
  test.skipIf(skip).each(others)('MFCC of $name after resampling', async (clip) => {
    const { sampleRateHz, channels } = decodeWav(wavOf(clip), clip.name);
    const samples = await resample(toMono(channels), sampleRateHz, 22_050);
    const { mean } = compareMatrices(createExtractor(spec(22_050))(samples), clip.resampled!);
    expect(mean).toBeLessThanOrEqual(MAX_MEAN_RESAMPLED);
  });
});
