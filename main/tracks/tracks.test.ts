// Tracks by window: the recipe's own numbers, outlines and pictures at every zoom, kept, and errors that name the file.
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createStft } from '../../shared/dsp/stft.ts';
import { CLASSIC_RECIPE } from '../../shared/recipe/recipe.ts';
import { loadMono } from '../audio/decode.ts';
import { encodeWavPcm16 } from '../audio/wav.ts';
import { computeFeatures } from '../features/features.ts';
import { columnNames } from '../../shared/recipe/columns.ts';
import { blockFor } from '../process/testing.ts';
import { TrackCache } from './cache.ts';
import { computeTrack } from './compute.ts';
import { levelCounts, mean, PyramidWriter } from './pyramid.ts';
import { LOWEST_DB, SpectrogramFrames, STEP_DB } from './spectrogram.ts';
import { Tracks, type Window } from './tracks.ts';

const spec = CLASSIC_RECIPE.features;
const folder = mkdtempSync(join(tmpdir(), 'pathos-tracks-'));
const file = join(folder, 'glide (1).wav');
const rateHz = 16_000;
const samples = Float32Array.from({ length: 5 * rateHz }, (_, i) => {
  const t = i / rateHz;
  return Math.round(20_000 * Math.sin(t) * Math.sin(2 * Math.PI * (120 + 40 * t) * t)) / 32_768;
});
writeFileSync(file, encodeWavPcm16([samples], rateHz));
const source = { path: file, contentHash: null };
const cache = join(folder, 'cache');
const tracks = new Tracks(cache);
afterAll(async () => {
  await tracks.close();
  rmSync(folder, { recursive: true });
});

async function whole(
  of: Tracks,
  track: Parameters<Tracks['window']>[1],
  level = 0,
  from = source,
): Promise<Window> {
  for (;;) {
    const window = await of.window(from, track, spec, { level, first: 0, count: 16_384 });
    if (window.records > 0 && window.done === window.records) return window;
  }
}
const floats = (bytes: Uint8Array): Float32Array =>
  new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);

test('a sound is told by its header and read in stretches, to the last sample', async () => {
  expect(await tracks.sound(source)).toEqual({
    sampleRateHz: rateHz,
    channels: 1,
    frames: 80_000,
    durationSeconds: 5,
  });
  const part = await tracks.audio(source, 79_990, 100);
  expect([...part]).toEqual([...samples.subarray(79_990)].map((value) => value * 32_768));
});

test('a format that must be decoded from its start is read in stretches too', async () => {
  const flac = join(import.meta.dirname, '..', 'audio', 'fixtures', 'mono.flac');
  const all = await tracks.audio({ path: flac, contentHash: null }, 0, 1_000_000);
  const part = await tracks.audio({ path: flac, contentHash: null }, 100, 50);
  expect(part).toEqual(all.slice(100, 150));
});

test('the values are the recipe’s, bit for bit, in every stretch', async () => {
  for (const track of ['mfcc', 'log-mel', 'rms', 'f0'] as const) {
    const { columns } = await whole(tracks, track);
    const own = spec.tracks.find(({ type }) => type === track) ?? { type: track };
    const asked = { ...spec, tracks: [own] } as typeof spec;
    const { values, frames, coefficients } = await computeFeatures(
      file,
      track === 'f0'
        ? { ...asked, tracks: [{ type: 'f0', fMinHz: 65.40639132514966, fMaxHz: 2093.004522404789 }] }
        : asked,
    );
    expect(columns).toEqual(columnNames(asked));
    const part = floats(await tracks.values(source, track, spec, 30, 20));
    expect(part).toEqual(values.slice(30 * coefficients, 50 * coefficients));
    expect(floats(await tracks.values(source, track, spec, frames - 1, 20))).toHaveLength(coefficients);
  }
});

