// Learning curves as files: every epoch as CSV, both charts as one SVG. Pure.
import type { Epoch, EvaluatedOn } from '../../../shared/contract/schemas.ts';
import {
  epochTicks,
  extentOf,
  heldOutMeans,
  lossRange,
  overlayLabel,
  spread,
  type Measure,
} from './curves.ts';
import { DASHES } from './overlay-layer.ts';

/** A run as it is exported; the first one is the one that was looked at. */
export interface ExportedRun {
  readonly runId: number;
  /** "Run 12: Classic · LOSO". */
  readonly title: string;
  readonly epochs: number;
  /** What its held-out curve is measured on. */
  readonly heldOut: EvaluatedOn;
  readonly folds: readonly { readonly index: number; readonly epochs: readonly Epoch[] }[];
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/**
 * One line an epoch of a fold of a run, as RFC 4180 has it; folds and epochs from 1. What runs hold out differs: each
 * kind has columns of its own, empty for a run that did not measure it.
 */
export function curvesCsv(runs: readonly ExportedRun[]): string {
  const kinds = [...new Set(runs.map(({ heldOut }) => heldOut))];
  const heads = (measure: Measure): string[] => kinds.map((kind) => `${kind}_${measure}`);
  const cells = (run: ExportedRun, value: number): (number | '')[] =>
    kinds.map((kind) => (kind === run.heldOut ? value : ''));
  const lines = [
    [
      ...['run', 'title', 'fold', 'epoch', 'training_loss', ...heads('loss')],
      ...['training_accuracy', ...heads('accuracy'), 'seconds'],
    ].join(','),
    ...runs.flatMap((run) =>
      run.folds.flatMap((fold) =>
        fold.epochs.map((epoch) =>
          [
            run.runId,
            quoted(run.title),
            fold.index + 1,
            epoch.epoch,
            epoch.loss,
            ...cells(run, epoch.heldOutLoss),
            epoch.accuracy,
            ...cells(run, epoch.heldOutAccuracy),
            epoch.seconds,
          ].join(','),
        ),
      ),
    ),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

export const SVG_WIDTH = 900;
export const SVG_HEIGHT = 640;
const PLOT = { left: 52, width: 720, height: 236 };
const INK = { accent: '#4b4fc4', text: '#17181b', soft: '#63676f', grid: '#ecedef' };
const GAP = 15;

/** Loss above accuracy on white, as a paper takes them: folds faint, means strong, other runs dashed with their names. */
export function curvesSvg(runs: readonly ExportedRun[]): string {
  const title = runs
    .map((run) => run.title)
    .slice(0, 1)
    .join('');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${SVG_WIDTH}" height="${SVG_HEIGHT}" viewBox="0 0 ${SVG_WIDTH} ${SVG_HEIGHT}" font-family="Inter, Helvetica, Arial, sans-serif" font-size="11" fill="${INK.soft}">`,
    `<title>${escaped(title)}</title><rect width="100%" height="100%" fill="#ffffff"/>`,
    `<text x="12" y="24" font-size="15" font-weight="600" fill="${INK.text}">${escaped(title)}</text>`,
    panel(runs, 'loss', 64),
    panel(runs, 'accuracy', 358),
    '</svg>',
  ].join('\n');
}

function panel(runs: readonly ExportedRun[], measure: Measure, top: number): string {
  const [run, ...others] = runs as [ExportedRun, ...ExportedRun[]];
  const epochs = runs.reduce((most, one) => Math.max(most, one.epochs), 1);
  const training = (epoch: Epoch): number => epoch[measure];
  const held = (epoch: Epoch): number => (measure === 'loss' ? epoch.heldOutLoss : epoch.heldOutAccuracy);
  const mean = heldOutMeans(run.folds)[measure];
  const trainingMean = heldOutMeans(
    run.folds.map(({ epochs: all }) => ({
      epochs: all.map((epoch) => ({ ...epoch, heldOutLoss: epoch.loss, heldOutAccuracy: epoch.accuracy })),
    })),
  )[measure];
  const behind = others.map((other) => ({
    id: other.runId,
    label: overlayLabel(`run ${other.runId}`, other.heldOut, run.heldOut),
    values: heldOutMeans(other.folds)[measure],
  }));
  const drawn = [
    ...run.folds.flatMap(({ epochs: all }) => [all.map(training), all.map(held)]),
    ...behind.map(({ values }) => values),
  ];
  const [low, high] = measure === 'accuracy' ? [0, 1] : lossRange([extentOf(drawn)]);
  const x = (epoch: number): number => PLOT.left + (epoch / epochs) * PLOT.width;
  const y = (value: number): number => top + PLOT.height - ((value - low) / (high - low)) * PLOT.height;
  const path = (points: readonly (readonly [number, number | null])[], style: string): string => {
    const steps = points.flatMap(([epoch, value], i) =>
      value === null
        ? []
        : [
            `${i === 0 || points[i - 1]![1] === null ? 'M' : 'L'}${x(epoch).toFixed(1)} ${y(value).toFixed(1)}`,
          ],
    );
    return steps.length === 0 ? '' : `<path d="${steps.join('')}" fill="none" ${style}/>`;
  };
  const numbered = (values: readonly (number | null)[]) => values.map((value, i) => [i + 1, value] as const);
  const several = run.folds.length > 1;
  const faint = several
    ? run.folds.flatMap((fold) => [
        path(
          fold.epochs.map((epoch) => [epoch.epoch, training(epoch)] as const),
          `stroke="${INK.soft}" stroke-width="1" opacity=".3"`,
        ),
        path(
          fold.epochs.map((epoch) => [epoch.epoch, held(epoch)] as const),
          `stroke="${INK.accent}" stroke-width="1" opacity=".4"`,
        ),
      ])
    : [];
  const labels = [
    { text: run.heldOut, values: mean, fill: INK.accent },
    { text: 'training', values: trainingMean, fill: INK.soft },
    ...behind.slice(0, DASHES.length).map(({ label, values }) => ({ text: label, values, fill: INK.soft })),
  ].flatMap(({ text, values, fill }) => {
    const end = values.findLast((value) => value !== null);
    return typeof end === 'number' ? [{ text: `${text} ${end.toFixed(2)}`, at: y(end), fill }] : [];
  });
  const placed = spread(
    labels.map(({ at }) => at),
    GAP,
    top,
    top + PLOT.height,
  );
  return [
    `<text x="12" y="${top - 14}" font-size="12" font-weight="600" fill="${INK.text}">${measure === 'loss' ? 'Loss' : 'Accuracy'}</text>`,
    ...valueTicks(low, high).map(
      (tick) =>
        `<path d="M${PLOT.left} ${y(tick).toFixed(1)}h${PLOT.width}" stroke="${INK.grid}"/><text x="${PLOT.left - 8}" y="${(y(tick) + 4).toFixed(1)}" text-anchor="end">${tick.toFixed(high - low < 0.4 ? 2 : 1)}</text>`,
    ),
    ...epochTicks(epochs, 12).map(
      (tick) =>
        `<text x="${x(tick).toFixed(1)}" y="${top + PLOT.height + 16}" text-anchor="middle">${tick === 1 ? 'epoch 1' : tick}</text>`,
    ),
    ...behind.map(({ values }, i) =>
      path(
        numbered(values),
        `stroke="${INK.soft}" stroke-width="1.25" ${DASHES[i] ? `stroke-dasharray="${DASHES[i].join(' ')}"` : 'opacity=".5"'}`,
      ),
    ),
    ...faint,
    path(numbered(trainingMean), `stroke="${INK.soft}" stroke-width="1.5"`),
    path(numbered(mean), `stroke="${INK.accent}" stroke-width="2.25"`),
    ...labels.map(
      ({ text, fill }, i) =>
        `<text x="${PLOT.left + PLOT.width + 8}" y="${(placed[i]! + 4).toFixed(1)}" fill="${fill}">${escaped(text)}</text>`,
    ),
  ].join('\n');
}

/** Round values between two others, about five. */
function valueTicks(low: number, high: number): number[] {
  const step =
    [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50].find((s) => (high - low) / s <= 6) ?? 100;
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9; i += 1) ticks.push(i * step);
  return ticks;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
