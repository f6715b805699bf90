// What a learning curve draws besides uPlot's own lines: axes, the reference, the latest values.
import uPlot from 'uplot';
import { theme } from '../theme.svelte.ts';
import { epochTicks, type AxisScale, type Span } from './curves.ts';

/** Room around the plot for axes and end labels, in CSS pixels. */
export const LEFT = 44;
export const RIGHT = 96;
export const TOP = 8;
export const BOTTOM = 20;
const FAINT = 0.42;

const onlyOne = (values: readonly (number | null)[]): boolean =>
  values.filter((value) => value !== null).length === 1;

const line = (token: string, widthPixels: number, alpha = 1): uPlot.Series => ({
  stroke: () => theme.token(token),
  width: widthPixels,
  alpha,
  // A line of one point cannot be seen.
  points: { show: (u, index) => onlyOne(u.data[index] as (number | null)[]), size: 4 },
  spanGaps: false,
});

/** Lines in the order of the data: folds, the raw means under smoothed ones, training, band, held out. */
export function seriesFor(foldCount: number, smoothed: boolean): uPlot.Series[] {
  const faint = Array.from({ length: foldCount > 1 ? foldCount : 0 }, () => [
    line('text-3', 1, FAINT * 0.8),
    line('accent', 1, FAINT),
  ]).flat();
  const raw = smoothed ? [line('text-3', 1, 0.7), line('accent', 1, 0.8)] : [];
  // The mean stands on a band in the colour of the surface, so that it is not lost among its folds.
  return [{}, ...faint, ...raw, line('text-3', 1.5), line('surface-1', 5), line('accent', 2.25)];
}

export interface AxisOptions {
  /** Of the run and of those laid under it. */
  readonly epochs: () => number;
  readonly span: () => Span | null;
  readonly scale: AxisScale;
  /** True where the axis goes from 0 to 1. */
  readonly isShare: boolean;
}

/** Axes of epochs and values, with names at round places. */
export function axesFor({ epochs, span, scale, isShare }: AxisOptions): uPlot.Axis[] {
  const axis: uPlot.Axis = {
    font: `11px ${theme.token('font')}`,
    stroke: () => theme.token('text-3'),
    ticks: { show: false },
    grid: { stroke: () => theme.token('grid'), width: 1 },
  };
  const values: uPlot.Axis =
    scale === 'log'
      ? {
          splits: (u) => logTicks(u.scales['y']!.min ?? 0.1, u.scales['y']!.max ?? 10),
          // By hand: uPlot leaves all but powers of ten out.
          filter: (_u, splits) => splits,
          values: (_u, splits) => splits.map((value) => String(Number(value.toPrecision(1)))),
        }
      : {
          incrs: isShare
            ? [0.05, 0.1, 0.2, 0.5, 1]
            : [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100],
          values: (_u, splits, _axis, _space, step) => splits.map((v) => v.toFixed(step < 0.1 ? 2 : 1)),
        };
  return [
    {
      ...axis,
      size: BOTTOM,
      gap: 4,
      grid: { show: false },
      splits: (u) => {
        const [from, to] = span() ?? [0, epochs()];
        return epochTicks(Math.floor(to), Math.max(2, u.bbox.width / uPlot.pxRatio / 64), from);
      },
      // The first one could reach into the other axis: it stands over the canvas.
      values: (_, splits) => splits.map((epoch) => (epoch === 1 ? '' : String(epoch))),
    },
    { ...axis, size: LEFT, gap: 8, space: 22, ...values },
  ];
}

/** 1, 2 and 5 times the powers of ten between two values above 0. */
function logTicks(low: number, high: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1)
    for (const times of [1, 2, 5]) {
      const tick = Number((times * 10 ** power).toPrecision(1));
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  return ticks;
}

/** Runs `draw` with the plot's own area as the only one that can be drawn on. */
export function inPlot(u: uPlot, draw: (g: CanvasRenderingContext2D) => void): void {
  const g = u.ctx;
  g.save();
  g.beginPath();
  g.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
  g.clip();
  draw(g);
  g.restore();
}

/** A dashed line across. */
export function drawReference(u: uPlot, g: CanvasRenderingContext2D, value: number): void {
  const ratio = uPlot.pxRatio;
  g.strokeStyle = theme.token('line-ctl');
  g.lineWidth = ratio;
  g.setLineDash([3 * ratio, 3 * ratio]);
  const y = Math.round(u.valToPos(value, 'y', true));
  g.beginPath();
  g.moveTo(u.bbox.left, y);
  g.lineTo(u.bbox.left + u.bbox.width, y);
  g.stroke();
  g.setLineDash([]);
}

/** A dot on a value. */
export function drawDot(u: uPlot, epoch: number, value: number, token: string): void {
  inPlot(u, (g) => {
    const ratio = uPlot.pxRatio;
    g.fillStyle = theme.token(token);
    g.strokeStyle = theme.token('surface-1');
    g.lineWidth = 1.5 * ratio;
    g.beginPath();
    g.arc(u.valToPos(epoch, 'x', true), u.valToPos(value, 'y', true), 3.5 * ratio, 0, 2 * Math.PI);
    g.fill();
    g.stroke();
  });
}
