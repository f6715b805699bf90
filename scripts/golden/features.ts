// The golden vectors of every feature: what librosa 0.11 makes of synthetic signals, of edge cases and of corpus clips.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Matrix } from '../../shared/dsp/matrix.ts';
import { GOLDEN_TRACKS, goldenColumns } from './tracks.ts';

interface StoredClip {
  source: 'synthetic' | 'emodb' | 'nemo';
  /** File name without its extension. */
  name: string;
  sampleRateHz: number;
  /** Of the WAV file. */
  sha256: string;
  /** By track; null where librosa raises. */
  frames: Record<string, number | null>;
  /** First and last sample (excluded) that librosa.effects.trim keeps, for each of `trimTopDb`. */
  trimmed: [number, number][];
}

export interface GoldenFeatures {
  /** Of log-mel, every so manieth band is kept. */
  logMelStep: number;
  trimTopDb: number[];
  clips: (Omit<StoredClip, 'frames'> & {
    /** By track, in the order of GOLDEN_TRACKS; null where librosa raises. */
    matrices: ReadonlyMap<string, Matrix | null>;
  })[];
}

/** Reads features.json and features.bin.gz (made by make_features.py). */
export function readGoldenFeatures(): GoldenFeatures {
  const read = (name: string): Buffer => readFileSync(join(import.meta.dirname, name));
  const { clips, ...settings } = JSON.parse(read('features.json').toString('utf8')) as {
    logMelStep: number;
    trimTopDb: number[];
    clips: StoredClip[];
  };
  const bytes = gunzipSync(read('features.bin.gz'));
  let at = 0;
  const unpack = (frames: number, coefficients: number): Matrix => {
    const scales = Array.from({ length: coefficients }, (_, i) => bytes.readFloatLE(at + 4 * i));
    at += 4 * coefficients;
    const start = at;
    at += 2 * frames * coefficients;
    return {
      frames,
      coefficients,
      values: Float32Array.from(
        { length: frames * coefficients },
        (_, i) => (bytes.readInt16LE(start + 2 * i) / 32767) * scales[i % coefficients]!,
      ),
    };
  };
  return {
    ...settings,
    clips: clips.map(({ frames, ...clip }) => ({
      ...clip,
      matrices: new Map(
        GOLDEN_TRACKS.map((track) => {
          const step = track.name === 'log-mel' ? settings.logMelStep : 1;
          const count = frames[track.name] ?? null;
          return [track.name, count === null ? null : unpack(count, goldenColumns(track) / step)];
        }),
      ),
    })),
  };
}
