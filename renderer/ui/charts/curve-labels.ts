// Names and values at the ends of learning curves: what stands where, none over another.
import { BOTTOM, RIGHT, TOP } from './curve-drawing.ts';
import { spread, type CurveOverlay } from './curves.ts';
import { DASHES } from './overlay-layer.ts';

const GAP = 15;
/** A curve that ends closer to the margin than this has its labels there. */
const NEAR_MARGIN = 96;

export interface EndLabel {
  readonly key: string;
  readonly text: string;
  readonly kind: 'held' | 'training' | 'reference' | 'other';
  /** CSS pixels from the corner of the plot's box. */
  readonly x: number;
  readonly y: number;
}

export interface LabelInput {
  readonly width: number;
  readonly height: number;
  readonly x: (epoch: number) => number;
  readonly y: (value: number) => number;
  readonly heldOutName: string;
  /** The end of the run's own curves: what they are, and where they are drawn when they are smoothed. Null: none is shown. */
  readonly last: {
    readonly epoch: number;
    readonly shown: boolean;
    readonly heldOut: number;
    readonly training: number;
    readonly drawnHeldOut: number;
    readonly drawnTraining: number;
  } | null;
  readonly running: boolean;
  readonly reference: { readonly value: number; readonly label: string } | null;
  readonly overlays: readonly CurveOverlay[];
  /** The same runs as they are drawn. */
  readonly behind: readonly CurveOverlay[];
}

const endOf = (values: readonly (number | null)[]): number | null =>
  values.findLast((value) => value !== null) ?? null;

export function endLabels(input: LabelInput): EndLabel[] {
  const { width, height, last, reference, overlays } = input;
  const inColumn = width - RIGHT + 8;
  // While a run is under way its batches are drawn where the end of a curve would have its label.
  const inMargin =
    input.running ||
    overlays.length > 0 ||
    (last !== null && input.x(last.epoch) > width - RIGHT - NEAR_MARGIN);
  const labels: EndLabel[] = [];
  if (last !== null && (inMargin || last.shown)) {
    const x = inMargin ? inColumn : input.x(last.epoch) + 8;
    const held = `${input.heldOutName} ${last.heldOut.toFixed(2)}`;
    const training = `training ${last.training.toFixed(2)}`;
    labels.push({ key: 'held', text: held, kind: 'held', x, y: input.y(last.drawnHeldOut) });
    labels.push({ key: 'training', text: training, kind: 'training', x, y: input.y(last.drawnTraining) });
  }
  if (reference !== null) {
    const y = input.y(reference.value);
    labels.push({ key: 'reference', text: reference.label, kind: 'reference', x: inColumn, y });
  }
  const room = Math.floor((height - TOP - BOTTOM) / GAP) - labels.length;
  overlays.slice(0, Math.max(0, Math.min(DASHES.length, room))).forEach(({ id, label, values }, i) => {
    const end = endOf(values);
    if (end === null) return;
    const y = input.y(endOf(input.behind[i]!.values) ?? end);
    labels.push({ key: String(id), text: `${label} ${end.toFixed(2)}`, kind: 'other', x: inColumn, y });
  });
  // Labels that share a column give way to each other; the reference has its own column while curves are short.
  const moving = labels.filter((label) => inMargin || label.kind !== 'reference');
  const low = Math.max(TOP, height - BOTTOM - GAP / 2);
  const wishes = moving.map(({ y }) => y);
  const placed = new Map(spread(wishes, GAP, TOP, low).map((y, i) => [moving[i], y]));
  return labels.map((label) => ({ ...label, y: placed.get(label) ?? label.y }));
}
