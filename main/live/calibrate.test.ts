// Calibration on a room and a voice whose levels are known.
import { expect, it } from 'vitest';
import { createRandom } from '../../shared/metrics/random.ts';
import { CLASSIC_RECIPE } from '../../shared/recipe/recipe.ts';
import { calibrate } from './calibrate.ts';

const RATE_HZ = 16_000;
const { features } = CLASSIC_RECIPE;

/** Noise of a level, in dB of full scale. */
function noise(seconds: number, dbfs: number, name: string): Float32Array {
  const random = createRandom(1, name);
  const scale = 10 ** (dbfs / 20);
  return Float32Array.from({ length: seconds * RATE_HZ }, () => scale * random.normal());
}

/** A buzz with harmonics, as a voice of 120 Hz, syllable by syllable. */
function voice(seconds: number, dbfs: number): Float32Array {
  const peak = 10 ** (dbfs / 20);
  return Float32Array.from({ length: seconds * RATE_HZ }, (_, i) => {
    const t = i / RATE_HZ;
    let sum = 0;
    for (let k = 1; k <= 12; k++) sum += Math.sin(2 * Math.PI * 120 * k * t) / k;
    return peak * sum * (0.6 + 0.4 * Math.sin(2 * Math.PI * 4 * t));
  });
}

it('puts the gate between the room and the voice, and knows the voice', async () => {
  const quiet = noise(3, -55, 'room');
  const speech = voice(7, -20);
  const result = await calibrate({ quiet, speech, sampleRateHz: RATE_HZ }, features);
  expect(result.floorDbfs).toBeGreaterThan(-56);
  expect(result.floorDbfs).toBeLessThan(-53);
  expect(result.gateDbfs).toBeGreaterThan(result.floorDbfs + 5);
  expect(result.gateDbfs).toBeLessThan(result.speechDbfs! - 5);
  expect(result.warning).toBeNull();
  expect(result.pitchHz).toBeGreaterThan(115);
  expect(result.pitchHz).toBeLessThan(125);
  expect(result.speaker?.names).toHaveLength(13);
  expect(result.speaker?.mean.every(Number.isFinite)).toBe(true);
});

it('says that too little was spoken, and measures the room all the same', async () => {
  const quiet = noise(3, -60, 'room');
  const result = await calibrate({ quiet, speech: noise(7, -60, 'still'), sampleRateHz: RATE_HZ }, features);
  expect(result).toMatchObject({ speechDbfs: null, pitchHz: null, speaker: null });
  expect(result.warning).toMatch(/Too little speech/);
  expect(result.gateDbfs).toBeGreaterThan(result.floorDbfs);
});

it('has a gate even for digital silence', async () => {
  const nothing = new Float32Array(3 * RATE_HZ);
  const result = await calibrate({ quiet: nothing, speech: voice(7, -20), sampleRateHz: RATE_HZ }, features);
  expect(result.gateDbfs).toBe(-75);
});
