// Audio files on disk: headers read without the samples, faults of the file system named.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { AudioError } from './audioError.ts';
import { decodeAudioFile, loadMono, readAudioHeader } from './decode.ts';
import { encodeWavFloat32, encodeWavPcm16 } from './wav.ts';

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
    bitsPerSample: 16,
    encoding: 'pcm',
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
