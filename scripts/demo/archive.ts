// Packs clips into the demo corpus's archive; main/corpus/demo.ts describes the layout and unpacks it.
import { brotliCompressSync, constants } from 'node:zlib';
import { encodeWavPcm16 } from '../../main/audio/wav.ts';
import { DEMO_ARCHIVE_FORMAT, type DemoHeader, RESIDUAL_ESCAPE, sha256 } from '../../main/corpus/demo.ts';

/** A clip to pack. */
export interface ClipToPack {
  /** Path in the corpus, with forward slashes. */
  path: string;
  /** 16-bit samples, all of them multiples of the sample step. */
  samples: Int16Array;
}

/** The WAV file of 16-bit samples. */
export function wavOf(samples: Int16Array, sampleRateHz: number): Uint8Array {
  return encodeWavPcm16([Float32Array.from(samples, (sample) => sample / 32_768)], sampleRateHz);
}

/** Packs clips into one archive. @throws RangeError when a sample is not a multiple of the step, or jumps too far */
export function packArchive(
  clips: readonly ClipToPack[],
  sampleRateHz: number,
  sampleStep: number,
): Uint8Array {
  const residuals = clips.map(({ samples }) => encodeResidual(samples, sampleStep));
  const header: DemoHeader = {
    format: DEMO_ARCHIVE_FORMAT,
    sampleRateHz,
    sampleStep,
    clips: clips.map(({ path, samples }, index) => ({
      path,
      samples: samples.length,
      bytes: residuals[index]!.length,
      sha256: sha256(wavOf(samples, sampleRateHz)),
    })),
  };
  const plain = Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...residuals]);
  return brotliCompressSync(plain, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
    },
  });
}

function encodeResidual(samples: Int16Array, step: number): Uint8Array {
  const bytes: number[] = [];
  let last = 0;
  let beforeLast = 0;
  for (const value of samples) {
    const sample = value / step;
    if (!Number.isInteger(sample)) throw new RangeError(`Sample ${value} is not a multiple of ${step}.`);
    const residual = sample - (2 * last - beforeLast);
    const folded = residual < 0 ? -2 * residual - 1 : 2 * residual;
    if (folded > 65_535) throw new RangeError(`A residual of ${residual} does not fit into two bytes.`);
    if (folded < RESIDUAL_ESCAPE) bytes.push(folded);
    else bytes.push(RESIDUAL_ESCAPE, folded & 255, folded >> 8);
    beforeLast = last;
    last = sample;
  }
  return Uint8Array.from(bytes);
}
