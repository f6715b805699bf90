// The likeliest pitch track through what each frame says: Viterbi decoding of voiced and unvoiced pitch bins.
import { Growing } from './growing.ts';

/** What one frame says about its pitch. */
export interface PitchObservation {
  /** Probability by pitch bin; bins that are not there have none. */
  candidates: ReadonlyMap<number, number>;
  /** Their sum, at most 1; the rest is spread evenly over the unvoiced bins. */
  voiced: number;
}

/** Observations in order: an array of them, or the list that holds an hour's. */
export type Observations = Pick<readonly PitchObservation[], 'length' | 'at'>;

/** Many observations in little memory: an hour has 155,000 frames. */
export class ObservationList implements Observations {
  readonly #voiced = new Growing(Float64Array);
  readonly #bins = new Growing(Uint16Array);
  readonly #probabilities = new Growing(Float64Array);
  /** Behind each observation's last candidate. */
  readonly #ends = new Growing(Uint32Array);

  get length(): number {
    return this.#ends.length;
  }

  push({ candidates, voiced }: PitchObservation): void {
    for (const [bin, probability] of candidates) {
      this.#bins.push(bin);
      this.#probabilities.push(probability);
    }
    this.#voiced.push(voiced);
    this.#ends.push(this.#bins.length);
  }

