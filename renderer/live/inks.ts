// The colours that canvases of the Live room draw with, read from the tokens once a theme.
import { labelStyles } from '../ui/labels.svelte.ts';
import { theme } from '../ui/theme.svelte.ts';

export interface Ink {
  readonly fill: string;
  readonly line: string;
  readonly on: string;
}

export interface Inks {
  readonly text: string;
  readonly text2: string;
  readonly text3: string;
  readonly grid: string;
  readonly control: string;
  readonly line: string;
  readonly hatch: string;
  readonly wave: string;
  readonly bed: string;
  readonly surface: string;
  readonly font: string;
  readonly labels: ReadonlyMap<string, Ink>;
}

/** Read inside an effect or a derived it follows the theme. */
export function readInks(labels: readonly string[]): Inks {
  const probe = document.createElement('span');
  document.body.append(probe);
  const of = (label: string): Ink => {
    probe.dataset.e = labelStyles.of(label).tone;
    const token = (name: string): string => theme.token(name, probe);
    return { fill: token('e-fill'), line: token('e-line'), on: token('e-on') };
  };
  const inks = {
    text: theme.token('text'),
    text2: theme.token('text-2'),
    text3: theme.token('text-3'),
    grid: theme.token('grid'),
    control: theme.token('line-ctl'),
    line: theme.token('line-2'),
    hatch: theme.token('hatch'),
    wave: theme.token('wave'),
    bed: theme.token('surface-2'),
    surface: theme.token('surface-1'),
    font: theme.token('font'),
    labels: new Map(labels.map((label) => [label, of(label)])),
  };
  probe.remove();
  return inks;
}

const HATCH_PIXELS = 6;

/** Slanted lines over a rectangle: not heard. @param origin where a line begins: they travel with what they cover */
export function hatch(
  g: CanvasRenderingContext2D,
  ink: string,
  origin: number,
  [x, y, width, height]: readonly [x: number, y: number, width: number, height: number],
): void {
  if (width <= 0) return;
  g.save();
  g.beginPath();
  g.rect(x, y, width, height);
  g.clip();
  g.strokeStyle = ink;
  g.lineWidth = 1;
  g.beginPath();
  const first = origin + Math.floor((x - height - origin) / HATCH_PIXELS) * HATCH_PIXELS;
  for (let at = first; at < x + width; at += HATCH_PIXELS) {
    g.moveTo(at, y + height);
    g.lineTo(at + height, y);
  }
  g.stroke();
  g.restore();
}
