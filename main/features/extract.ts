// Features of one audio file: what the pool's threads and everybody else do alike.
import { createBlockExtractor, type BlockSignal } from '../../shared/dsp/blocks.ts';
import { DspError } from '../../shared/dsp/dspError.ts';
import { createFastExtractor } from '../../shared/dsp/kernel/extractor.ts';
import type { Matrix } from '../../shared/dsp/matrix.ts';
import type { FeatureSpec } from '../../shared/recipe/recipe.ts';
import { AudioError } from '../audio/audioError.ts';
import { openMono, type MonoStream } from '../audio/decode.ts';
import { giveFloats } from '../audio/spare.ts';
import type { ClipResult, Defect } from './pool.ts';

/** From a file's path to its features, neither padded nor cut. It throws AudioError naming the file. */
export type ClipExtractor = (path: string) => Promise<Matrix>;

/** Longer signals are not held as a whole, in samples at the specification's rate: 12 s at 22,050 Hz. */
const WHOLE_SAMPLES = 1 << 18;

/**
 * Prepares the extraction of files of any length under a specification; one per thread, one file at a time.
 *
 * @param wholeSamples longer signals are heard in blocks, which gives the same numbers
 * @throws DspError where no sound could have these features: bad-spec, above-nyquist, frame-too-short
 */
export function createClipExtractor(spec: FeatureSpec, wholeSamples = WHOLE_SAMPLES): ClipExtractor {
  const ofWhole = createFastExtractor(spec);
  let ofBlocks: ReturnType<typeof createBlockExtractor> | undefined;
  return async (path) => {
    const mono = await openMono(path, spec.sampleRateHz);
    try {
      if (mono.frames <= wholeSamples) {
        const samples = await mono.whole();
        const matrix = ofWhole(samples);
        giveFloats(samples);
        return matrix;
      }
      ofBlocks ??= createBlockExtractor(spec);
      return await ofBlocks(signalOf(mono, path, spec.sampleRateHz));
    } catch (error) {
      if (!(error instanceof DspError)) throw error;
      throw new AudioError('empty', path, `has no features: ${error.message}`, { cause: error });
    } finally {
      mono.close();
    }
  };
}

/** A file as a signal: the stream that is open for the first time, the file opened again after it. */
function signalOf(first: MonoStream, path: string, sampleRateHz: number): BlockSignal {
  let next: MonoStream | undefined = first;
  return {
    samples: first.frames,
    async *blocks() {
      const stream = next ?? (await openMono(path, sampleRateHz));
      next = undefined;
      if (stream.frames !== first.frames)
        throw new AudioError('unreadable', path, 'changed while it was read');
      yield* stream;
    },
  };
}

/** A defect as the error that it was. */
export function errorOf(path: string, { defect, code = 'unreadable', cause }: Defect): AudioError {
  return new AudioError(code, path, defect, cause && { cause: new DspError(cause, defect) });
}

/** What came of one file: a broken one costs itself only. */
export async function resultOf(path: string, extractor: ClipExtractor): Promise<ClipResult> {
  try {
    return { matrix: await extractor(path) };
  } catch (error) {
    if (!(error instanceof AudioError)) throw error;
    const { reason, code, cause } = error;
    return { defect: reason, code, ...(cause instanceof DspError && { cause: cause.code }) };
  }
}
