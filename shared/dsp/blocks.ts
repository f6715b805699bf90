// From a signal that comes in blocks to the matrix of a specification: the numbers of the whole, in bounded memory.
import type { FeatureSpec } from '../recipe/recipe.ts';
import { createAnalysis, type Analysis } from './analysis.ts';
import { DspError } from './dspError.ts';
import { createSilenceMeter, frameCount, type Framing, type Range } from './energy.ts';
import { assertFinite, normalised } from './extractor.ts';
import { createFastAnalysis } from './kernel/analysis.ts';
import type { Matrix } from './matrix.ts';
import type { Stretch } from './track.ts';

/** A signal that can be heard from its beginning more than once. */
export interface BlockSignal {
  /** How many there are in all. */
  readonly samples: number;
  /** Its samples in blocks of any lengths; each is read before the next is asked for, and not kept. */
  blocks(): AsyncIterable<Float32Array> | Iterable<Float32Array>;
}

export type BlockExtractor = (signal: BlockSignal) => Promise<Matrix>;

/**
 * As createFastExtractor, to the last bit, for a signal of any length. Beside the matrix it holds some hundred frames'
 * samples and, of every frame, what hangs on the whole clip: the peaks of contrast and tuning, the candidates of F0,
 * mel bands where the kernel does not do (80 MB an hour at librosa's defaults).
 *
 * The signal is heard once; once more where silence is trimmed, where there is chroma, for MFCC of more than six
 * minutes or so, and where the kernel's range does not do (see createFastExtractor).
 *
 * The extractor throws as createExtractor's, and RangeError where there are not as many samples as were said.
 *
 * @param stretchSamples most samples of a stretch, beyond what is carried over; more where four frames take more
 * @throws DspError as createExtractor
 */
export function createBlockExtractor(spec: FeatureSpec, stretchSamples = STRETCH_SAMPLES): BlockExtractor {
  const plain = createAnalysis(spec);
  const fast = createFastAnalysis(spec);
  const extract = async (signal: BlockSignal): Promise<Matrix> => {
    if (signal.samples === 0) throw new DspError('empty-signal', 'a signal without samples has no features');
    const hearing = { signal, spec, stretchSamples };
    const range = await soundingPart(hearing);
    const matrix = fast && (await analyseBlocks(fast, hearing, range));
    return (matrix ?? (await analyseBlocks(plain, hearing, range)))!;
  };
  // One signal after the other: an analysis has one at a time.
  let last: Promise<unknown> = Promise.resolve();
  return (signal) => {
    const matrix = last.then(() => extract(signal));
    last = matrix.catch(() => undefined);
    return matrix;
  };
}

interface Hearing {
  signal: BlockSignal;
  spec: FeatureSpec;
  stretchSamples: number;
}

async function soundingPart(hearing: Hearing): Promise<Range> {
  const { signal, spec } = hearing;
  const whole = { from: 0, to: signal.samples };
  if (spec.trimTopDb === null) return whole;
  const meter = createSilenceMeter(spec, spec.trimTopDb);
  meter.begin(frameCount(signal.samples, spec));
  await showFrames(hearing, whole, (stretch) => meter.add(stretch));
  return meter.sounding(signal.samples);
}

async function analyseBlocks(
  analysis: Analysis,
  hearing: Hearing,
  range: Range,
): Promise<Matrix | undefined> {
  analysis.begin(frameCount(range.to - range.from, hearing.spec));
  for (let pass = 0; pass < analysis.passes; pass++) {
    await showFrames(hearing, range, (stretch) => analysis.add(stretch, pass));
  }
  return normalised(analysis.finish(), hearing.spec);
}

/** Hears a signal and shows the frames of a part of it. */
async function showFrames(
  { signal, spec, stretchSamples }: Hearing,
  { from, to }: Range,
  show: (stretch: Stretch) => void,
): Promise<void> {
  const framer = new Framer({ ...spec, samples: to - from, stretchSamples }, show);
  let heard = 0;
  for await (const block of signal.blocks()) {
    assertFinite(block, heard);
    framer.push(block.subarray(Math.max(0, from - heard), Math.max(0, to - heard)));
    heard += block.length;
  }
  if (heard !== signal.samples)
    throw new RangeError(`${heard} samples came where there are ${signal.samples}`);
  framer.end();
}

/** Frames in a stretch are a multiple of this, but for a signal's last: what the kernel computes side by side. */
const FRAMES_TOGETHER = 4;
/** Six seconds. */
const STRETCH_SAMPLES = 1 << 17;

interface Framed extends Framing {
  samples: number;
  stretchSamples: number;
}

/** Cuts a signal that comes in blocks into stretches of frames; what the next frames hear too is carried over. */
class Framer {
  readonly #framed: Framed;
  readonly #show: (stretch: Stretch) => void;
  /** Hops before a frame's centre that it hears. */
  readonly #reach: number;
  readonly #buffer: Float32Array;
  #filled = 0;
  /** The buffer's beginning, in hops of the signal. */
  #start = 0;
  #nextFrame = 0;

  constructor(framed: Framed, show: (stretch: Stretch) => void) {
    const { nFft, hopLength, samples, stretchSamples } = framed;
    this.#framed = framed;
    this.#show = show;
    this.#reach = Math.ceil(nFft / 2 / hopLength);
    const groups = Math.ceil(stretchSamples / hopLength / FRAMES_TOGETHER);
    const most = (this.#reach + groups * FRAMES_TOGETHER) * hopLength + nFft / 2;
    this.#buffer = new Float32Array(Math.min(samples, most));
  }

  push(block: Float32Array): void {
    for (let at = 0; at < block.length;) {
      if (this.#filled === this.#buffer.length) this.#showHeard();
      const count = Math.min(block.length - at, this.#buffer.length - this.#filled);
      this.#buffer.set(block.subarray(at, at + count), this.#filled);
      this.#filled += count;
      at += count;
    }
  }

  /** Shows the last frames, which hear beyond the end. */
  end(): void {
    this.#give(frameCount(this.#framed.samples, this.#framed) - this.#nextFrame);
  }

  #showHeard(): void {
    const { nFft, hopLength } = this.#framed;
    const end = this.#start * hopLength + this.#filled;
    const heard = Math.floor((end - nFft / 2) / hopLength) + 1 - this.#nextFrame;
    this.#give(heard - (heard % FRAMES_TOGETHER));
    const start = Math.max(this.#start, this.#nextFrame - this.#reach);
    const dropped = (start - this.#start) * hopLength;
    this.#buffer.copyWithin(0, dropped, this.#filled);
    this.#filled -= dropped;
    this.#start = start;
  }

  #give(count: number): void {
    const samples = this.#buffer.subarray(0, this.#filled);
    this.#show({ samples, place: this.#nextFrame - this.#start, first: this.#nextFrame, count });
    this.#nextFrame += count;
  }
}
