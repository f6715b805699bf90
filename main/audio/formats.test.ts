// Every readable format beside the signal that went in: to the bit where the format keeps it, near it elsewhere.
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { decodeAudioFile, readAudioHeader } from './decode.ts';
import { voice, wideVoice } from './fixtures/signal.ts';
import { resample } from './resample.ts';

const fixture = (name: string): string => join(import.meta.dirname, 'fixtures', name);
const scratch = mkdtempSync(join(tmpdir(), 'pathos-formats-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const mono = [voice(16_000)];
const short = [voice(16_000, 0.25)];
const stereo = [voice(44_100, 0.2), voice(44_100, 0.2, 1)];

describe('to the bit', () => {
  test.each<[string, string, Float32Array[], number]>([
    ['rf64.wav', '16-bit PCM', short, 16_000],
    ['pcm16.aiff', '16-bit PCM (AIFF)', short, 16_000],
    ['pcm24.aiff', '24-bit PCM (AIFF)', short, 16_000],
    ['sowt.aifc', '16-bit PCM (AIFF)', short, 16_000],
    ['float32.aifc', '32-bit float (AIFF)', short, 16_000],
    ['mono.flac', '16-bit FLAC', mono, 16_000],
    ['stereo.flac', '16-bit FLAC', stereo, 44_100],
    ['fixed.flac', '16-bit FLAC', short, 16_000],
    ['wide.flac', '24-bit FLAC', [wideVoice()], 16_000],
    ['unknown.flac', '16-bit FLAC', mono, 16_000],
  ])('%s', async (name, encoding, signal, sampleRateHz) => {
    const frames = signal[0]!.length;
    const header = await readAudioHeader(fixture(name));
    expect(header).toEqual({
      ...{ encoding, sampleRateHz, channels: signal.length, frames },
      durationSeconds: frames / sampleRateHz,
    });
    expect(await decodeAudioFile(fixture(name))).toEqual({ sampleRateHz, channels: signal });
  });
});

describe('near it, and not a sample early or late', () => {
  // The mono MP3 and both Opus files have few bits for the voice's pulses: the limits are a little under what came out.
  test.each<[string, string, Float32Array[], number, number]>([
    ['a-law.wav', '8-bit A-law', mono, 16_000, 36],
    ['mu-law.wav', '8-bit mu-law', mono, 16_000, 36],
    ['a-law.aifc', '8-bit A-law (AIFF)', mono, 16_000, 36],
    ['mono.mp3', 'MP3', mono, 16_000, 25],
    ['vbr.mp3', 'MP3', stereo, 44_100, 35],
    ['mono.ogg', 'Ogg Vorbis', mono, 16_000, 33],
    ['stereo.ogg', 'Ogg Vorbis', stereo, 44_100, 33],
    ['mono.opus', 'Opus', mono.map((samples) => resample(samples, 16_000, 48_000)), 48_000, 12],
    ['stereo.opus', 'Opus', stereo.map((samples) => resample(samples, 44_100, 48_000)), 48_000, 12],
  ])('%s', async (name, encoding, signal, sampleRateHz, leastDb) => {
    const frames = signal[0]!.length;
    expect(await readAudioHeader(fixture(name))).toMatchObject({ encoding, channels: signal.length, frames });
    const decoded = await decodeAudioFile(fixture(name));
    expect(decoded.sampleRateHz).toBe(sampleRateHz);
    signal.forEach((samples, channel) => {
      const got = decoded.channels[channel]!;
      expect(got).toHaveLength(frames);
      expect(signalToNoiseDb(got, samples)).toBeGreaterThan(leastDb);
      expect(bestLag(got, samples)).toBe(0);
    });
  });

  test('six channels, in the codec\u2019s order', async () => {
    const { channels } = await decodeAudioFile(fixture('six.ogg'));
    expect(channels).toHaveLength(6);
    const wanted = [0, 1, 2].map((channel) => voice(16_000, 0.25, channel));
    const sum = (parts: Float32Array[]): Float32Array =>
      parts[0]!.map((_, i) => parts.reduce((total, part) => total + part[i]!, 0));
    // The fourth is the low-frequency one, of which the coder keeps the lows.
    expect(signalToNoiseDb(sum(channels), sum([...wanted, ...wanted]))).toBeGreaterThan(20);
  });

  test('an MP3 without a tag keeps the delay that nothing tells of', async () => {
    const decoded = await decodeAudioFile(fixture('untagged.mp3'));
    expect(decoded.channels[0]).toHaveLength(9 * 1152);
    // 576 samples of the encoder, 529 of every decoder.
    expect(bestLag(decoded.channels[0]!, stereo[0]!)).toBe(1105);
  });
});

test('what a file is called is nothing to what it is', async () => {
  const misnamed = join(scratch, 'really.wav');
  copyFileSync(fixture('mono.flac'), misnamed);
  expect(await readAudioHeader(misnamed)).toMatchObject({ encoding: '16-bit FLAC', frames: 8000 });
  expect((await decodeAudioFile(misnamed)).channels).toEqual(mono);
});

test.each([
  [4096, 'bad-header', 'it claims 4096 samples and holds more'],
  [5000, 'bad-header', 'it claims 5000 samples and holds more'],
  [9000, 'truncated', 'it ends at 0.50 s of 0.56 s'],
])('a FLAC of 8,000 samples that claims %i', async (claimed, code, reason) => {
  const bytes = readFileSync(fixture('mono.flac'));
  // The low half of the count, behind the magic and the head of the stream information.
  bytes.writeUInt32BE(claimed, 4 + 4 + 14);
  const path = join(scratch, `${claimed}.flac`);
  writeFileSync(path, bytes);
  await expect(decodeAudioFile(path)).rejects.toMatchObject({
    code,
    reason: expect.stringContaining(reason) as string,
  });
});

test('M4A is named, and what is read instead', async () => {
  await expect(readAudioHeader(fixture('aac.m4a'))).rejects.toMatchObject({
    code: 'unsupported',
    reason: expect.stringMatching(/^is MP4 .* by its content; the studio reads WAV, FLAC/) as string,
  });
});

test('fixtures are small', () => {
  for (const name of ['stereo.ogg', 'stereo.flac', 'float32.aifc']) {
    expect(readFileSync(fixture(name)).length).toBeLessThan(20_000);
  }
});

function signalToNoiseDb(got: Float32Array, wanted: Float32Array): number {
  let [noise, power] = [0, 0];
  wanted.forEach((sample, i) => {
    noise += (got[i]! - sample) ** 2;
    power += sample ** 2;
  });
  return 10 * Math.log10(power / noise);
}

/** Samples by which `got` comes after `wanted`, where they fit best. */
function bestLag(got: Float32Array, wanted: Float32Array): number {
  let best = { lag: 0, fit: -Infinity };
  for (let lag = -1200; lag <= 1200; lag++) {
    let fit = 0;
    for (let i = Math.max(0, -lag); i < wanted.length; i++) fit += wanted[i]! * (got[i + lag] ?? 0);
    if (fit > best.fit) best = { lag, fit };
  }
  return best.lag;
}
