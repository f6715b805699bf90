// Every feature beside librosa 0.11, on synthetic signals, at the edges and on real speech.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeWav, encodeWavPcm16, toMono } from '../../main/audio/wav.ts';
import { trimSilence } from '../../shared/dsp/energy.ts';
import { createExtractor } from '../../shared/dsp/extractor.ts';
import type { Matrix } from '../../shared/dsp/matrix.ts';
import { trackColumns } from '../../shared/recipe/columns.ts';
import { readGoldenFeatures } from './features.ts';
import { testCorpora } from './golden.ts';
import { edgeSignals, goldenSignals } from './signals.ts';
import { compareTrack, DISCRETE_SHARE, GOLDEN_TRACKS, goldenSpec, ourTrack, TOLERANCE } from './tracks.ts';
import type { GoldenTrack } from './tracks.ts';

const { clips, logMelStep, trimTopDb } = readGoldenFeatures();
type Clip = (typeof clips)[number];
const corpora = testCorpora();
const signals = new Map([...goldenSignals(), ...edgeSignals()].map((signal) => [signal.name, signal]));
const folders = { emodb: 'emodb/wav', nemo: 'nemo/samples' };
/** What librosa's one kind of error is here, where it raises at all. */
const ERRORS: ReadonlyMap<string, string> = new Map([
  ['mfcc-deltas', 'too-few-frames'],
  ['contrast', 'above-nyquist'],
  ['f0', 'frame-too-short'],
]);

function wavOf({ source, name }: Clip): Uint8Array {
  if (source !== 'synthetic') return readFileSync(join(corpora!, folders[source], `${name}.wav`));
  const { samples, sampleRateHz } = signals.get(name)!;
  return encodeWavPcm16([Float32Array.from(samples, (value) => value / 32768)], sampleRateHz);
}

function samplesOf(clip: Clip): Float32Array {
  const { channels, sampleRateHz } = decodeWav(wavOf(clip), clip.name);
  expect(sampleRateHz).toBe(clip.sampleRateHz);
  return toMono(channels);
}

/** Every so manieth column. */
function thinned({ frames, coefficients, values }: Matrix, step: number): Matrix {
  const kept = coefficients / step;
  const at = (i: number): number => Math.floor(i / kept) * coefficients + (i % kept) * step;
  return {
    frames,
    coefficients: kept,
    values: Float32Array.from({ length: frames * kept }, (_, i) => values[at(i)]!),
  };
}

/** Frames beyond the tolerance, over all clips that have the feature. */
function compareAll(track: GoldenTrack, chosen: readonly Clip[]): { frames: number; off: number } {
  const total = { frames: 0, off: 0 };
  for (const clip of chosen) {
    const ours = ourTrack(track, samplesOf(clip), clip.sampleRateHz);
    const theirs = clip.matrices.get(track.name)!;
    if (typeof ours === 'string' || theirs === null) {
      expect({ clip: clip.name, ours, theirs }).toEqual({
        clip: clip.name,
        ours: ERRORS.get(track.name),
        theirs: null,
      });
      continue;
    }
    const thin = track.name === 'log-mel' ? thinned(ours, logMelStep) : ours;
    const { frames, off } = compareTrack(track, thin, theirs);
    total.frames += frames;
    total.off += off;
  }
  return total;
}

test('the golden signals, the edges, and clips of two corpora', () => {
  const synthetic = clips.filter(({ source }) => source === 'synthetic').map(({ name }) => name);
  expect(synthetic.toSorted()).toEqual([...signals.keys()].sort());
  expect(clips.map(({ source }) => source).filter((source) => source !== 'synthetic')).toHaveLength(8);
});

describe.each([
  { kind: 'synthetic', chosen: clips.filter(({ source }) => source === 'synthetic'), skip: false },
  { kind: 'real', chosen: clips.filter(({ source }) => source !== 'synthetic'), skip: !corpora },
])('$kind clips', ({ chosen, skip }) => {
  test.skipIf(skip)('are what they were when librosa saw them', () => {
    for (const clip of chosen) {
      expect([clip.name, createHash('sha256').update(wavOf(clip)).digest('hex')]).toEqual([
        clip.name,
        clip.sha256,
      ]);
    }
  });

  test.skipIf(skip).each(GOLDEN_TRACKS)(`$name is librosa’s to ${TOLERANCE}`, (track) => {
    const { frames, off } = compareAll(track, chosen);
    expect(frames).toBeGreaterThan(500);
    if (track.discrete) expect(1 - off / frames).toBeGreaterThanOrEqual(DISCRETE_SHARE);
    else expect(off).toBe(0);
  });

  test.skipIf(skip)('silence is trimmed where librosa trims it', () => {
    for (const clip of chosen) {
      const samples = samplesOf(clip);
      trimTopDb.forEach((topDb, i) => {
        const part = trimSilence(samples, { nFft: 2048, hopLength: 512 }, topDb);
        const first = (part.byteOffset - samples.byteOffset) / 4;
        expect([clip.name, first, first + part.length]).toEqual([clip.name, ...clip.trimmed[i]!]);
      });
    }
  });
});

test('features computed together are those computed alone', () => {
  const clip = clips.find(({ name }) => name === 'voice-ee-22050')!;
  const samples = samplesOf(clip);
  const spec = goldenSpec(GOLDEN_TRACKS, clip.sampleRateHz);
  const all = createExtractor(spec)(samples);
  let column = 0;
  spec.tracks.forEach((track, i) => {
    const alone = createExtractor(goldenSpec([GOLDEN_TRACKS[i]!], clip.sampleRateHz))(samples);
    const columns = trackColumns(track, spec).length;
    const together = Float32Array.from(
      alone.values,
      (_, at) => all.values[Math.floor(at / columns) * all.coefficients + column + (at % columns)]!,
    );
    const worst = alone.values.reduce((max, value, at) => Math.max(max, Math.abs(value - together[at]!)), 0);
    // Mel bands alone are computed with the classic recipe's window, rounded to single precision.
    expect(worst).toBeLessThanOrEqual(track.type === 'mfcc' || track.type === 'log-mel' ? 1e-3 : 0);
    column += columns;
  });
  expect(column).toBe(all.coefficients);
});
