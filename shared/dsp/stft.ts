// Short-time power spectra: framing, window and FFT in one pass.
import { createPowerSpectrum } from './fft.ts';
import { hannWindow } from './window.ts';

export interface StftSettings {
  /** Frame and FFT length in samples; a power of two. */
  nFft: number;
  /** Samples between frame centres. */
  hopLength: number;
}

export interface Stft {
  /** Frequency bins of one frame: nFft / 2 + 1. */
  readonly bins: number;
  /** Frames of a signal of `samples` samples: 1 + floor(samples / hopLength). */
  frameCount(samples: number): number;
  /** Writes |X|^2 of the frame centred on sample `frame * hopLength` into `power` (`bins` values). */
  powerFrame(signal: Float32Array, frame: number, power: Float64Array): void;
}

/**
 * Centred short-time Fourier power with a periodic Hann window and zeros beyond both edges.
 *
 * Source: librosa.stft(center=True, pad_mode='constant', window='hann'), squared magnitude.
 *
 * @throws DspError bad-spec when nFft is not a power of two
 */
export function createStft({ nFft, hopLength }: StftSettings): Stft {
  const powerSpectrum = createPowerSpectrum(nFft);
  // librosa multiplies in float32; rounding the window as it does keeps very quiet bins equal to its own.
  const window = hannWindow(nFft).map(Math.fround);
  const windowed = new Float64Array(nFft);
  return {
    bins: nFft / 2 + 1,
    frameCount: (samples) => 1 + Math.floor(samples / hopLength),
    powerFrame(signal, frame, power) {
      const start = frame * hopLength - nFft / 2;
      const from = Math.max(0, -start);
      const to = Math.min(nFft, signal.length - start);
      windowed.fill(0, 0, from);
      for (let n = from; n < to; n++) windowed[n] = window[n]! * signal[start + n]!;
      windowed.fill(0, Math.max(from, to));
      powerSpectrum(windowed, power);
    },
  };
}
