// Analysis windows.

/**
 * Periodic ("DFT-even") Hann window: w[n] = 0.5 - 0.5 cos(2 pi n / length), 0 <= n < length.
 *
 * Source: scipy.signal.get_window('hann', length, fftbins=True), librosa's default.
 */
export function hannWindow(length: number): Float64Array {
  return Float64Array.from({ length }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / length));
}
