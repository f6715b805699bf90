// A stretch of a WAV is the same as the stretch of all of it, in both encodings and with chunks before the sound.
import { describe, expect, it } from 'vitest';
import { wavStretch } from './wavStretch.ts';

const RATE = 1000;

function wav(values: readonly number[], channels: number, float: boolean): Blob {
  const bytes = float ? 4 : 2;
  const data = new DataView(new ArrayBuffer(values.length * bytes));
  values.forEach((value, i) => {
    if (float) data.setFloat32(i * 4, value, true);
    else data.setInt16(i * 2, Math.round(value * 32_768), true);
  });
  const head = new DataView(new ArrayBuffer(58));
  const text = (at: number, word: string) =>
    [...word].forEach((c, i) => head.setUint8(at + i, c.charCodeAt(0)));
  text(0, 'RIFF');
  head.setUint32(4, 50 + data.byteLength, true);
  text(8, 'WAVE');
  // A chunk of odd length, padded.
  text(12, 'LIST');
  head.setUint32(16, 5, true);
  text(26, 'fmt ');
  head.setUint32(30, 16, true);
  head.setUint16(34, float ? 3 : 1, true);
  head.setUint16(36, channels, true);
  head.setUint32(38, RATE, true);
  head.setUint32(42, RATE * channels * bytes, true);
  head.setUint16(46, channels * bytes, true);
  head.setUint16(48, bytes * 8, true);
  text(50, 'data');
  head.setUint32(54, data.byteLength, true);
  return new Blob([head.buffer, data.buffer]);
}

const ramp = Array.from({ length: 200 }, (_, i) => (i - 100) / 128);

describe('wavStretch', () => {
  it.each([false, true])('reads the first channel between two times (float: %s)', async (float) => {
    const stretch = await wavStretch(wav(ramp, 2, float), 0.02, 0.05);
    expect(stretch?.startSeconds).toBe(0.02);
    expect(stretch?.sampleRateHz).toBe(RATE);
    expect([...stretch!.samples]).toEqual(ramp.filter((_, i) => i % 2 === 0).slice(20, 50));
  });

  it('ends with the sound, and knows what it cannot read', async () => {
    expect((await wavStretch(wav(ramp, 1, false), 0.15, 9))?.samples).toHaveLength(50);
    expect(await wavStretch(new Blob(['not a sound at all']), 0, 1)).toBeNull();
  });
});
