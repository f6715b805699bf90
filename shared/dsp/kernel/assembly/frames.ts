// The fast feature kernel (AssemblyScript, WebAssembly SIMD): windowed frames to power spectra, mel decibels, cepstra.
//
// A vector's four lanes are four consecutive frames of the signal, so that nothing but the reading of the samples and
// the writing of results crosses lanes. All memory is laid out by the caller (kernel.ts), which also computes every
// table; sizes are counted in complex points (`points` = nFft / 2), addresses in bytes.

/** Bytes of one vector, and of one complex point: four real parts, four imaginary parts. */
const VECTOR: usize = 16;
const POINT: usize = 32;

let points: usize = 0;
let windowTable: usize = 0;
let twiddleTable: usize = 0;
let blockTable: usize = 0;
let splitTable: usize = 0;
let data: usize = 0;
let power: usize = 0;

/**
 * Says where the tables and the work space are.
 * @param size points of the complex transform: a power of two, at least 16
 * @param window 2 x size float32: half the analysis window (the half is the split's factor)
 * @param twiddles for every pass but the last, for every p: the factors of outputs 1, 2, 3 (radix 4) or 1 (radix 2)
 * @param blocks size / 4 offsets into the work space: where the last pass finds the block of frequency r
 * @param split exp(-2 pi i k / nFft) in the order of the last pass
 */
export function configure(
  size: usize,
  window: usize,
  twiddles: usize,
  blocks: usize,
  split: usize,
  work: usize,
  spectrum: usize,
): void {
  points = size;
  windowTable = window;
  twiddleTable = twiddles;
  blockTable = blocks;
  splitTable = split;
  data = work;
  power = spectrum;
}

/**
 * |X[k]|^2 of four frames, k = 0 .. points, at `power`, a vector each.
 * @param from the first sample of the first frame
 * @param hop bytes from frame to frame
 * @returns false where all four frames are exactly zero: then nothing is written
 */
export function spectra(from: usize, hop: usize): bool {
  if (!firstPass(from, hop)) return false;
  let twiddles = twiddleTable + (points >> 2) * 24;
  let size = points >> 2;
  if (ctz(size) & 1) {
    twiddles = pass2(size, twiddles);
    size >>= 1;
  }
  for (; size > 4; size >>= 2) twiddles = pass4(size, twiddles);
  lastPass();
  return true;
}

// @ts-ignore: decorator
@inline
function unpackLow(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 0, 4, 1, 5);
}

// @ts-ignore: decorator
@inline
function unpackHigh(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 2, 6, 3, 7);
}

// @ts-ignore: decorator
@inline
function lows(a: v128, b: v128): v128 {
  return v128.shuffle<f64>(a, b, 0, 2);
}

// @ts-ignore: decorator
@inline
function highs(a: v128, b: v128): v128 {
  return v128.shuffle<f64>(a, b, 1, 3);
}

/** Stores the radix-4 butterfly of a, b, c, d (sums and differences of a and c, b and d), twiddled. */
// @ts-ignore: decorator
@inline
function storeTwiddled(
  to: usize,
  quarter: usize,
  sumRe: v128,
  sumIm: v128,
  diffRe: v128,
  diffIm: v128,
  sum2Re: v128,
  sum2Im: v128,
  diff2Re: v128,
  diff2Im: v128,
  c1: v128,
  s1: v128,
  c2: v128,
  s2: v128,
  c3: v128,
  s3: v128,
): void {
  v128.store(to, f32x4.add(sumRe, sum2Re));
  v128.store(to, f32x4.add(sumIm, sum2Im), VECTOR);
  const re1 = f32x4.add(diffRe, diff2Im);
  const im1 = f32x4.sub(diffIm, diff2Re);
  storeProduct(to + quarter, re1, im1, c1, s1);
  const re2 = f32x4.sub(sumRe, sum2Re);
  const im2 = f32x4.sub(sumIm, sum2Im);
  storeProduct(to + 2 * quarter, re2, im2, c2, s2);
  const re3 = f32x4.sub(diffRe, diff2Im);
  const im3 = f32x4.add(diffIm, diff2Re);
  storeProduct(to + 3 * quarter, re3, im3, c3, s3);
}

// @ts-ignore: decorator
@inline
function storeProduct(to: usize, re: v128, im: v128, c: v128, s: v128): void {
  v128.store(to, f32x4.sub(f32x4.mul(re, c), f32x4.mul(im, s)));
  v128.store(to, f32x4.add(f32x4.mul(re, s), f32x4.mul(im, c)), VECTOR);
}

