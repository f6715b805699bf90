// A stretch is asked for where it is, of the first channel, and ends with the sound.
import { describe, expect, it } from 'vitest';
import type { StreamedSound } from '../../state/streamedAudio.ts';
import { readStretch } from './stretch.ts';

const stereo: StreamedSound = {
  ...{ sampleRateHz: 1000, channels: 2, frames: 100 },
  read: (first, frames) =>
    Promise.resolve(Int16Array.from({ length: frames * 2 }, (_, i) => (i % 2 === 0 ? first + i / 2 : -9999))),
};

describe('readStretch', () => {
  it('reads the first channel between two times', async () => {
    const stretch = await readStretch(stereo, 0.02, 0.024);
    expect(stretch.startSeconds).toBe(0.02);
    expect([...stretch.samples].map((value) => value * 32_768)).toEqual([20, 21, 22, 23]);
  });

  it('ends with the sound and begins with it', async () => {
    expect((await readStretch(stereo, 0.09, 5)).samples).toHaveLength(10);
    expect((await readStretch(stereo, -1, 0.005)).samples).toHaveLength(5);
    expect((await readStretch(stereo, 7, 8)).samples).toHaveLength(0);
  });
});
