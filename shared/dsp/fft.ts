// Power spectrum of real frames by our own FFT: float64, power-of-two lengths, no allocation per frame.
import { DspError } from './dspError.ts';

/** Writes |X[k]|^2 for k = 0 .. length / 2 into `power` (length / 2 + 1 values). `frame` is left as it was. */
export type PowerSpectrum = (frame: Float64Array, power: Float64Array) => void;

/**
 * Prepares the power spectrum |X[k]|^2, X[k] = sum_n x[n] exp(-2 pi i k n / length), of real frames.
 *
 * The even and odd samples are taken as one complex signal of half the length, transformed, and parted
 * again (Numerical Recipes, 3rd ed., section 12.3.2). The complex transform is Stockham's autosort form,
 * radix 4 with a last radix-2 pass where the length asks for it (Van Loan 1992, section 1.7).
 *
 * Its scratch space is shared between calls: use one per thread.
 *
 * @param length a power of two, at least 2
 * @throws DspError bad-spec
 */
export function createPowerSpectrum(length: number): PowerSpectrum {
  if (!Number.isInteger(length) || length < 2 || (length & (length - 1)) !== 0) {
    throw new DspError('bad-spec', `FFT length must be a power of two and at least 2, not ${length}`);
  }
  const half = length / 2;
  const transform = createComplexFft(half);
  const real = new Float64Array(half);
  const imaginary = new Float64Array(half);
  const [cosines, sines] = unitCircle(half, length);
  return (frame, power) => {
    for (let n = 0; n < half; n++) {
      real[n] = frame[2 * n]!;
      imaginary[n] = frame[2 * n + 1]!;
    }
    const spectrum = transform(real, imaginary);
    const { re, im } = spectrum;
    power[0] = (re[0]! + im[0]!) ** 2;
    power[half] = (re[0]! - im[0]!) ** 2;
    for (let k = 1; k < half; k++) {
      const mirror = half - k;
      // E[k] and O[k], the spectra of the even and the odd samples; X[k] = E[k] + exp(-2 pi i k / length) O[k].
      const evenRe = 0.5 * (re[k]! + re[mirror]!);
      const evenIm = 0.5 * (im[k]! - im[mirror]!);
      const oddRe = 0.5 * (im[k]! + im[mirror]!);
      const oddIm = 0.5 * (re[mirror]! - re[k]!);
      const c = cosines[k]!;
      const s = sines[k]!;
      const xRe = evenRe + c * oddRe - s * oddIm;
      const xIm = evenIm + c * oddIm + s * oddRe;
      power[k] = xRe * xRe + xIm * xIm;
    }
  };
}

interface ComplexArrays {
  re: Float64Array;
  im: Float64Array;
}

/** exp(-2 pi i k / period) for k = 0 .. count - 1, as cosines and (negative) sines. */
function unitCircle(count: number, period: number): [Float64Array, Float64Array] {
  const angle = (k: number): number => (-2 * Math.PI * k) / period;
  return [
    Float64Array.from({ length: count }, (_, k) => Math.cos(angle(k))),
    Float64Array.from({ length: count }, (_, k) => Math.sin(angle(k))),
  ];
}

/** Forward complex FFT. The input arrays double as scratch; the result lives in them or in an own pair. */
function createComplexFft(length: number): (re: Float64Array, im: Float64Array) => ComplexArrays {
  const scratch = { re: new Float64Array(length), im: new Float64Array(length) };
  const [cosines, sines] = unitCircle(length, length);
  return (re, im) => {
    let from: ComplexArrays = { re, im };
    let to: ComplexArrays = scratch;
    let stride = 1;
    for (let n = length; n > 1;) {
      if (n % 4 === 0) {
        radix4Pass(from, to, { n, stride, cosines, sines });
        n /= 4;
        stride *= 4;
      } else {
        radix2Pass(from, to, stride);
        n /= 2;
        stride *= 2;
      }
      [from, to] = [to, from];
    }
    return from;
  };
}

interface Pass {
  /** Length of the transforms this pass splits. */
  n: number;
  /** How many of them are interleaved. */
  stride: number;
  /** exp(-2 pi i k / (n * stride)). */
  cosines: Float64Array;
  sines: Float64Array;
}

function radix4Pass(from: ComplexArrays, to: ComplexArrays, { n, stride, cosines, sines }: Pass): void {
  const { re: x, im: y } = from;
  const { re: u, im: v } = to;
  const quarter = (n / 4) * stride;
  for (let p = 0; p < n / 4; p++) {
    const c1 = cosines[p * stride]!;
    const s1 = sines[p * stride]!;
    const c2 = cosines[2 * p * stride]!;
    const s2 = sines[2 * p * stride]!;
    const c3 = cosines[3 * p * stride]!;
    const s3 = sines[3 * p * stride]!;
    for (let q = 0; q < stride; q++) {
      const a = q + p * stride;
      const b = a + quarter;
      const c = b + quarter;
      const d = c + quarter;
      const sumAcRe = x[a]! + x[c]!;
      const sumAcIm = y[a]! + y[c]!;
      const diffAcRe = x[a]! - x[c]!;
      const diffAcIm = y[a]! - y[c]!;
      const sumBdRe = x[b]! + x[d]!;
      const sumBdIm = y[b]! + y[d]!;
      // i (b - d)
      const turnedRe = y[d]! - y[b]!;
      const turnedIm = x[b]! - x[d]!;
      const out = q + 4 * p * stride;
      u[out] = sumAcRe + sumBdRe;
      v[out] = sumAcIm + sumBdIm;
      const re1 = diffAcRe - turnedRe;
      const im1 = diffAcIm - turnedIm;
      u[out + stride] = re1 * c1 - im1 * s1;
      v[out + stride] = re1 * s1 + im1 * c1;
      const re2 = sumAcRe - sumBdRe;
      const im2 = sumAcIm - sumBdIm;
      u[out + 2 * stride] = re2 * c2 - im2 * s2;
      v[out + 2 * stride] = re2 * s2 + im2 * c2;
      const re3 = diffAcRe + turnedRe;
      const im3 = diffAcIm + turnedIm;
      u[out + 3 * stride] = re3 * c3 - im3 * s3;
      v[out + 3 * stride] = re3 * s3 + im3 * c3;
    }
  }
}

/** The last pass of lengths that are not a power of four: transforms of length 2, no twiddles. */
function radix2Pass(from: ComplexArrays, to: ComplexArrays, stride: number): void {
  for (let q = 0; q < stride; q++) {
    const b = q + stride;
    to.re[q] = from.re[q]! + from.re[b]!;
    to.im[q] = from.im[q]! + from.im[b]!;
    to.re[b] = from.re[q]! - from.re[b]!;
    to.im[b] = from.im[q]! - from.im[b]!;
  }
}
