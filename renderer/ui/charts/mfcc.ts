// The arithmetic of the MFCC picture: scaling, colours, ticks. Pure, so that it can be tested.

type Rgb = readonly [number, number, number];

/** Ten steps of cividis (Nuñez, Anderton, Renslow 2018), read alike by colour-blind eyes. */
const CIVIDIS: readonly Rgb[] = [
  [0x00, 0x22, 0x4e],
  [0x12, 0x35, 0x70],
  [0x3b, 0x49, 0x6c],
  [0x57, 0x5d, 0x6d],
  [0x70, 0x71, 0x73],
  [0x8a, 0x86, 0x78],
  [0xa5, 0x9c, 0x74],
  [0xc3, 0xb3, 0x69],
  [0xe1, 0xcc, 0x55],
  [0xfe, 0xe8, 0x38],
];

/** Colour of a share in [0, 1]; values outside are clamped. */
export function cividis(share: number): Rgb {
  const at = Math.max(0, Math.min(1, share)) * (CIVIDIS.length - 1);
  const step = Math.min(CIVIDIS.length - 2, Math.floor(at));
  const low = CIVIDIS[step]!;
  const high = CIVIDIS[step + 1]!;
  const mix = (channel: 0 | 1 | 2): number =>
    Math.round(low[channel] + (high[channel] - low[channel]) * (at - step));
  return [mix(0), mix(1), mix(2)];
}

/** cividis as a CSS gradient, low at the left. */
export const CIVIDIS_GRADIENT = `linear-gradient(to right, ${CIVIDIS.map((c) => `rgb(${c.join(' ')})`).join(', ')})`;

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
