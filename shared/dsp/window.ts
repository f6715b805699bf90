// Analysis windows.

/**
 * Periodic ("DFT-even") Hann window: w[n] = 0.5 - 0.5 cos(2 pi n / length), 0 <= n < length.
 *
 * Source: scipy.signal.get_window('hann', length, fftbins=True), librosa's default.
 */
export function hannWindow(length: number): Float64Array {
  return Float64Array.from({ length }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / length));
}

/**
 * Symmetric Kaiser window: w[n] = I0(beta sqrt(1 - r^2)) / I0(beta), r from -1 to 1 over its length.
 *
 * Source: Kaiser 1974, numpy.kaiser.
 */
export function kaiserWindow(length: number, beta: number): Float64Array {
  const middle = (length - 1) / 2;
  return Float64Array.from({ length }, (_, n) => {
    const r = (n - middle) / middle;
    return besselI0(beta * Math.sqrt(Math.max(0, 1 - r * r))) / besselI0(beta);
  });
}

/** Modified Bessel function of the first kind, order 0, by its power series (Abramowitz & Stegun 9.6.12). */
function besselI0(x: number): number {
  let sum = 1;
  for (let k = 1, term = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
