// Normalisation: every column brought to mean 0 and deviation 1, over a clip, a speaker or the training clips.
//
// Over an utterance it needs nothing but the clip, so the extractor does it. Over a speaker or a corpus it needs
// statistics of other clips: training fits them for each fold (fitNormalisation says on what), applies them to all
// clips of the fold before these are padded or cut, and keeps them with the model; prediction applies the same ones.
import type { Matrix } from './matrix.ts';

/** Of each column. */
export interface ColumnStatistics {
  mean: number[];
  /** Population standard deviation; 1 for a column that never changes. */
  deviation: number[];
}

/** What a model needs to treat a clip as its training clips were treated. Plain data: it is kept as JSON. */
export interface FittedNormalisation {
  kind: 'speaker' | 'corpus';
  /** Over all training clips. */
  corpus: ColumnStatistics;
  /** By speaker, where it is per speaker; any other speaker is treated by `corpus`. */
  speakers: Record<string, ColumnStatistics>;
}

/** A clip's features, neither padded nor cut, and who speaks in it. */
export interface SpokenMatrix {
  matrix: Matrix;
  /** Null where nobody knows. */
  speaker: string | null;
  /** The speaker's own, of somebody who was measured and is in no statistics. */
  statistics?: ColumnStatistics | undefined;
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
 * Fits the statistics of a fold.
 *
 * Over the corpus they are those of the training clips. Per speaker they are those of the speaker's training clips
 * and, for a speaker that training does not hear, of that speaker's own other clips: a held-out speaker's level and
 * timbre are taken from the very clips that are scored, without their labels. That is how the field normalises per
 * speaker (nkululeko's `scale = speaker` fits every speaker of the test side on the test side); a score on it
 * presupposes several clips of a new speaker.
 *
 * @param training the fold's training clips
 * @param others its test and validation clips
 */
export function fitNormalisation(
  kind: FittedNormalisation['kind'],
  training: readonly SpokenMatrix[],
  others: readonly SpokenMatrix[],
): FittedNormalisation {
  const corpus = columnStatistics(training.map(({ matrix }) => matrix));
  if (kind === 'corpus') return { kind, corpus, speakers: {} };
  const bySpeaker = Map.groupBy([...others], ({ speaker }) => speaker);
  // Those of the training side take the place of the others.
  for (const [speaker, clips] of Map.groupBy([...training], (clip) => clip.speaker))
    bySpeaker.set(speaker, clips);
  bySpeaker.delete(null);
  const speakers = [...bySpeaker].map(
    ([speaker, clips]) => [speaker!, columnStatistics(clips.map(({ matrix }) => matrix))] as const,
  );
  return { kind, corpus, speakers: Object.fromEntries(speakers) };
}

/** The statistics that a clip is treated by. */
export function statisticsFor(
  { kind, corpus, speakers }: FittedNormalisation,
  { speaker, statistics }: Pick<SpokenMatrix, 'speaker' | 'statistics'>,
): ColumnStatistics {
  if (kind === 'speaker' && statistics) return statistics;
  if (kind === 'corpus' || speaker === null || !Object.hasOwn(speakers, speaker)) return corpus;
  return speakers[speaker]!;
}
