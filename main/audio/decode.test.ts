// Audio files on disk: headers read without the samples, faults of the file system named.
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { AudioError, type AudioErrorCode } from './audioError.ts';
import { decodeAudioFile, loadMono, openAudio, openMono, playableWav, readAudioHeader } from './decode.ts';
import { resample } from './resample.ts';
import { decodeWav, encodeWavFloat32, encodeWavPcm16 } from './wav.ts';

const folder = mkdtempSync(join(tmpdir(), 'pathos-audio-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

test('the header of a file whose samples lie far behind it', async () => {
  const plain = Buffer.from(encodeWavPcm16([new Float32Array(4410)], 44_100));
  const junk = Buffer.alloc(8 + 50_000);
  junk.write('JUNK', 'latin1');
  junk.writeUInt32LE(50_000, 4);
  const bytes = Buffer.concat([plain.subarray(0, 12), junk, plain.subarray(12)]);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  expect(await readAudioHeader(put('far (1).wav', bytes))).toEqual({
    sampleRateHz: 44_100,
    channels: 1,
    encoding: '16-bit PCM',
    frames: 4410,
    durationSeconds: 0.1,
  });
});

test('a file cut short is noticed by its header alone', async () => {
  const path = put('cut.wav', encodeWavPcm16([new Float32Array(50_000)], 44_100).subarray(0, 60_000));
  await expect(readAudioHeader(path)).rejects.toThrow(`${path}: is cut short`);
  await expect(decodeAudioFile(path)).rejects.toThrow(`${path}: is cut short`);
});

test.each([
  { what: 'missing', path: join(folder, 'none.wav'), reason: 'does not exist' },
  { what: 'a folder', path: folder, reason: 'is a folder, not a file' },
])('$what', async ({ path, reason }) => {
  for (const read of [readAudioHeader, decodeAudioFile]) {
    const error = await read(path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AudioError);
    expect(error).toMatchObject({ code: 'unreadable', path, reason });
  }
});

test('mono is the mean of the channels, at the asked rate', async () => {
  const left = new Float32Array(1000).fill(0.5);
  const right = new Float32Array(1000).fill(-0.25);
  const path = put('stereo.wav', encodeWavFloat32([left, right], 16_000));
  expect([...(await loadMono(path, 16_000))]).toEqual(Array(1000).fill(0.125));
  expect(await loadMono(path, 22_050)).toHaveLength(Math.ceil((1000 * 22_050) / 16_000));
});

test('a rate that cannot be converted is a fault of the file', async () => {
  const path = put('fast.wav', encodeWavPcm16([new Float32Array(100)], 1_000_000));
  await expect(loadMono(path, 22_050)).rejects.toMatchObject({ code: 'bad-rate', path });
});

describe('judged by content', () => {
  test.each<[string, Uint8Array, AudioErrorCode, RegExp]>([
    ['empty', new Uint8Array(0), 'empty', /0 bytes/],
    ['zeros', new Uint8Array(5000), 'not-audio', /zero bytes/],
    ['text', Buffer.from('<html><body>404</body></html>'), 'not-audio', /starts with "<htm"/],
    ['a picture', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 'not-audio', /starts with ".PNG"/],
    [
      'M4A',
      Buffer.from('\0\0\0\x20ftypM4A \0\0\0\0', 'latin1'),
      'unsupported',
      /is MP4 .*; the studio reads WAV/,
    ],
    ['ADTS', Buffer.from([0xff, 0xf1, 0x50, 0x80, 0, 0x1f, 0xfc]), 'unsupported', /is AAC by its content/],
    ['tags alone', Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'), 'truncated', /ends after its tags/],
    ['a lying tag', Buffer.from('ID3\x04\0\0\xff\0\0\0', 'latin1'), 'bad-header', /ID3 tag/],
  ])('%s', async (name, bytes, code, reason) => {
    const path = put(`${name}.wav`, bytes);
    for (const read of [readAudioHeader, decodeAudioFile, openAudio]) {
      const error = await read(path).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(AudioError);
      expect(error).toMatchObject({ code, path, reason: expect.stringMatching(reason) as string });
    }
  });
});

describe('in blocks', () => {
  const rateHz = 24_000;
  const channels = [1, 2].map((turn) =>
    Float32Array.from({ length: 200_000 }, (_, i) => Math.sin(i * turn * 0.01)),
  );
  const path = put('long.wav', encodeWavFloat32(channels, rateHz));

  test('openAudio gives every sample once', async () => {
    const file = await openAudio(path);
    expect(file.header).toMatchObject({ frames: 200_000, channels: 2, encoding: '32-bit float' });
    const parts: Float32Array[][] = [];
    for await (const block of file) parts.push(block.map((samples) => samples.slice()));
    expect(parts.length).toBeGreaterThan(2);
    channels.forEach((channel, index) => {
      expect(Float32Array.from(parts.flatMap((block) => [...block[index]!]))).toEqual(channel);
    });
  });

  test('openMono gives what loadMono gives, which is what resampling the whole gives', async () => {
    const mean = channels[0]!.map((sample, i) => (sample + channels[1]![i]!) / 2);
    const whole = await loadMono(path, 22_050);
    expect(whole).toEqual(resample(mean, rateHz, 22_050));
    const stream = await openMono(path, 22_050);
    expect(stream.frames).toBe(whole.length);
    const parts: number[] = [];
    for await (const block of stream) for (const sample of block) parts.push(sample);
    expect(Float32Array.from(parts)).toEqual(whole);
  });

  test('a file that is left in the middle is closed, as often as one likes', async () => {
    const file = await openAudio(path);
    for await (const block of file) {
      expect(block).toHaveLength(2);
      break;
    }
    file.close();
    file.close();
    const unread = await openAudio(path);
    unread.close();
  });

  test('playableWav is the file in 16 bits', async () => {
    const wav = decodeWav(await playableWav(path), path);
    expect(wav.sampleRateHz).toBe(rateHz);
    const clipped = (sample: number): number =>
      Math.max(-32768, Math.min(32767, Math.round(sample * 32768))) + 0;
    wav.channels.forEach((samples, index) => {
      expect(samples).toEqual(channels[index]!.map((sample) => clipped(sample) / 32768));
    });
  });

  test('what is too long to be held is refused', async () => {
    // A sparse file: four hours of silence that take no room.
    const long = join(folder, 'hours.wav');
    const head = Buffer.from(encodeWavPcm16([new Float32Array(1)], 16_000)).subarray(0, 44);
    const dataBytes = 4 * 3600 * 16_000 * 2;
    head.writeUInt32LE(dataBytes + 36, 4);
    head.writeUInt32LE(dataBytes, 40);
    writeFileSync(long, head);
    truncateSync(long, 44 + dataBytes);
    expect(await readAudioHeader(long)).toMatchObject({ durationSeconds: 4 * 3600 });
    await expect(playableWav(long)).rejects.toMatchObject({
      code: 'too-long',
      reason: 'is too long for this: 240.0 minutes, of which 69.9 are possible',
    });
    await expect(loadMono(long, 48_000)).rejects.toMatchObject({ code: 'too-long', path: long });
  });
});
