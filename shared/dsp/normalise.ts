// Normalisation: every column brought to mean 0 and deviation 1, over a clip, a speaker or the training clips.
//
// Over an utterance it needs nothing but the clip, so the extractor does it. Over a speaker or a corpus it needs
// statistics, which training fits on a fold's training clips alone, applies to all clips of the fold before they
// are padded or cut, and keeps with the model; prediction applies the same ones.
import type { Matrix } from './matrix.ts';

/** Of each column. */
export interface ColumnStatistics {
  mean: number[];
  /** Population standard deviation; 1 for a column that never changes. */
  deviation: number[];
}

/** What a model needs to treat a clip as its training clips were treated. Plain data: it is kept as JSON. */
export interface FittedNormalisation {
  /** Over all training clips. */
  corpus: ColumnStatistics;
  /** By speaker of the training clips; a speaker never heard is treated by `corpus`. */
  speakers: Record<string, ColumnStatistics>;
}

/** Mean and deviation of every column over all frames of all clips. @throws RangeError for no frames at all */
export function columnStatistics(matrices: readonly Matrix[]): ColumnStatistics {
  const frames = matrices.reduce((total, matrix) => total + matrix.frames, 0);
  if (frames === 0) throw new RangeError('statistics need at least one frame');
  const { coefficients } = matrices[0]!;
  const eachValue = (visit: (column: number, value: number) => void): void => {
    for (const { values } of matrices) values.forEach((value, i) => visit(i % coefficients, value));
  };
  const mean = new Array<number>(coefficients).fill(0);
  eachValue((column, value) => (mean[column]! += value / frames));
  const variance = new Array<number>(coefficients).fill(0);
  eachValue((column, value) => (variance[column]! += (value - mean[column]!) ** 2 / frames));
  // What is left of a constant column is rounding, not spread.
  const deviation = variance.map((value, column) =>
    Math.sqrt(value) > 1e-7 * Math.abs(mean[column]!) ? Math.sqrt(value) : 1,
  );
  return { mean, deviation };
}

/** (value - mean) / deviation, column by column, in place. */
export function standardise({ coefficients, values }: Matrix, { mean, deviation }: ColumnStatistics): void {
  for (let i = 0; i < values.length; i++) {
    const column = i % coefficients;
    values[i] = (values[i]! - mean[column]!) / deviation[column]!;
  }
}

/**
 * Fits the statistics of a speaker or corpus normalisation.
 *
 * @param training a fold's training clips, and no others; a nameless speaker is treated by the corpus
 */
export function fitNormalisation(
  training: readonly { matrix: Matrix; speaker: string | null }[],
): FittedNormalisation {
  const bySpeaker = Map.groupBy(training, ({ speaker }) => speaker);
  bySpeaker.delete(null);
  return {
    corpus: columnStatistics(training.map(({ matrix }) => matrix)),
    speakers: Object.fromEntries(
      [...bySpeaker].map(([speaker, clips]) => [
        speaker,
        columnStatistics(clips.map(({ matrix }) => matrix)),
      ]),
    ),
  };
}

/** The statistics that a clip is treated by. */
export function statisticsFor(
  { corpus, speakers }: FittedNormalisation,
  kind: 'speaker' | 'corpus',
  speaker: string | null,
): ColumnStatistics {
  if (kind === 'corpus' || speaker === null || !Object.hasOwn(speakers, speaker)) return corpus;
  return speakers[speaker]!;
}
