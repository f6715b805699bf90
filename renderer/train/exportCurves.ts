// Saves the curves on screen as a file: the run looked at and those laid over it.
import type { RunDetail, RunSummary } from '../../shared/contract/schemas.ts';
import { engine } from '../state/engine.svelte.ts';
import { curvesCsv, curvesSvg, SVG_HEIGHT, SVG_WIDTH, type ExportedRun } from '../ui/charts/curve-export.ts';
import { saveFile } from '../ui/save.ts';
import { runTitle } from './words.ts';

export type CurveFormat = 'csv' | 'svg' | 'png';

/** Pixels of a PNG for each of the SVG's. */
const PNG_SCALE = 2;

const titleOf = (run: RunSummary): string => `Run ${run.runId}: ${runTitle(run)}, ${run.corpusName}`;

/** Reads the whole curves of the other runs and saves all in one file. Rejects where the engine does. */
export async function exportCurves(
  run: RunDetail,
  others: readonly RunSummary[],
  format: CurveFormat,
): Promise<void> {
  const curves = await engine.client.runs.curves({ runIds: others.map(({ runId }) => runId) });
  const exported: ExportedRun[] = [
    {
      runId: run.runId,
      title: titleOf(run),
      epochs: run.epochs,
      heldOut: run.evaluatedOn,
      folds: run.foldDetails,
    },
    ...others.flatMap((other, i) => {
      const own = curves[i];
      if (own === undefined) return [];
      const { runId, epochs } = other;
      return [{ runId, title: titleOf(other), epochs, heldOut: own.evaluatedOn, folds: own.folds }];
    }),
  ];
  saveFile(await blobOf(exported, format), `run-${run.runId}-curves.${format}`);
}

async function blobOf(runs: readonly ExportedRun[], format: CurveFormat): Promise<Blob> {
  if (format === 'csv') return new Blob([curvesCsv(runs)], { type: 'text/csv' });
  const svg = new Blob([curvesSvg(runs)], { type: 'image/svg+xml' });
  return format === 'svg' ? svg : toPng(svg);
}

async function toPng(svg: Blob): Promise<Blob> {
  const url = URL.createObjectURL(svg);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = SVG_WIDTH * PNG_SCALE;
    canvas.height = SVG_HEIGHT * PNG_SCALE;
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    const png = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (png === null) throw new Error('The picture could not be made.');
    return png;
  } finally {
    URL.revokeObjectURL(url);
  }
}
