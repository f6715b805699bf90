// Mel-frequency cepstral coefficients and log-mel bands by librosa's definition: the classic recipe's features.
import { dctMatrix } from './dct.ts';
import { writeDelta } from './delta.ts';
import { dotRow } from './dot.ts';
import { DspError } from './dspError.ts';
import type { MelSpectrogram } from './melSpectrogram.ts';
import { NO_CLIP } from './track.ts';
import type { Clip, Track } from './track.ts';

/** Mel bands in decibels, as they are. Source: librosa.power_to_db of librosa.feature.melspectrogram. */
export function createLogMel(spectrogram: MelSpectrogram): Track {
  let clip = NO_CLIP;
  return {
    reads: 'power',
    begin: (next) => void (clip = next),
    finish() {
      const { values, stride, column } = clip.target;
      for (let frame = 0; frame < clip.frames; frame++) {
        values.set(spectrogram.row(frame), frame * stride + column);
      }
    },
  };
}

export interface MfccSettings {
  /** Kept, c0 included. */
  coefficients: number;
  /** 0: none; 1: also their delta; 2: also the second-order delta. */
  deltas: number;
}

/**
 * The first coefficients of the orthonormal DCT-II of the mel bands in decibels, then their deltas.
 * `finish` throws DspError too-few-frames where deltas are asked of fewer than nine frames.
 *
 * Source: librosa.feature.mfcc 0.11 (Davis & Mermelstein 1980), librosa.feature.delta.
 *
 * @throws DspError bad-spec
 */
export function createMfcc(
  spectrogram: MelSpectrogram,
  mels: number,
  { coefficients, deltas }: MfccSettings,
): Track {
  if (coefficients > mels) {
    throw new DspError('bad-spec', `${coefficients} coefficients cannot come from ${mels} mel bands`);
  }
  const dct = dctMatrix(coefficients, mels);
  let clip = NO_CLIP;
  return {
    reads: 'power',
    begin: (next) => void (clip = next),
    finish() {
      const { values, stride, column } = clip.target;
      for (let frame = 0; frame < clip.frames; frame++) {
        const row = spectrogram.row(frame);
        const at = frame * stride + column;
        for (let k = 0; k < coefficients; k++) values[at + k] = dotRow(dct, k * mels, row);
      }
      writeDeltas(clip, { coefficients, deltas });
    },
  };
}

/** The deltas of a clip's coefficients, in the columns behind them. @throws DspError too-few-frames */
export function writeDeltas(clip: Clip, { coefficients, deltas }: MfccSettings): void {
  const { column } = clip.target;
  for (let order = 1; order <= deltas; order++) {
    for (let k = 0; k < coefficients; k++)
      writeDelta(clip, column + k, column + order * coefficients + k, order);
  }
}
