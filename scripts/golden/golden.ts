// The golden vectors: what librosa 0.11 makes of twenty synthetic signals and twenty corpus clips.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Matrix } from '../../shared/dsp/matrix.ts';

interface StoredMatrix {
  frames: number;
  /** float32, little-endian, base64; row-major. */
  values: string;
}

export interface GoldenClip {
  source: 'synthetic' | 'emodb' | 'nemo';
  /** File name without its extension. */
  name: string;
  sampleRateHz: number;
  /** Of the WAV file. */
  sha256: string;
  /** MFCC at the clip's own rate. */
  native: Matrix;
  /** MFCC after librosa's resampling to 22,050 Hz, where the clip has another rate. */
  resampled?: Matrix;
}

type StoredClip = Omit<GoldenClip, 'native' | 'resampled'> & {
  native: StoredMatrix;
  resampled?: StoredMatrix;
};

/** Reads mfcc.json (made by make_mfcc.py). */
export function readGoldenClips(): GoldenClip[] {
  const file = JSON.parse(readFileSync(join(import.meta.dirname, 'mfcc.json'), 'utf8')) as {
    coefficients: number;
    clips: StoredClip[];
  };
  const unpack = ({ frames, values }: StoredMatrix): Matrix => {
    const bytes = Uint8Array.from(Buffer.from(values, 'base64'));
    return { frames, coefficients: file.coefficients, values: new Float32Array(bytes.buffer) };
  };
  return file.clips.map(({ native, resampled, ...clip }) => ({
    ...clip,
    native: unpack(native),
    resampled: resampled && unpack(resampled),
  }));
}

/**
 * The folder of test corpora (PATHOS_TEST_CORPORA, else ../shared/data), undefined where it is not at hand.
 *
 * @throws Error when it is missing and CI is set
 */
export function testCorpora(): string | undefined {
  const folder = process.env['PATHOS_TEST_CORPORA'] ?? join(import.meta.dirname, '../../../shared/data');
  if (existsSync(folder)) return folder;
  if (process.env['CI']) throw new Error(`the test corpora are not at ${folder}; set PATHOS_TEST_CORPORA`);
  console.warn(`The test corpora are not at ${folder}: tests on real speech are skipped.`);
  return undefined;
}

/** Largest and mean absolute difference of two matrices of one shape. @throws RangeError when shapes differ */
export function compareMatrices(a: Matrix, b: Matrix): { max: number; mean: number } {
  if (a.frames !== b.frames || a.coefficients !== b.coefficients) {
    throw new RangeError(`shapes differ: ${a.frames} x ${a.coefficients}, ${b.frames} x ${b.coefficients}`);
  }
  let max = 0;
  let sum = 0;
  for (let i = 0; i < a.values.length; i++) {
    const difference = Math.abs(a.values[i]! - b.values[i]!);
    // Written so that a NaN is kept, not passed over.
    if (!(difference <= max)) max = difference;
    sum += difference;
  }
  return { max, mean: sum / a.values.length };
}
