// A learning curve on its canvas: uPlot's lines over other runs' picture, drawn at most once a frame.
import uPlot from 'uplot';
import { NextFrame } from '../nextFrame.ts';
import { theme } from '../theme.svelte.ts';
import { axesFor, drawDot, drawReference, inPlot, LEFT, RIGHT, seriesFor, TOP } from './curve-drawing.ts';
import type { AxisScale, CurveOverlay, Extent, Span } from './curves.ts';
import { OverlayLayer } from './overlay-layer.ts';

/** All that is drawn. A line that changes with every batch is not: it has a canvas of its own (CurveTails). */
export interface CurvePicture {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Epochs, then values in the order of `seriesFor`. */
  readonly data: uPlot.AlignedData;
  readonly folds: number;
  readonly smoothed: boolean;
  readonly scale: AxisScale;
  /** True where the axis goes from 0 to 1. */
  readonly isShare: boolean;
  /** Epochs that are shown; null: from 0 to the longest run. */
  readonly span: Span | null;
  /** Of the run and of those behind it. */
  readonly longest: number;
  readonly y: Extent;
  readonly behind: readonly CurveOverlay[];
  readonly reference: number | null;
  /** The latest values, which have a dot. */
  readonly last: { readonly epoch: number; readonly training: number; readonly heldOut: number } | null;
}

export class CurvePlot {
  readonly #host: HTMLElement;
  readonly #drawn: () => void;
  readonly #layer = new OverlayLayer();
  readonly #frame = new NextFrame(() => this.#draw());
  #picture: CurvePicture | null = null;
  #chart: uPlot | null = null;
  /** What the chart was made for: its lines and its axis stay as they are for as long as it lives. */
  #shape = '';

  /** @param drawn called after each drawing: what stands over the canvas is placed anew */
  constructor(host: HTMLElement, drawn: () => void) {
    this.#host = host;
    this.#drawn = drawn;
  }

  /** Draws this in the next frame; the first time at once. */
  show(picture: CurvePicture): void {
    this.#picture = picture;
    if (this.#chart === null) this.#draw();
    else this.#frame.ask();
  }

  destroy(): void {
    this.#frame.cancel();
    this.#chart?.destroy();
    this.#chart = null;
  }

  /** CSS pixels from the left of the plot's box; 0 before there is a chart. */
  x(epoch: number): number {
    return this.#chart === null ? 0 : this.#chart.valToPos(epoch, 'x') + LEFT;
  }

  /** CSS pixels from the top of the plot's box; 0 before there is a chart. */
  y(value: number): number {
    return this.#chart === null ? 0 : this.#chart.valToPos(value, 'y') + TOP;
  }

  /** @param x CSS pixels from the left of the plot's box */
  epochAt(x: number): number {
    return this.#chart === null ? 0 : this.#chart.posToVal(x - LEFT, 'x');
  }

  #draw(): void {
    const picture = this.#picture;
    if (picture === null) return;
    const shape = JSON.stringify([picture.folds, picture.smoothed, picture.scale]);
    if (this.#chart === null || this.#shape !== shape) {
      this.#chart?.destroy();
      this.#shape = shape;
      this.#chart = this.#create(picture);
      return;
    }
    const { width, height } = picture;
    if (this.#chart.width !== width || this.#chart.height !== height) this.#chart.setSize({ width, height });
    this.#chart.setData(picture.data);
  }

  #create({ width, height, data, folds, smoothed, scale, isShare }: CurvePicture): uPlot {
    const now = (): CurvePicture => this.#picture!;
    const options: uPlot.Options = {
      width,
      height,
      padding: [TOP, RIGHT, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        // From 0, where training begins: the first epoch is drawn by batch before it is a point.
        x: { time: false, range: () => [...xRange(now())] },
        y: { distr: scale === 'log' ? 3 : 1, range: () => [...now().y] },
      },
      axes: axesFor({ epochs: () => now().longest, span: () => now().span, scale, isShare }),
      series: seriesFor(folds, smoothed),
      hooks: { drawAxes: [(u) => this.#drawUnder(u, now())], draw: [(u) => this.#drawOver(u, now())] },
    };
    return new uPlot(options, data, this.#host);
  }

  #drawUnder(u: uPlot, picture: CurvePicture): void {
    inPlot(u, (g) => {
      this.#layer.draw(g, picture.behind, {
        ...{ left: u.bbox.left, top: u.bbox.top, width: u.bbox.width, height: u.bbox.height },
        x: xRange(picture),
        y: picture.y,
        log: picture.scale === 'log',
        ratio: uPlot.pxRatio,
        colour: theme.token('text-3'),
        faint: theme.token('line-2'),
      });
      if (picture.reference !== null) drawReference(u, g, picture.reference);
    });
  }

  #drawOver(u: uPlot, { last }: CurvePicture): void {
    if (last !== null) {
      drawDot(u, last.epoch, last.training, 'text-3');
      drawDot(u, last.epoch, last.heldOut, 'accent');
    }
    this.#drawn();
  }
}

/** First and last epoch on the axis. */
export const xRange = ({ span, longest }: Pick<CurvePicture, 'span' | 'longest'>): Span =>
  span ?? [0, longest];
