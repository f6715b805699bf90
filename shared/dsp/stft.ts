// Short-time spectra: framing, window and FFT in one pass.
import { createRealSpectrum } from './fft.ts';
import { hannWindow } from './window.ts';

export interface StftSettings {
  /**
   * Precision the window is rounded to. librosa's is double; single is what the classic recipe's matrices were made
   * with from the start (5e-5 dB beside librosa), and they stay what they were to the last bit.
   */
  window: 'single' | 'double';
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
  /**
   * Writes |X|^2 of the frame centred on sample `frame * hopLength` into `power` (`bins` values), and |X| into
   * `magnitude` where that is given.
   */
  analyse(signal: Float32Array, frame: number, power: Float64Array, magnitude?: Float32Array): void;
}

/**
 * Centred short-time Fourier power with a periodic Hann window and zeros beyond both edges.
 *
 * Source: librosa.stft(center=True, pad_mode='constant', window='hann'), squared magnitude.
 *
 * @throws DspError bad-spec when nFft is not a power of two
 */
export function createStft({ nFft, hopLength, window: precision }: StftSettings): Stft {
  const transform = createRealSpectrum(nFft);
  const exact = hannWindow(nFft);
  const window = precision === 'single' ? exact.map(Math.fround) : exact;
  const windowed = new Float64Array(nFft);
  const re = new Float64Array(nFft / 2 + 1);
  const im = new Float64Array(nFft / 2 + 1);
  return {
    bins: nFft / 2 + 1,
    frameCount: (samples) => 1 + Math.floor(samples / hopLength),
    analyse(signal, frame, power, magnitude) {
      const start = frame * hopLength - nFft / 2;
      const from = Math.max(0, -start);
      const to = Math.min(nFft, signal.length - start);
      windowed.fill(0, 0, from);
      for (let n = from; n < to; n++) windowed[n] = window[n]! * signal[start + n]!;
      windowed.fill(0, Math.max(from, to));
      transform(windowed, re, im);
      for (let k = 0; k < power.length; k++) power[k] = re[k]! * re[k]! + im[k]! * im[k]!;
      if (magnitude) writeMagnitude(re, im, magnitude);
    },
  };
}

/**
 * |X| in single precision, step by step as numpy takes the absolute value of complex64 (scaled by the larger part,
 * fused multiply-add). Where a spectrum is flat, which bin is a peak hangs on that rounding.
 */
function writeMagnitude(re: Float64Array, im: Float64Array, magnitude: Float32Array): void {
  const round = Math.fround;
  for (let k = 0; k < magnitude.length; k++) {
    const a = Math.abs(round(re[k]!));
    const b = Math.abs(round(im[k]!));
    const larger = Math.max(a, b);
    const ratio = round(Math.min(a, b) / larger);
    magnitude[k] = larger === 0 ? 0 : larger * round(Math.sqrt(round(1 + ratio * ratio)));
  }
}