test('each level stands for four of the one below', async () => {
  const fine = await whole(tracks, 'outline');
  const coarse = await whole(tracks, 'outline', 1);
  const pairs = (window: Window): Int16Array => new Int16Array(window.data.slice().buffer);
  expect(levelCounts(fine.records)[1]).toBe(pairs(coarse).length / 2);
  const low = (from: number): number => Math.min(...[0, 1, 2, 3].map((i) => pairs(fine)[2 * (from + i)]!));
  expect(pairs(coarse)[2 * 7]).toBe(low(28));
  expect(Math.max(...pairs(coarse))).toBe(Math.max(...pairs(fine)));
});

test('a track is not said to be whole before every level has its last record', () => {
  const shape = { kind: 'float32', width: 1, records: 1250 } as const;
  const at = join(folder, 'levels');
  const writer = new PyramidWriter(at, shape, mean);
  for (let i = 0; i < shape.records; i++) writer.add(Float32Array.of(i));
  writer.flush();
  expect(writer.done).toBe(1249);
  writer.finish();
  expect(writer.done).toBe(1250);
  const last = readFileSync(at).subarray(-4);
  expect(last.readFloatLE()).toBe(1248.5);
});

test('a spectrogram has the recipe’s frames, in half decibels below a sine at full scale', async () => {
  const { data, width, records } = await whole(tracks, 'spectrogram');
  const mono = await loadMono(file, spec.sampleRateHz);
  expect(records).toBe(1 + Math.floor(mono.length / spec.hopLength));
  const stft = createStft({ ...spec, window: 'double' });
  const power = new Float64Array(stft.bins);
  for (const frame of [0, 1, 100, records - 1]) {
    stft.analyse(mono, frame, power);
    const row = 3;
    const perRow = (stft.bins - 1) / width;
    const db =
      10 * Math.log10(Math.max(...power.subarray(row * perRow, (row + 1) * perRow))) -
      20 * Math.log10(spec.nFft / 4);
    const told = LOWEST_DB + STEP_DB * data[frame * width + row]!;
    expect(Math.abs(told - Math.max(LOWEST_DB, db))).toBeLessThanOrEqual(STEP_DB / 2 + 1e-6);
  }
  const rows: Uint8Array[] = [];
  const inPieces = new SpectrogramFrames(spec, (row) => rows.push(row.slice()));
  for (let at = 0; at < mono.length; at += 777) inPieces.add(mono.subarray(at, at + 777));
  inPieces.finish();
  expect(Buffer.concat(rows).equals(data)).toBe(true);
});

test('a full-scale sine is 0 dB', () => {
  const hz = (100 * spec.sampleRateHz) / spec.nFft;
  const rows: Uint8Array[] = [];
  const frames = new SpectrogramFrames(spec, (row) => rows.push(row.slice()));
  frames.add(
    Float32Array.from({ length: 22_050 }, (_, i) => Math.sin((2 * Math.PI * hz * i) / spec.sampleRateHz)),
  );
  frames.finish();
  expect(LOWEST_DB + STEP_DB * Math.max(...rows[20]!)).toBe(0);
});

test('a table has a head, every frame, and the values that were computed', async () => {
  const head = await tracks.table(source, ['rms', 'f0'], spec, 0, 2);
  expect(head.split('\n')[0]).toBe('frame,time_s,rms,f0_hz,voiced,voiced_probability');
  const line = (await tracks.table(source, ['rms'], spec, 50, 1)).trim().split(',');
  expect(line.slice(0, 2)).toEqual(['50', ((50 * 512) / 22_050).toFixed(6)]);
  expect(Math.fround(Number(line[2]))).toBe(floats(await tracks.values(source, 'rms', spec, 50, 1))[0]);
  expect(await tracks.table(source, ['rms'], spec, 10_000, 5)).toBe('');
});

test('what is computed is kept, and not taken for what a changed file holds', async () => {
  const again = new Tracks(cache);
  const known = readdirSync(cache).length;
  const first = await again.window(source, 'outline', spec, { level: 0, first: 0, count: 4 });
  expect(first.done).toBe(first.records);
  expect(readdirSync(cache)).toHaveLength(known);
  const moved = join(folder, 'moved.wav');
  copyFileSync(file, moved);
  utimesSync(moved, new Date(), new Date(2001, 1, 1));
  await whole(again, 'rms', 0, { path: moved, contentHash: null });
  await again.close();
  expect(readdirSync(cache).length).toBeGreaterThan(known);
});

