// Colour arithmetic: reading, mixing, contrast, cividis.

export type Rgb = readonly [number, number, number];

/** `#RRGGBB` or `#RGB` (as a minifier writes it) as three bytes. */
export function parseHex(hex: string): Rgb {
  const digits = hex.length === 4 ? hex.slice(1).replace(/./g, '$&$&') : hex.slice(1);
  return [0, 2, 4].map((at) => parseInt(digits.slice(at, at + 2), 16)) as unknown as Rgb;
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