/**
 * Window, even and odd samples as one complex signal, and the first radix-4 pass (decimation in frequency), two
 * points at a time: four samples of each of the four frames, turned into four vectors of one sample each.
 */
function firstPass(from: usize, hop: usize): bool {
  const quarter = points >> 2;
  const row = quarter << 3;
  const stride = quarter * POINT;
  let window = windowTable;
  let twiddles = twiddleTable;
  let to = data;
  let seen = i32x4.splat(0);
  const end = data + stride;
  while (to < end) {
    const wa = v128.load(window);
    const wb = v128.load(window + row);
    const wc = v128.load(window + 2 * row);
    const wd = v128.load(window + 3 * row);
    // Sums and differences of quarters before the turn: they need no lane of another point.
    let at = from;
    let a = f32x4.mul(wa, v128.load(at));
    let b = f32x4.mul(wb, v128.load(at + row));
    let c = f32x4.mul(wc, v128.load(at + 2 * row));
    let d = f32x4.mul(wd, v128.load(at + 3 * row));
    seen = v128.or(v128.or(seen, v128.or(a, b)), v128.or(c, d));
    const ac0 = f32x4.add(a, c);
    const ad0 = f32x4.sub(a, c);
    const bd0 = f32x4.add(b, d);
    const be0 = f32x4.sub(b, d);
    at += hop;
    a = f32x4.mul(wa, v128.load(at));
    b = f32x4.mul(wb, v128.load(at + row));
    c = f32x4.mul(wc, v128.load(at + 2 * row));
    d = f32x4.mul(wd, v128.load(at + 3 * row));
    seen = v128.or(v128.or(seen, v128.or(a, b)), v128.or(c, d));
    const ac1 = f32x4.add(a, c);
    const ad1 = f32x4.sub(a, c);
    const bd1 = f32x4.add(b, d);
    const be1 = f32x4.sub(b, d);
    at += hop;
    a = f32x4.mul(wa, v128.load(at));
    b = f32x4.mul(wb, v128.load(at + row));
    c = f32x4.mul(wc, v128.load(at + 2 * row));
    d = f32x4.mul(wd, v128.load(at + 3 * row));
    seen = v128.or(v128.or(seen, v128.or(a, b)), v128.or(c, d));
    const ac2 = f32x4.add(a, c);
    const ad2 = f32x4.sub(a, c);
    const bd2 = f32x4.add(b, d);
    const be2 = f32x4.sub(b, d);
    at += hop;
    a = f32x4.mul(wa, v128.load(at));
    b = f32x4.mul(wb, v128.load(at + row));
    c = f32x4.mul(wc, v128.load(at + 2 * row));
    d = f32x4.mul(wd, v128.load(at + 3 * row));
    seen = v128.or(v128.or(seen, v128.or(a, b)), v128.or(c, d));
    const ac3 = f32x4.add(a, c);
    const ad3 = f32x4.sub(a, c);
    const bd3 = f32x4.add(b, d);
    const be3 = f32x4.sub(b, d);

    const acL = unpackLow(ac0, ac1);
    const acM = unpackLow(ac2, ac3);
    const adL = unpackLow(ad0, ad1);
    const adM = unpackLow(ad2, ad3);
    const bdL = unpackLow(bd0, bd1);
    const bdM = unpackLow(bd2, bd3);
    const beL = unpackLow(be0, be1);
    const beM = unpackLow(be2, be3);
    storeTwiddled(
      to,
      stride,
      lows(acL, acM),
      highs(acL, acM),
      lows(adL, adM),
      highs(adL, adM),
      lows(bdL, bdM),
      highs(bdL, bdM),
      lows(beL, beM),
      highs(beL, beM),
      v128.load_splat<f32>(twiddles, 0),
      v128.load_splat<f32>(twiddles, 4),
      v128.load_splat<f32>(twiddles, 8),
      v128.load_splat<f32>(twiddles, 12),
      v128.load_splat<f32>(twiddles, 16),
      v128.load_splat<f32>(twiddles, 20),
    );
    const acN = unpackHigh(ac0, ac1);
    const acO = unpackHigh(ac2, ac3);
    const adN = unpackHigh(ad0, ad1);
    const adO = unpackHigh(ad2, ad3);
    const bdN = unpackHigh(bd0, bd1);
    const bdO = unpackHigh(bd2, bd3);
    const beN = unpackHigh(be0, be1);
    const beO = unpackHigh(be2, be3);
    storeTwiddled(
      to + POINT,
      stride,
      lows(acN, acO),
      highs(acN, acO),
      lows(adN, adO),
      highs(adN, adO),
      lows(bdN, bdO),
      highs(bdN, bdO),
      lows(beN, beO),
      highs(beN, beO),
      v128.load_splat<f32>(twiddles, 24),
      v128.load_splat<f32>(twiddles, 28),
      v128.load_splat<f32>(twiddles, 32),
      v128.load_splat<f32>(twiddles, 36),
      v128.load_splat<f32>(twiddles, 40),
      v128.load_splat<f32>(twiddles, 44),
    );
    window += VECTOR;
    from += VECTOR;
    twiddles += 48;
    to += 2 * POINT;
  }
  return v128.any_true(seen);
}

