// The arithmetic of the MFCC picture: scaling, ticks, words. Pure, so that it can be tested.

/**
 * Each coefficient scaled to its own range over the clip, so that all of them can be read: c0 alone spans hundreds.
 * @param values frames x coefficients
 * @returns the same shape in [0, 1]; a coefficient that never changes is 0.5
 */
export function scaleByCoefficient(values: readonly (readonly number[])[]): number[][] {
  const count = values[0]?.length ?? 0;
  const low = new Array<number>(count).fill(Infinity);
  const high = new Array<number>(count).fill(-Infinity);
  for (const frame of values) {
    for (let c = 0; c < count; c += 1) {
      low[c] = Math.min(low[c]!, frame[c]!);
      high[c] = Math.max(high[c]!, frame[c]!);
    }
  }
  return values.map((frame) =>
    frame.map((value, c) => (high[c]! > low[c]! ? (value - low[c]!) / (high[c]! - low[c]!) : 0.5)),
  );
}

/** What fitting a clip to the network's input did to it, in words; empty where nothing was cut or padded. */
export function fitInWords(frames: number, inputFrames: number): string {
  if (frames > inputFrames) return `cut: ${frames - inputFrames} of ${frames} frames not seen`;
  if (frames < inputFrames) return `${frames} frames + ${inputFrames - frames} zeros`;
  return '';
}

/** Frame numbers for an axis: 0 and multiples of a round step, at least `gap` pixels apart on `width`. */
export function frameTicks(frames: number, width: number, gap = 48): number[] {
  const wanted = (gap * frames) / Math.max(1, width);
  const step =
    [5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find((candidate) => candidate >= wanted) ?? frames;
  const ticks: number[] = [];
  for (let tick = 0; tick < frames; tick += step) ticks.push(tick);
  return ticks;
}
