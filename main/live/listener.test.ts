// A stream beside recordings of the same samples: features, probabilities, silence, gaps and a slow machine.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRandom } from '../../shared/metrics/random.ts';
import { CLASSIC_RECIPE, type FeatureSpec } from '../../shared/recipe/recipe.ts';
import { fitFrames } from '../../shared/dsp/matrix.ts';
import { encodeWavFloat32 } from '../audio/wav.ts';
import { computeFeatures } from '../features/features.ts';
import { unpackDemoCorpus } from '../corpus/demo.ts';
import { decodeAudioFile } from '../audio/decode.ts';
import { resample } from '../audio/resample.ts';
import { Listener, type ListenerOptions, type Predict } from './listener.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'pathos-live-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { features } = CLASSIC_RECIPE;
const settings = { gateDbfs: -60, unsureBelow: 0.5, holdSeconds: 0.4 };
let speech: { samples: Float32Array; sampleRateHz: number };

beforeAll(async () => {
  const corpus = await unpackDemoCorpus(folder);
  const { channels, sampleRateHz } = await decodeAudioFile(path.join(corpus, 'anger', 'a01 (1).wav'));
  speech = { samples: channels[0]!, sampleRateHz };
});

/** A second of silence, the clip, two seconds of silence. */
function said(sampleRateHz: number): Float32Array {
  const clip = resample(speech.samples, speech.sampleRateHz, sampleRateHz);
  const all = new Float32Array(clip.length + 3 * sampleRateHz);
  all.set(clip, sampleRateHz);
  return all;
}

function listen(
  sampleRateHz: number,
  predict: Predict,
  more: Partial<ListenerOptions> = {},
): Promise<Listener> {
  const model = { features, labels: ['anger', 'sadness'], predict };
  return Listener.create({ sampleRateHz, model, settings, everyWindow: true, keptSeconds: 20, ...more });
}

const even: Predict = async () => Float32Array.of(0.5, 0.5);

async function offline(
  samples: Float32Array,
  sampleRateHz: number,
  spec: FeatureSpec,
): Promise<Float32Array> {
  const file = path.join(folder, 'window.wav');
  writeFileSync(file, encodeWavFloat32([samples], sampleRateHz));
  return fitFrames(await computeFeatures(file, spec), spec.frames!).values;
}

it.each([16_000, 44_100, 48_000])(
  'a window’s features are those of a recording of the same samples, at %i Hz',
  async (sampleRateHz) => {
    const seen: Float32Array[] = [];
    const listener = await listen(sampleRateHz, async (matrix) => {
      expect(matrix.coefficients).toBe(13);
      seen.push(fitFrames(matrix, 40).values);
      return Float32Array.of(0.9, 0.1);
    });
    const samples = said(sampleRateHz);
    const random = createRandom(3, 'blocks');
    const windows = [];
    for (let at = 0; at < samples.length;) {
      const block = samples.subarray(at, at + 1 + Math.floor(random.uniform() * 3000));
      listener.push(block, at);
      at += block.length;
      while (listener.due) windows.push(await listener.step());
    }
    const voiced = windows.filter((window) => window.voiced);
    expect(voiced.length).toBeGreaterThan(5);
    expect(seen).toHaveLength(voiced.length);
    for (const [i, { startSample, endSample }] of voiced.entries()) {
      const recorded = await offline(samples.slice(startSample, endSample), sampleRateHz, features);
      let worst = 0;
      recorded.forEach((value, k) => (worst = Math.max(worst, Math.abs(value - seen[i]![k]!))));
      expect(worst).toBeLessThan(1e-4);
      // The whole input is sound: nothing of it is padding.
      expect(recorded.subarray(-13).some((value) => value !== 0)).toBe(true);
    }
  },
);

it('says silence before and after a voice, and asks no model then', async () => {
  let asked = 0;
  const listener = await listen(48_000, async () => {
    asked++;
    return Float32Array.of(0.9, 0.1);
  });
  const samples = said(48_000);
  listener.push(samples, 0);
  const windows = [];
  while (listener.due) windows.push(await listener.step());
  expect(windows[0]).toMatchObject({ state: 'silence', raw: null, smoothed: null, answer: null });
  expect(windows.at(-1)).toMatchObject({ state: 'silence', raw: null, voiced: false });
  expect(windows.some(({ answer }) => answer === 'anger')).toBe(true);
  expect(asked).toBe(windows.filter(({ voiced }) => voiced).length);
});

it('a slow machine leaves windows out, never time', async () => {
  const listener = await listen(16_000, even, { everyWindow: false });
  const samples = said(16_000);
  // What was said while a model was loaded is no answer left out.
  listener.push(samples.subarray(0, 20_000), 0);
  expect((await listener.step()).endSample).toBe(15 * 1280);
  expect(listener.droppedWindows).toBe(0);
  listener.push(samples.subarray(20_000), 20_000);
  const newest = await listener.step();
  expect(listener.due).toBe(false);
  expect(newest.endSample).toBe(Math.floor(samples.length / 1280) * 1280);
  expect(listener.droppedWindows).toBe(newest.endSample / 1280 - 16);
  expect(listener.missedSamples).toBe(0);
});

it('fills a gap with silence and does not hear twice what came twice', async () => {
  const listener = await listen(16_000, even);
  const ones = new Float32Array(1000).fill(0.5);
  listener.push(ones, 0);
  listener.push(ones, 1500);
  listener.push(ones, 2000);
  expect(listener.missedSamples).toBe(500);
  expect(listener.ring.end).toBe(3000);
  expect([...listener.ring.slice(999, 1001)]).toEqual([0.5, 0]);
  expect([...listener.ring.slice(1499, 1501)]).toEqual([0, 0.5]);
});

it('goes on with another model where it is', async () => {
  const listener = await listen(16_000, even);
  const samples = said(16_000);
  listener.push(samples.subarray(0, 20_000), 0);
  while (listener.due) await listener.step();
  const labels = ['joy', 'fear', 'calm'];
  listener.use({ features, labels, predict: async () => Float32Array.of(0.1, 0.8, 0.1) });
  listener.push(samples.subarray(20_000), 20_000);
  const windows = [];
  while (listener.due) windows.push(await listener.step());
  expect(windows[0]!.endSample).toBeGreaterThan(20_000 - 1280);
  expect(windows.some(({ answer }) => answer === 'fear')).toBe(true);
});