/** One radix-4 pass over all transforms of `size` points, in place; returns where the next pass's twiddles are. */
function pass4(size: usize, twiddles: usize): usize {
  const quarter = (size >> 2) * POINT;
  const block = size * POINT;
  const end = data + points * POINT;
  const last = data + quarter;
  for (let first = data; first < last; first += POINT) {
    const c1 = v128.load_splat<f32>(twiddles, 0);
    const s1 = v128.load_splat<f32>(twiddles, 4);
    const c2 = v128.load_splat<f32>(twiddles, 8);
    const s2 = v128.load_splat<f32>(twiddles, 12);
    const c3 = v128.load_splat<f32>(twiddles, 16);
    const s3 = v128.load_splat<f32>(twiddles, 20);
    twiddles += 24;
    for (let at = first; at < end; at += block) {
      const aRe = v128.load(at);
      const aIm = v128.load(at, VECTOR);
      const bRe = v128.load(at + quarter);
      const bIm = v128.load(at + quarter, VECTOR);
      const cRe = v128.load(at + 2 * quarter);
      const cIm = v128.load(at + 2 * quarter, VECTOR);
      const dRe = v128.load(at + 3 * quarter);
      const dIm = v128.load(at + 3 * quarter, VECTOR);
      storeTwiddled(
        at,
        quarter,
        f32x4.add(aRe, cRe),
        f32x4.add(aIm, cIm),
        f32x4.sub(aRe, cRe),
        f32x4.sub(aIm, cIm),
        f32x4.add(bRe, dRe),
        f32x4.add(bIm, dIm),
        f32x4.sub(bRe, dRe),
        f32x4.sub(bIm, dIm),
        c1,
        s1,
        c2,
        s2,
        c3,
        s3,
      );
    }
  }
  return twiddles;
}

/** One radix-2 pass, for sizes that are no power of four. */
function pass2(size: usize, twiddles: usize): usize {
  const half = (size >> 1) * POINT;
  const block = size * POINT;
  const end = data + points * POINT;
  const last = data + half;
  for (let first = data; first < last; first += POINT) {
    const c = v128.load_splat<f32>(twiddles, 0);
    const s = v128.load_splat<f32>(twiddles, 4);
    twiddles += 8;
    for (let at = first; at < end; at += block) {
      const aRe = v128.load(at);
      const aIm = v128.load(at, VECTOR);
      const bRe = v128.load(at + half);
      const bIm = v128.load(at + half, VECTOR);
      v128.store(at, f32x4.add(aRe, bRe));
      v128.store(at, f32x4.add(aIm, bIm), VECTOR);
      storeProduct(at + half, f32x4.sub(aRe, bRe), f32x4.sub(aIm, bIm), c, s);
    }
  }
  return twiddles;
}

/**
 * Parts Z[k] and Z[points - k] into the spectra of even and odd samples, joins them, and stores both powers.
 * X[k] = E + w O and X[points - k] = conj(E - w O), with E = Z[k] + conj Z[points - k], O = -i (Z[k] - conj ...).
 */
