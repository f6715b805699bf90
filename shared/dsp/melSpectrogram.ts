// The mel power spectrogram in decibels: what MFCC and log-mel are both made of, computed once a clip.
import type { FeatureSpec } from '../recipe/recipe.ts';
import { dotRow } from './dot.ts';
import { DspError } from './dspError.ts';
import { melFilterBank, type MelBand } from './mel.ts';
import type { Target } from './track.ts';

export interface MelSpectrogram {
  begin(clip: MelClip): void;
  addFrame(power: Float64Array, frame: number): void;
  /** After the last frame: no decibels below the floor any more. */
  finish(): void;
  /** After `finish`: one frame's decibels, lowest band first; overwritten by the next call. */
  row(frame: number): Float64Array;
}

export interface MelClip {
  frames: number;
  /** Columns that get the decibels; without them they are kept in memory of their own. */
  target: Target | undefined;
}

/**
 * Mel power spectrogram in decibels relative to 1, no lower than `topDb` under the clip's own peak. Held in single
 * precision, as librosa's is: an hour takes 80 MB.
 *
 * Source: librosa.power_to_db(librosa.feature.melspectrogram(power=2)), 0.11.
 *
 * @throws DspError bad-spec
 */
export function createMelSpectrogram(spec: FeatureSpec): MelSpectrogram {
  const { mels, amin, topDb } = spec;
  const bands = melBands(spec);
  const scratch = new Float64Array(mels);
  let buffer = new Float32Array(0);
  let frames = 0;
  let target: Target = { values: buffer, stride: mels, column: 0 };
  let peakDb = -Infinity;
  return {
    begin(clip) {
      frames = clip.frames;
      peakDb = -Infinity;
      if (!clip.target && buffer.length < frames * mels) buffer = new Float32Array(frames * mels);
      target = clip.target ?? { values: buffer, stride: mels, column: 0 };
    },
    addFrame(power, frame) {
      const at = frame * target.stride + target.column;
      for (let m = 0; m < mels; m++) {
        const { firstBin, weights } = bands[m]!;
        const db = 10 * Math.log10(Math.max(amin, dotRow(power, firstBin, weights)));
        if (db > peakDb) peakDb = db;
        target.values[at + m] = db;
      }
    },
    finish: () => liftToFloor(target, { frames, columns: mels, floorDb: peakDb - topDb }),
    row(frame) {
      const at = frame * target.stride + target.column;
      for (let m = 0; m < mels; m++) scratch[m] = target.values[at + m]!;
      return scratch;
    },
  };
}

/** A specification's mel filter bank. @throws DspError bad-spec */
export function melBands(spec: FeatureSpec): MelBand[] {
  const fMaxHz = spec.fMaxHz ?? spec.sampleRateHz / 2;
  if (fMaxHz <= spec.fMinHz) {
    throw new DspError('bad-spec', `mel bands from ${spec.fMinHz} to ${fMaxHz} Hz are empty`);
  }
  return melFilterBank({ ...spec, fMaxHz });
}

/** Lifts what is below the floor of a clip's decibels to it, in place. */
export function liftToFloor(
  { values, stride, column }: Target,
  { frames, columns, floorDb }: { frames: number; columns: number; floorDb: number },
): void {
  const floor = Math.fround(floorDb);
  for (let frame = 0; frame < frames; frame++) {
    const at = frame * stride + column;
    for (let i = at; i < at + columns; i++) if (values[i]! < floor) values[i] = floor;
  }
}