test('a track that somebody waits for is not given up, however long the engine is held up', async () => {
  const fresh = new Tracks(join(folder, 'held-up'));
  const asked = { level: 0, first: 0, count: 16_384 };
  const waiting = (['outline', 'spectrogram'] as const).map((track) =>
    fresh.window(source, track, spec, asked),
  );
  // All that is due by then is due at once, the look for tracks that nobody asks for first.
  blockFor(1000);
  expect(await Promise.all(waiting)).toHaveLength(2);
  await fresh.close();
});

test('a track that is dropped leaves no files', async () => {
  const own = new TrackCache(join(folder, 'dropped'));
  for (const track of ['outline', 'spectrogram'] as const) {
    const files = own.filesOf(source, track, spec);
    const job = { id: 1, track, path: file, spec, files };
    await expect(computeTrack(job, () => undefined, AbortSignal.abort())).rejects.toThrow(/abort/);
    expect(readdirSync(join(folder, 'dropped'))).toEqual([]);
    await computeTrack(job, () => undefined);
    expect(own.read(files)).not.toBeNull();
    for (const left of readdirSync(join(folder, 'dropped'))) rmSync(join(folder, 'dropped', left));
  }
});

test('a track that is computed once more and dropped is not taken for whole', async () => {
  const own = new TrackCache(join(folder, 'twice'));
  const files = own.filesOf(source, 'outline', spec);
  const job = { id: 1, track: 'outline', path: file, spec, files } as const;
  await computeTrack(job, () => undefined);
  await expect(computeTrack(job, () => undefined, AbortSignal.abort())).rejects.toThrow(/abort/);
  expect(own.read(files)).toBeNull();
  expect(readdirSync(join(folder, 'twice'))).toEqual([]);
});

test('a track whose files somebody removed is named, and computed anew when it is asked for again', async () => {
  const at = join(folder, 'emptied');
  const own = new Tracks(at);
  const removed = (kind: string): void => {
    for (const name of readdirSync(at)) if (name.endsWith(kind)) rmSync(join(at, name));
  };
  const before = await whole(own, 'spectrogram');
  removed('.levels');
  await expect(whole(own, 'spectrogram')).rejects.toThrow(/\.levels could not be read: ENOENT/);
  expect(await whole(own, 'spectrogram')).toEqual(before);
  await whole(own, 'rms');
  const values = await own.values(source, 'rms', spec, 0, 10);
  removed('.values');
  await expect(own.values(source, 'rms', spec, 0, 10)).rejects.toThrow(/\.values could not be read: ENOENT/);
  await whole(own, 'rms');
  expect(await own.values(source, 'rms', spec, 0, 10)).toEqual(values);
  await own.close();
});

test('a file that is gone or broken is named, every time', async () => {
  const gone = { path: join(folder, 'gone.wav'), contentHash: null };
  const broken = { path: join(folder, 'broken.wav'), contentHash: null };
  writeFileSync(broken.path, encodeWavPcm16([samples], rateHz).subarray(0, 3000));
  for (const bad of [gone, broken, gone]) {
    await expect(tracks.sound(bad)).rejects.toMatchObject({ name: 'AudioError', path: bad.path });
    await expect(tracks.audio(bad, 0, 10)).rejects.toMatchObject({ name: 'AudioError', path: bad.path });
    for (const track of ['outline', 'mfcc'] as const) {
      const asked = async (): Promise<Window> => {
        for (;;) {
          const window = await tracks.window(bad, track, spec, { level: 0, first: 0, count: 1 });
          if (window.records > 0) return window;
        }
      };
      await expect(asked()).rejects.toMatchObject({ name: 'AudioError', path: bad.path });
    }
  }
});
