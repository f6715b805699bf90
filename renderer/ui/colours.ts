// Colour arithmetic for canvases and matrices: mixing, contrast, the sequential scale and cividis.
import { theme } from './theme.svelte.ts';

export type Rgb = readonly [number, number, number];

/** `#RRGGBB` as three bytes. */
export function parseHex(hex: string): Rgb {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;
}

/** Linear mix of two colours; `t` 0 gives the first. */
export function mixRgb(from: Rgb, to: Rgb, t: number): Rgb {
  return from.map((value, i) => Math.round(value + (to[i]! - value) * t)) as unknown as Rgb;
}

/** A CSS colour. */
export function cssRgb(rgb: Rgb): string {
  return `rgb(${rgb.join(', ')})`;
}

/** Relative luminance by WCAG 2, 0..1. */
export function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((byte) => {
    const value = byte / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const INK_DARK = '#0B0C0E';
const INK_LIGHT = '#FFFFFF';

/** Black or white, whichever contrasts more with a background. */
export function inkOn(background: Rgb): string {
  const behind = luminance(background) + 0.05;
  const dark = behind / (luminance(parseHex(INK_DARK)) + 0.05);
  return dark > 1.05 / behind ? INK_DARK : INK_LIGHT;
}

/** Keeps small shares apart from zero. */
const SEQ_GAMMA = 0.85;

/** Background and figure colour of a matrix cell for a share 0..1, in the current theme. */
export function seqCell(share: number): { background: string; color: string } {
  const t = Math.max(0, Math.min(1, share)) ** SEQ_GAMMA;
  const rgb = mixRgb(parseHex(theme.token('seq-lo')), parseHex(theme.token('seq-hi')), t);
  return { background: cssRgb(rgb), color: inkOn(rgb) };
}

/** The same as an inline style. */
export function seqStyle(share: number): string {
  const { background, color } = seqCell(share);
  return `background: ${background}; color: ${color}`;
}

/** Ten stops of cividis (Nuñez, Anderton & Renslow 2018). */
const CIVIDIS = [
  '#00224E',
  '#123570',
  '#3B496C',
  '#575D6D',
  '#707173',
  '#8A8678',
  '#A59C74',
  '#C3B369',
  '#E1CC55',
  '#FEE838',
].map(parseHex);

/** Cividis at `t` 0..1; values beyond are clamped. */
export function cividis(t: number): Rgb {
  const at = Math.max(0, Math.min(0.9999, t)) * (CIVIDIS.length - 1);
  const stop = Math.floor(at);
  return mixRgb(CIVIDIS[stop]!, CIVIDIS[stop + 1]!, at - stop);
}
