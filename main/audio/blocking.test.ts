// Reading without giving way gives what reading with it gives, though it keeps its memory.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadMono, loadMonoBlocking } from './decode.ts';
import { encodeWavFloat32, encodeWavPcm16 } from './wav.ts';

const folder = mkdtempSync(join(tmpdir(), 'pathos-blocking-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tone = (samples: number, step: number): Float32Array =>
  Float32Array.from({ length: samples }, (_, i) => 0.5 * Math.sin(i * step));

function fileOf(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

test('the same samples, whatever was read before', async () => {
  const paths = [
    fileOf('long.wav', encodeWavPcm16([tone(50_000, 0.1)], 16_000)),
    fileOf('short.wav', encodeWavPcm16([tone(77, 0.2)], 16_000)),
    fileOf('stereo.wav', encodeWavPcm16([tone(900, 0.3), tone(900, 0.4)], 16_000)),
    fileOf('float.wav', encodeWavFloat32([tone(1000, 0.5)], 16_000)),
    fileOf('more-than-is-kept.wav', encodeWavPcm16([tone(5_000_000, 0.6)], 16_000)),
    fileOf('other-rate.wav', encodeWavPcm16([tone(1000, 0.7)], 22_050)),
  ];
  for (const path of [...paths, ...paths.toReversed()]) {
    // Compared as bytes: element by element, five million samples take seconds.
    const bytes = (samples: Float32Array): Buffer => Buffer.from(samples.slice().buffer);
    expect(
      bytes(await loadMonoBlocking(path, 16_000)).equals(bytes(await loadMono(path, 16_000))),
      path,
    ).toBe(true);
  }
});

test('faults are named as they are elsewhere', async () => {
  for (const path of [join(folder, 'missing.wav'), folder, fileOf('empty.wav', new Uint8Array(0))]) {
    const expected: unknown = await loadMono(path, 16_000).catch((error: unknown) => error);
    await expect(loadMonoBlocking(path, 16_000)).rejects.toEqual(expected);
  }
});
