// Whether a classifier is as sure as it is right: reliability bins and the expected calibration error.

/** Bins of equal width over 0..1. */
export const RELIABILITY_BINS = 10;

/** Clips whose confidence lies in (from, to]; the first bin takes 0 too. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly clips: number;
  /** Sum of their confidences. */
  readonly confidence: number;
  readonly correct: number;
}

/** Bin of a confidence 0..1: m for (m/M, (m+1)/M] with M bins. */
export function binOf(confidence: number, bins = RELIABILITY_BINS): number {
  return Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
}

/**
 * Sorts answers by their confidence, the probability of the label they give.
 * @param confidences 0..1, one a clip
 * @param correct whether the answer is right, one a clip
 */
export function reliability(
  confidences: ArrayLike<number>,
  correct: readonly boolean[],
  bins = RELIABILITY_BINS,
): Bin[] {
  const counted = Array.from({ length: bins }, (_, i) => ({
    from: i / bins,
    to: (i + 1) / bins,
    clips: 0,
    confidence: 0,
    correct: 0,
  }));
  for (let i = 0; i < confidences.length; i++) {
    const bin = counted[binOf(confidences[i]!, bins)]!;
    bin.clips += 1;
    bin.confidence += confidences[i]!;
    if (correct[i]) bin.correct += 1;
  }
  return counted;
}

/**
 * Expected calibration error, 0..1: sum over bins of (clips of the bin / all clips) * |accuracy - mean confidence|
 * (Naeini et al. 2015; Guo et al. 2017, eq. 3). Null without clips.
 */
export function expectedCalibrationError(
  bins: readonly Pick<Bin, 'clips' | 'confidence' | 'correct'>[],
): number | null {
  let clips = 0;
  let gaps = 0;
  for (const bin of bins) {
    clips += bin.clips;
    gaps += Math.abs(bin.correct - bin.confidence);
  }
  return clips === 0 ? null : gaps / clips;
}