// @ts-ignore: decorator
@inline
function storePair(
  zRe: v128,
  zIm: v128,
  yRe: v128,
  yIm: v128,
  split: usize,
  low: usize,
  high: usize,
): void {
  const evenRe = f32x4.add(zRe, yRe);
  const evenIm = f32x4.sub(zIm, yIm);
  const oddRe = f32x4.add(zIm, yIm);
  const oddIm = f32x4.sub(yRe, zRe);
  const c = v128.load_splat<f32>(split);
  const s = v128.load_splat<f32>(split, 4);
  const turnedRe = f32x4.sub(f32x4.mul(c, oddRe), f32x4.mul(s, oddIm));
  const turnedIm = f32x4.add(f32x4.mul(c, oddIm), f32x4.mul(s, oddRe));
  const re = f32x4.add(evenRe, turnedRe);
  const im = f32x4.add(evenIm, turnedIm);
  v128.store(low, f32x4.add(f32x4.mul(re, re), f32x4.mul(im, im)));
  const re2 = f32x4.sub(evenRe, turnedRe);
  const im2 = f32x4.sub(evenIm, turnedIm);
  v128.store(high, f32x4.add(f32x4.mul(re2, re2), f32x4.mul(im2, im2)));
}

/** The last radix-4 pass, which has no twiddles, two mirrored blocks at a time, and the powers of their points. */
function lastPass(): void {
  const quarter = points >> 2;
  const middle = quarter >> 1;
  const row = quarter * VECTOR;
  const four = f32x4.splat(4);
  for (let r: usize = 0; r <= middle; r++) {
    const at = data + load<u32>(blockTable + (r << 2));
    let aRe = v128.load(at, 0);
    let aIm = v128.load(at, 16);
    let bRe = v128.load(at, 32);
    let bIm = v128.load(at, 48);
    let cRe = v128.load(at, 64);
    let cIm = v128.load(at, 80);
    let dRe = v128.load(at, 96);
    let dIm = v128.load(at, 112);
    let sRe = f32x4.add(aRe, cRe);
    let sIm = f32x4.add(aIm, cIm);
    let tRe = f32x4.add(bRe, dRe);
    let tIm = f32x4.add(bIm, dIm);
    let uRe = f32x4.sub(aRe, cRe);
    let uIm = f32x4.sub(aIm, cIm);
    let vRe = f32x4.sub(bRe, dRe);
    let vIm = f32x4.sub(bIm, dIm);
    const z0Re = f32x4.add(sRe, tRe);
    const z0Im = f32x4.add(sIm, tIm);
    const z1Re = f32x4.add(uRe, vIm);
    const z1Im = f32x4.sub(uIm, vRe);
    const z2Re = f32x4.sub(sRe, tRe);
    const z2Im = f32x4.sub(sIm, tIm);
    const z3Re = f32x4.sub(uRe, vIm);
    const z3Im = f32x4.add(uIm, vRe);
    const split = splitTable + (r << 5);
    const low = power + r * VECTOR;
    if (r === 0) {
      const sum = f32x4.add(z0Re, z0Im);
      const difference = f32x4.sub(z0Re, z0Im);
      v128.store(low, f32x4.mul(four, f32x4.mul(sum, sum)));
      v128.store(low + 4 * row, f32x4.mul(four, f32x4.mul(difference, difference)));
      storePair(z1Re, z1Im, z3Re, z3Im, split + 8, low + row, low + 3 * row);
      const square = f32x4.add(f32x4.mul(z2Re, z2Re), f32x4.mul(z2Im, z2Im));
      v128.store(low + 2 * row, f32x4.mul(four, square));
      continue;
    }
    if (r === middle) {
      storePair(z0Re, z0Im, z3Re, z3Im, split, low, low + 3 * row);
      storePair(z1Re, z1Im, z2Re, z2Im, split + 8, low + row, low + 2 * row);
      continue;
    }
    const mirror = data + load<u32>(blockTable + ((quarter - r) << 2));
    aRe = v128.load(mirror, 0);
    aIm = v128.load(mirror, 16);
    bRe = v128.load(mirror, 32);
    bIm = v128.load(mirror, 48);
    cRe = v128.load(mirror, 64);
    cIm = v128.load(mirror, 80);
    dRe = v128.load(mirror, 96);
    dIm = v128.load(mirror, 112);
    sRe = f32x4.add(aRe, cRe);
    sIm = f32x4.add(aIm, cIm);
    tRe = f32x4.add(bRe, dRe);
    tIm = f32x4.add(bIm, dIm);
    uRe = f32x4.sub(aRe, cRe);
    uIm = f32x4.sub(aIm, cIm);
    vRe = f32x4.sub(bRe, dRe);
    vIm = f32x4.sub(bIm, dIm);
    const high = power + (quarter - r) * VECTOR;
    storePair(z0Re, z0Im, f32x4.sub(uRe, vIm), f32x4.add(uIm, vRe), split, low, high + 3 * row);
    storePair(z1Re, z1Im, f32x4.sub(sRe, tRe), f32x4.sub(sIm, tIm), split + 8, low + row, high + 2 * row);
    storePair(z2Re, z2Im, f32x4.add(uRe, vIm), f32x4.sub(uIm, vRe), split + 16, low + 2 * row, high + row);
    storePair(z3Re, z3Im, f32x4.add(sRe, tRe), f32x4.add(sIm, tIm), split + 24, low + 3 * row, high);
  }
}

