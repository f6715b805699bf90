// Colours for canvases and matrices: the arithmetic, and the sequential scale of the theme.
import { cssRgb, inkOn, mixRgb, parseHex } from './rgb.ts';
import { theme } from './theme.svelte.ts';

export * from './rgb.ts';

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
