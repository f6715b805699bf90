// What the columns of a feature matrix are: the names and the number of them, by specification.
import type { FeatureSpec, TrackSpec } from './recipe.ts';

/** Pitch classes of chroma, as librosa orders them. */
const PITCH_CLASSES = ['C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B'];
const DELTA_SUFFIXES = ['', '_delta', '_delta2'];

/** Names of one track's columns, in order: `mfcc_0`, `mfcc_0_delta`, `log_mel_127`, `rms`, `chroma_C#`, `f0_hz`. */
export function trackColumns(track: TrackSpec, { mels }: Pick<FeatureSpec, 'mels'>): string[] {
  const numbered = (name: string, count: number): string[] =>
    Array.from({ length: count }, (_, i) => `${name}_${i}`);
  switch (track.type) {
    case 'mfcc': {
      const names = numbered('mfcc', track.coefficients);
      return DELTA_SUFFIXES.slice(0, track.deltas + 1).flatMap((suffix) =>
        names.map((name) => `${name}${suffix}`),
      );
    }
    case 'log-mel':
      return numbered('log_mel', mels);
    case 'rms':
      return ['rms'];
    case 'zero-crossing-rate':
      return ['zero_crossing_rate'];
    case 'centroid':
      return ['spectral_centroid_hz'];
    case 'bandwidth':
      return ['spectral_bandwidth_hz'];
    case 'rolloff':
      return ['spectral_rolloff_hz'];
    case 'flatness':
      return ['spectral_flatness'];
    case 'contrast':
      return numbered('spectral_contrast', track.bands + 1);
    case 'chroma':
      return PITCH_CLASSES.map((pitch) => `chroma_${pitch}`);
    case 'f0':
      return ['f0_hz', 'voiced', 'voiced_probability'];
  }
}

/** Names of a matrix's columns, in order. */
export function columnNames(spec: FeatureSpec): string[] {
  return spec.tracks.flatMap((track) => trackColumns(track, spec));
}

export interface InputShape {
  frames: number;
  coefficients: number;
}

/**
 * Shape of the matrix that a network with this specification takes.
 *
 * @throws RangeError where the specification takes whole clips, whatever their length
 */
export function inputShape(spec: FeatureSpec): InputShape {
  if (spec.frames === null)
    throw new RangeError('a network needs a fixed number of frames; this recipe has none');
  return { frames: spec.frames, coefficients: columnNames(spec).length };
}
