// The mel power spectrogram in decibels: what MFCC and log-mel are both made of, computed once a clip.
import type { FeatureSpec } from '../recipe/recipe.ts';
import { powerToDb } from './decibel.ts';
import { dotRow } from './dot.ts';
import { DspError } from './dspError.ts';
import { melFilterBank } from './mel.ts';

export interface MelSpectrogram {
  begin(frames: number): void;
  addFrame(power: Float64Array, frame: number): void;
  /** After the last frame: decibels, frames x mels, row-major; valid until the next clip. */
  decibels(): Float64Array;
}

/**
 * Mel power spectrogram in decibels relative to 1, no lower than `topDb` under the clip's own peak, in a buffer
 * that grows with the longest clip.
 *
 * Source: librosa.power_to_db(librosa.feature.melspectrogram(power=2)), 0.11.
 *
 * @throws DspError bad-spec
 */
export function createMelSpectrogram(spec: FeatureSpec): MelSpectrogram {
  const { sampleRateHz, mels, fMinHz } = spec;
  const fMaxHz = spec.fMaxHz ?? sampleRateHz / 2;
  if (fMaxHz <= fMinHz) throw new DspError('bad-spec', `mel bands from ${fMinHz} to ${fMaxHz} Hz are empty`);
  const bands = melFilterBank({ ...spec, fMaxHz });
  let buffer = new Float64Array(0);
  let used = 0;
  let inDecibels = false;
  return {
    begin(frames) {
      used = frames * mels;
      if (buffer.length < used) buffer = new Float64Array(used);
      inDecibels = false;
    },
    addFrame(power, frame) {
      for (let m = 0; m < mels; m++) {
        const { firstBin, weights } = bands[m]!;
        buffer[frame * mels + m] = dotRow(power, firstBin, weights);
      }
    },
    decibels() {
      const values = buffer.subarray(0, used);
      if (!inDecibels) powerToDb(values, spec);
      inDecibels = true;
      return values;
    },
  };
}
