// What a split is given, and what it gives: clips as it sees them, and a fold's three parts.

/** A clip as a split sees it. */
export interface SplitClip {
  /** Named in errors. */
  readonly path: string;
  /** Index into the run's labels. */
  readonly label: number;
  /** Null where nobody knows. */
  readonly speaker: string | null;
  /** The same for all takes of one performance: speaker, sentence and label; null where that is not known. */
  readonly take: string | null;
  /** Content hash: the same for copies of one recording. */
  readonly content: string;
  /** True for the clips of a cross-corpus run's other corpus, which are tested on alone. */
  readonly foreign: boolean;
}

/** One fold: positions in the list of clips, ascending; no clip is in two of the three parts. */
export interface FoldPlan {
  /** From 0. */
  readonly index: number;
  /** Speakers of the test clips that the fold's model never hears; empty where the split does not go by speaker. */
  readonly heldOutSpeakers: string[];
  /** Speakers of the training side that are set aside to choose an epoch on. */
  readonly validationSpeakers: string[];
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
  /** Clips kept out of training because one of the same content, or another take, is tested or validated on. */
  readonly leftOut: Int32Array;
}
