// The clip to hear beside a confused one: recognised, of the same sentence or speaker, and nearest to it.

/** A test clip and what a model heard in it. */
export interface HeardClip {
  readonly clipId: number;
  /** Null where the corpus does not say. */
  readonly speaker: string | null;
  readonly utterance: string | null;
  readonly label: string;
  readonly predicted: string;
  /** Of the labels, always in the same order; sum to 1. */
  readonly probabilities: readonly number[];
}

/** What two clips share, besides what they are to be told apart by. */
export type Kinship = 'speaker and sentence' | 'sentence' | 'speaker' | 'none';

/** A recognised clip beside the one it is compared with. */
export interface Neighbour<Clip extends HeardClip> {
  readonly clip: Clip;
  readonly kinship: Kinship;
  /** Hellinger distance of the two clips' probabilities, 0 (alike) to 1 (nothing in common). */
  readonly distance: number;
}

/** Neighbours whose probabilities are no further apart than this are not told apart by them. */
const TIE = 0.01;

/**
 * Hellinger distance of two distributions, sqrt(1 - sum sqrt(p q)): 0 where they are alike, 1 where they share nothing.
 * @param p, q of the same length, each summing to 1
 */
export function hellinger(p: readonly number[], q: readonly number[]): number {
  const overlap = p.reduce((sum, value, i) => sum + Math.sqrt(value * q[i]!), 0);
  return Math.sqrt(Math.max(0, 1 - overlap));
}

/** What two clips share. */
export function kinshipOf(
  a: Pick<HeardClip, 'speaker' | 'utterance'>,
  b: Pick<HeardClip, 'speaker' | 'utterance'>,
): Kinship {
  const speaker = a.speaker !== null && a.speaker === b.speaker;
  const sentence = a.utterance !== null && a.utterance === b.utterance;
  if (speaker && sentence) return 'speaker and sentence';
  return sentence ? 'sentence' : speaker ? 'speaker' : 'none';
}

/** One voice in one sentence leaves the emotion alone to differ: first. Strangers come last. */
const RANK: Readonly<Record<Kinship, number>> = {
  'speaker and sentence': 0,
  sentence: 1,
  speaker: 1,
  none: 2,
};

/**
 * The recognised clips of a label, best to compare with first: those of the same speaker and sentence, then those that
 * share one of the two, each by the distance of the model's probabilities. Clips that share neither are given only
 * where there is no other.
 * @param clip the clip to compare with; it is never its own neighbour
 * @param heard all test clips of the run
 * @param label which the neighbours have, and are recognised as
 */
export function correctNeighbours<Clip extends HeardClip>(
  clip: HeardClip,
  heard: readonly Clip[],
  label: string,
): Neighbour<Clip>[] {
  const all = heard
    .filter((other) => other.label === label && other.predicted === label && other.clipId !== clip.clipId)
    .map((other) => ({
      clip: other,
      kinship: kinshipOf(clip, other),
      distance: hellinger(clip.probabilities, other.probabilities),
    }));
  const kin = all.filter(({ kinship }) => kinship !== 'none');
  return (kin.length > 0 ? kin : all).sort(
    (a, b) => RANK[a.kinship] - RANK[b.kinship] || a.distance - b.distance || a.clip.clipId - b.clip.clipId,
  );
}

/** The first neighbours that the probabilities do not tell apart, of equal kinship: features have to. */
export function tiedNeighbours<Clip extends HeardClip>(
  ranked: readonly Neighbour<Clip>[],
): readonly Neighbour<Clip>[] {
  const [first] = ranked;
  if (first === undefined) return [];
  const end = ranked.findIndex(
    ({ kinship, distance }) => RANK[kinship] > RANK[first.kinship] || distance > first.distance + TIE,
  );
  return end < 0 ? ranked : ranked.slice(0, end);
}

/** Frames x columns, neither padded nor cut. */
type FeatureRows = readonly (readonly number[])[];

/** Mean and deviation of each column over the frames. */
function profile(rows: FeatureRows): number[] {
  const columns = rows[0]?.length ?? 0;
  return Array.from({ length: columns }, (_, column) => {
    const mean = rows.reduce((sum, row) => sum + row[column]!, 0) / rows.length;
    const variance = rows.reduce((sum, row) => sum + (row[column]! - mean) ** 2, 0) / rows.length;
    const deviation = Math.sqrt(variance);
    // What is left of a constant column is rounding, not spread.
    return [mean, deviation > 1e-9 * Math.abs(mean) ? deviation : 0];
  }).flat();
}

/**
 * How far clips are from one by their features. Each clip is described by the mean and the deviation of every column
 * over its frames, each of these is scaled to deviation 1 over the clips given, and the distance is the root of the
 * mean squared difference: clips of any length compare, and no column outweighs another by its unit.
 * @param clip features of the clip
 * @param others features of the others, with the same columns
 * @returns one distance each, 0 for equal descriptions
 */
export function featureDistances(clip: FeatureRows, others: readonly FeatureRows[]): number[] {
  const own = profile(clip);
  const profiles = others.map(profile);
  const all = [own, ...profiles];
  const scales = own.map((_, i) => {
    const mean = all.reduce((sum, values) => sum + values[i]!, 0) / all.length;
    return Math.sqrt(all.reduce((sum, values) => sum + (values[i]! - mean) ** 2, 0) / all.length);
  });
  return profiles.map((values) => {
    const squares = values.map((value, i) => (scales[i]! > 0 ? ((value - own[i]!) / scales[i]!) ** 2 : 0));
    return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / Math.max(1, squares.length));
  });
}
