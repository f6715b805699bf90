// What listening tells of waveforms that were made to be told apart.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeWavPcm16 } from '../audio/wav.ts';
import { Listener, listenTo } from './listen.ts';

const RATE = 8000;
const sine = (amplitude: number, frames: number, limit = 1): Float32Array =>
  Float32Array.from({ length: frames }, (_, i) =>
    Math.max(-limit, Math.min(limit, amplitude * Math.sin((2 * Math.PI * 100 * i) / RATE))),
  );

describe('Listener', () => {
  it('hears peak and loudness whatever the blocks', () => {
    const wave = sine(0.5, 4000);
    for (const size of [1, 7, 160, 4000]) {
      const listener = new Listener(RATE, 1);
      for (let at = 0; at < wave.length; at += size) listener.hear([wave.subarray(at, at + size)]);
      const { peak, loudest, clippedSamples } = listener.heard(null);
      expect(peak).toBeCloseTo(0.5, 6);
      // A window of 20 ms holds two whole periods: the root mean square is the amplitude over the root of two.
      expect(loudest).toBeCloseTo(0.5 / Math.SQRT2, 6);
      expect(clippedSamples).toBe(0);
    }
  });

  it('counts samples in runs at full scale, channel by channel, over the edge of a block', () => {
    const left = Float32Array.of(0, 1, 1, 0, 1, 1, 1, -1, 0);
    const right = Float32Array.of(1, 0, 1, 0, 1, 0, 1, 0, 1);
    const listener = new Listener(RATE, 2);
    listener.hear([left.subarray(0, 6), right.subarray(0, 6)]);
    listener.hear([left.subarray(6), right.subarray(6)]);
    expect(listener.heard(null)).toMatchObject({ peak: 1, clippedSamples: 4 });
  });

  it('hears a short sound in a long silence', () => {
    const listener = new Listener(RATE, 1);
    const wave = new Float32Array(8000);
    wave.set(sine(0.3, 160), 1600);
    listener.hear([wave]);
    expect(listener.heard(null).loudest).toBeCloseTo(0.3 / Math.SQRT2, 3);
  });
});

describe('listenTo', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pathos-listen-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('hears a file, says where its data break off, and leaves one that is gone alone', async () => {
    const file = join(folder, 'a.wav');
    const wave = sine(2, 4000, 1);
    writeFileSync(file, encodeWavPcm16([wave], RATE));
    const heard = await listenTo(file);
    expect(heard).toMatchObject({ peak: 1, fault: null });
    // A sine of twice full scale is cut off for two thirds of its time.
    expect(heard!.clippedSamples / wave.length).toBeCloseTo(2 / 3, 1);
    writeFileSync(file, Buffer.from('RIFF'));
    expect((await listenTo(file))!.fault).toMatch(/\w/);
    expect(await listenTo(join(folder, 'gone.wav'))).toBe(null);
  });
});
