// What is computed of a clip for its picture over time, and how the engine and the thread that computes speak of it.
import type { FeatureSpec, TrackSpec } from '../../shared/recipe/recipe.ts';
import type { TrackName } from '../../shared/contract/schemas.ts';
import type { PyramidShape } from './pyramid.ts';

/** What the files of a track hold; beside them as JSON once they are whole. */
export interface TrackMeta {
  readonly shape: PyramidShape;
  /** Seconds between two records of the finest level. */
  readonly stepSeconds: number;
  /** Range of the numbers a picture's bytes stand for, one a column or one for all; of curves: what they span. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Columns of the values file; empty where there is none. */
  readonly columns: readonly string[];
  /** Whether the sound was kept as a WAV file (TrackFiles.sound). */
  readonly keepsSound?: boolean;
}

/** A sound up to this length that can't be entered anywhere is decoded whole where it is wanted; longer ones are kept. */
export const WHOLE_SECONDS = 60;

/** What a thread computes; `path` is the sound. */
export interface TrackJob {
  readonly id: number;
  readonly track: TrackName;
  readonly path: string;
  readonly spec: FeatureSpec;
  readonly files: TrackFiles;
}

export interface TrackFiles {
  readonly pyramid: string;
  /** float32, little-endian, frame by frame: the recipe's own numbers. */
  readonly values: string;
  readonly meta: string;
  /** Written beside the outline of a long sound that can't be entered anywhere: all of it as a WAV file. */
  readonly sound: string;
}

/** To the thread: a job, or the end of one that nobody wants any more. */
export type TrackOrder =
  { readonly type: 'compute'; readonly job: TrackJob } | { readonly type: 'drop'; readonly id: number };

/** From the thread. */
export type TrackNews =
  /** The shape is known and so many records of the finest level are in the file. */
  | { readonly id: number; readonly type: 'progress'; readonly meta: TrackMeta; readonly done: number }
  | { readonly id: number; readonly type: 'done'; readonly meta: TrackMeta }
  | {
      readonly id: number;
      readonly type: 'failed';
      /** An AudioError's code and reason; code null: a bug. */
      readonly code: string | null;
      readonly reason: string;
    };

/** A track of the viewer as the recipe computes it: its own settings where it has that feature, else the defaults. */
export function specOf(track: TrackName, recipe: FeatureSpec): FeatureSpec {
  const own = recipe.tracks.find(({ type }) => type === track);
  return { ...recipe, trimTopDb: null, tracks: [own ?? defaultTrack(track)] };
}

function defaultTrack(track: TrackName): TrackSpec {
  switch (track) {
    case 'log-mel':
      return { type: 'log-mel' };
    case 'rms':
      return { type: 'rms' };
    case 'f0':
      return { type: 'f0', fMinHz: 65.40639132514966, fMaxHz: 2093.004522404789 };
    default:
      return { type: 'mfcc', coefficients: 13, deltas: 0 };
  }
}