/** 10 log10(x), x a normal positive float32: exponent and the series of artanh, within 2 units of the last place. */
// @ts-ignore: decorator
@inline
function decibels(x: v128): v128 {
  const one = f32x4.splat(1);
  // The mantissa is taken from sqrt(1/2) to sqrt(2), where the series needs five terms.
  const exponent = i32x4.shr_s(i32x4.sub(x, i32x4.splat(0x3f3504f3)), 23);
  const mantissa = i32x4.sub(x, i32x4.shl(exponent, 23));
  const s = f32x4.div(f32x4.sub(mantissa, one), f32x4.add(mantissa, one));
  const z = f32x4.mul(s, s);
  let series = f32x4.splat(<f32>(1.0 / 9.0));
  series = f32x4.add(f32x4.mul(series, z), f32x4.splat(<f32>(1.0 / 7.0)));
  series = f32x4.add(f32x4.mul(series, z), f32x4.splat(<f32>(1.0 / 5.0)));
  series = f32x4.add(f32x4.mul(series, z), f32x4.splat(<f32>(1.0 / 3.0)));
  series = f32x4.add(f32x4.mul(series, z), one);
  // 10 log10(2) and 20 / ln(10)
  const whole = f32x4.mul(f32x4.convert_i32x4_s(exponent), f32x4.splat(3.010299956639812));
  return f32x4.add(whole, f32x4.mul(f32x4.mul(s, series), f32x4.splat(8.685889638065037)));
}

/** One mel band: weights of consecutive bins times their powers. */
// @ts-ignore: decorator
@inline
function band(bins: usize, weights: usize, count: usize): v128 {
  let sum0 = f32x4.splat(0);
  let sum1 = f32x4.splat(0);
  const end = weights + (count << 2);
  for (; weights + 4 < end; weights += 8) {
    sum0 = f32x4.add(sum0, f32x4.mul(v128.load(bins), v128.load_splat<f32>(weights)));
    sum1 = f32x4.add(sum1, f32x4.mul(v128.load(bins, VECTOR), v128.load_splat<f32>(weights, 4)));
    bins += 2 * VECTOR;
  }
  if (weights < end) {
    sum0 = f32x4.add(sum0, f32x4.mul(v128.load(bins), v128.load_splat<f32>(weights)));
  }
  return f32x4.add(sum0, sum1);
}

/**
 * Mel bands in decibels of `groups` times four frames.
 * @param table for each of `mels` bands: first bin, count of bins; two u32
 * @param weights the bands' weights one after the other, float32
 * @param to for each group of frames, for each band, a vector; after each group's bands a vector of their maxima
 */
export function melDecibels(
  from: usize,
  hop: usize,
  groups: usize,
  table: usize,
  weights: usize,
  mels: usize,
  amin: f32,
  to: usize,
): void {
  const least = f32x4.splat(amin);
  const silence = decibels(least);
  for (let group: usize = 0; group < groups; group++) {
    let peak = f32x4.splat(-f32.MAX_VALUE);
    if (spectra(from, hop)) {
      let weight = weights;
      let entry = table;
      for (let m: usize = 0; m < mels; m++) {
        const count = <usize>load<u32>(entry, 4);
        const energy = band(power + <usize>load<u32>(entry) * VECTOR, weight, count);
        // Without its sign, what is no number has more decibels than any number.
        const db = decibels(f32x4.abs(f32x4.max(energy, least)));
        peak = f32x4.max(peak, db);
        v128.store(to, db);
        to += VECTOR;
        entry += 8;
        weight += count << 2;
      }
    } else {
      for (let m: usize = 0; m < mels; m++, to += VECTOR) v128.store(to, silence);
      peak = silence;
    }
    v128.store(to, peak);
    to += VECTOR;
    from += hop << 2;
  }
}

/** Bands whose products are summed before they join the sum: float32 rounds short sums less. */
const RUN: usize = 16;