  at(index: number): PitchObservation | undefined {
    if (index < 0 || index >= this.length) return undefined;
    const ends = this.#ends.values;
    const candidates = new Map<number, number>();
    for (let i = index === 0 ? 0 : ends[index - 1]!; i < ends[index]!; i++) {
      candidates.set(this.#bins.values[i]!, this.#probabilities.values[i]!);
    }
    return { candidates, voiced: this.#voiced.values[index]! };
  }
}

export interface PitchDecoderSettings {
  pitchBins: number;
  /** Bins that a frame's pitch may come from, the bin itself in their middle; odd. */
  width: number;
}

/** Probability that voicing changes between frames; librosa's default. */
const SWITCH_PROBABILITY = 0.01;
/** Logarithm of the smallest normal number: librosa's for what has no probability. */
const LOG_NOTHING = Math.log(2 ** -1022);
/** Frames whose way back is held at once; an hour's would take a third of a gigabyte. */
const BLOCK_FRAMES = 2048;

/**
 * Prepares the decoder. It returns, for each frame, the pitch bin, or -1 where the frame is unvoiced.
 *
 * States are the voiced bins and after them as many unvoiced ones. Within `width` a bin is followed with triangular
 * weight, beyond it as good as never. Of equal paths the one from the lowest state wins. The way back is kept for a
 * block of frames at a time; blocks before the last are decoded again from the values they began with.
 *
 * Source: librosa.sequence.viterbi, transition_local and transition_loop 0.11, as librosa.pyin calls them.
 */
export function createPitchDecoder({
  pitchBins,
  width,
}: PitchDecoderSettings): (observations: Observations) => Int32Array {
  const trellis = createTrellis(pitchBins, width);
  const states = 2 * pitchBins;
  return (observations) => {
    const bins = new Int32Array(observations.length);
    const starts: Float64Array[] = [];
    let values = trellis.first(observations.at(0)!);
    const back = new Uint16Array(Math.min(BLOCK_FRAMES, observations.length) * states);
    const run = (block: number, from: Float64Array): Float64Array => {
      let current = from;
      const begin = block * BLOCK_FRAMES;
      const end = Math.min(begin + BLOCK_FRAMES, observations.length - 1);
      for (let frame = begin; frame < end; frame++) {
        current = trellis.step(current, observations.at(frame + 1)!, back.subarray((frame - begin) * states));
      }
      return current;
    };
    const blocks = Math.max(1, Math.ceil((observations.length - 1) / BLOCK_FRAMES));
    for (let block = 0; block < blocks; block++) {
      starts.push(values);
      values = run(block, values);
    }
    let state = indexOfMax(values);
    bins[observations.length - 1] = state;
    for (let block = blocks - 1; block >= 0; block--) {
      if (block < blocks - 1) run(block, starts[block]!);
      const begin = block * BLOCK_FRAMES;
      for (let frame = Math.min(begin + BLOCK_FRAMES, observations.length - 1) - 1; frame >= begin; frame--) {
        state = back[(frame - begin) * states + state]!;
        bins[frame] = state;
      }
    }
    return bins.map((bin) => (bin < pitchBins ? bin : -1));
  };
}

interface Trellis {
  first(observation: PitchObservation): Float64Array;
  /** Log probabilities of the next frame's states; in `back` where each came from. */
  step(values: Float64Array, observation: PitchObservation, back: Uint16Array): Float64Array;
}

interface Step {
  values: Float64Array;
  next: Float64Array;
  back: Uint16Array;
}

function createTrellis(pitchBins: number, width: number): Trellis {
  const states = 2 * pitchBins;
  const half = (width - 1) / 2;
  const { stay, change } = logTransitions(pitchBins, width);
  const logInitial = Math.log(1 / states);
  /** Least log probability of staying in a bin while voicing changes. */
  let leastChange = 0;
  for (let bin = 0; bin < pitchBins; bin++) leastChange = Math.min(leastChange, change[bin * width + half]!);
  const observe = (values: Float64Array, { candidates, voiced }: PitchObservation): Float64Array => {
    const unvoiced = voiced < 1 ? Math.log((1 - voiced) / pitchBins) : LOG_NOTHING;
    for (let bin = 0; bin < pitchBins; bin++) {
      const probability = candidates.get(bin);
      values[bin]! += probability === undefined ? LOG_NOTHING : Math.log(probability);
      values[pitchBins + bin]! += unvoiced;
    }
    return values;
  };
  /** Offers a state's value to all that can be come to from it. */
  const spread = (
    { values, next, back }: Step,
    state: number,
    toVoiced: Float64Array,
    toUnvoiced: Float64Array,
  ): void => {
    const value = values[state]!;
    const bin = state % pitchBins;
    const last = Math.min(pitchBins - 1, bin + half);
    const row = bin * width - (bin - half);
    for (let to = Math.max(0, bin - half); to <= last; to++) {
      const voiced = value + toVoiced[row + to]!;
      if (voiced > next[to]!) {
        next[to] = voiced;
        back[to] = state;
      }
      const unvoiced = value + toUnvoiced[row + to]!;
      if (unvoiced > next[pitchBins + to]!) {
        next[pitchBins + to] = unvoiced;
        back[pitchBins + to] = state;
      }
    }
  };
  return {
    first: (observation) => observe(new Float64Array(states).fill(logInitial), observation),
    step(values, observation, back) {
      const next = new Float64Array(states);
      // From beyond the width: the best of all states, since within it every way is better than this one.
      const best = indexOfMax(values);
      next.fill(values[best]! + LOG_NOTHING);
      back.fill(best, 0, states);
      // Every bin can be come to from its unvoiced state; voiced ones that cannot do better than that are passed over.
      let leastUnvoiced = Infinity;
      for (let k = pitchBins; k < states; k++) leastUnvoiced = Math.min(leastUnvoiced, values[k]!);
      for (let k = 0; k < pitchBins; k++) {
        if (values[k]! >= leastUnvoiced + leastChange) spread({ values, next, back }, k, stay, change);
      }
      for (let k = pitchBins; k < states; k++) spread({ values, next, back }, k, change, stay);
      return observe(next, observation);
    },
  };
}

/**
 * Log probabilities of going from a bin to each of the `width` bins around it, row-major by the bin left, with
 * voicing as it was and with voicing changed.
 */
function logTransitions(pitchBins: number, width: number): { stay: Float64Array; change: Float64Array } {
  const half = (width - 1) / 2;
  const weight = (distance: number): number => (half + 1 - Math.abs(distance)) / (half + 1);
  const total = Float64Array.from({ length: pitchBins }, (_, bin) => {
    let sum = 0;
    for (let d = Math.max(-half, -bin); d <= Math.min(half, pitchBins - 1 - bin); d++) sum += weight(d);
    return sum;
  });
  const stayProbability = 1 - SWITCH_PROBABILITY;
  const logs = (voicing: number): Float64Array =>
    Float64Array.from({ length: pitchBins * width }, (_, i) => {
      const distance = (i % width) - half;
      return Math.log((voicing * weight(distance)) / total[Math.floor(i / width)]!);
    });
  return { stay: logs(stayProbability), change: logs(1 - stayProbability) };
}

function indexOfMax(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