/**
 * Cosine coefficients of mel decibels that are lifted to `floor`, less `offset`.
 *
 * Row k of the transform is symmetric about its middle for even k, antisymmetric for odd k: so even rows take sums of
 * opposite bands, odd rows differences, and half the columns do.
 *
 * @param from as melDecibels leaves them; overwritten
 * @param matrix the first (mels + 1) / 2 columns of the even rows, then those of the odd ones, float32, row-major, each
 *   part with rows of zeros up to a multiple of four
 * @param count coefficients
 * @param to for each frame its coefficients, float32
 */
export function cepstra(
  from: usize,
  groups: usize,
  mels: usize,
  floor: f32,
  offset: f32,
  matrix: usize,
  count: usize,
  to: usize,
): void {
  const least = f32x4.splat(floor);
  const middle = f32x4.splat(offset);
  const columns = (mels + 1) >> 1;
  const evens = (count + 1) >> 1;
  const odds = matrix + ((evens + 3) & ~3) * (columns << 2);
  const frame = count << 2;
  for (let group: usize = 0; group < groups; group++) {
    const last = from + (mels - 1) * VECTOR;
    let opposite = last;
    for (let at = from; at <= opposite; at += VECTOR, opposite -= VECTOR) {
      const a = f32x4.sub(f32x4.max(v128.load(at), least), middle);
      const b = f32x4.sub(f32x4.max(v128.load(opposite), least), middle);
      v128.store(opposite, f32x4.sub(a, b));
      // The middle one of an odd number of bands is its own opposite.
      v128.store(at, at === opposite ? a : f32x4.add(a, b));
    }
    rows(from, VECTOR, columns, matrix, evens, to, frame);
    rows(last, -VECTOR, columns, odds, count >> 1, to + 4, frame);
    from = last + 2 * VECTOR;
    to += frame << 2;
  }
}

/** Every other coefficient: `count` rows of the transform times `columns` vectors, each `step` from the last. */
function rows(
  from: usize,
  step: usize,
  columns: usize,
  matrix: usize,
  count: usize,
  to: usize,
  frame: usize,
): void {
  const row = columns << 2;
  for (let k: usize = 0; k < count; k += 4) {
    let total0 = f32x4.splat(0);
    let total1 = f32x4.splat(0);
    let total2 = f32x4.splat(0);
    let total3 = f32x4.splat(0);
    let weight = matrix + k * row;
    const end = weight + row;
    let at = from;
    while (weight < end) {
      let sum0 = f32x4.splat(0);
      let sum1 = f32x4.splat(0);
      let sum2 = f32x4.splat(0);
      let sum3 = f32x4.splat(0);
      const pause = min(end, weight + RUN * 4);
      for (; weight < pause; weight += 4, at += step) {
        const value = v128.load(at);
        sum0 = f32x4.add(sum0, f32x4.mul(value, v128.load_splat<f32>(weight)));
        sum1 = f32x4.add(sum1, f32x4.mul(value, v128.load_splat<f32>(weight + row)));
        sum2 = f32x4.add(sum2, f32x4.mul(value, v128.load_splat<f32>(weight + 2 * row)));
        sum3 = f32x4.add(sum3, f32x4.mul(value, v128.load_splat<f32>(weight + 3 * row)));
      }
      total0 = f32x4.add(total0, sum0);
      total1 = f32x4.add(total1, sum1);
      total2 = f32x4.add(total2, sum2);
      total3 = f32x4.add(total3, sum3);
    }
    const column = to + (k << 3);
    storeColumn(column, frame, total0);
    if (k + 1 < count) storeColumn(column + 8, frame, total1);
    if (k + 2 < count) storeColumn(column + 16, frame, total2);
    if (k + 3 < count) storeColumn(column + 24, frame, total3);
  }
}

/** The four lanes below one another. */
// @ts-ignore: decorator
@inline
function storeColumn(to: usize, stride: usize, values: v128): void {
  v128.store_lane<f32>(to, values, 0);
  v128.store_lane<f32>(to + stride, values, 1);
  v128.store_lane<f32>(to + 2 * stride, values, 2);
  v128.store_lane<f32>(to + 3 * stride, values, 3);
}

/** The powers that `spectra` left as four rows of points + 1 float32 each, or zeros where it found silence. */
export function powerRows(from: usize, hop: usize, to: usize): void {
  const bins = points + 1;
  if (!spectra(from, hop)) {
    memory.fill(to, 0, bins << 4);
    return;
  }
  for (let k: usize = 0; k < bins; k++) storeColumn(to + (k << 2), bins << 2, v128.load(power + k * VECTOR));
}
