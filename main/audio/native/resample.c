// The two inner loops of sample rate conversion, for WebAssembly SIMD: see ../resample.ts for what they compute.
// Eight blocks are filtered at once: a block a lane of four, two blocks as real and imaginary part of one signal.
#include "freestanding.h"

typedef float v4 __attribute__((vector_size(16)));
typedef struct {
  v4 re, im;
} Complex4;

#define LANES 4

static inline Complex4 turn(Complex4 a, float c, float s) {
  return (Complex4){a.re * c - a.im * s, a.re * s + a.im * c};
}

/** Radix-4 pass of Stockham's autosort transform over `n` points in `stride` interleaved signals. */
static void pass4(int n, int stride, const Complex4 *restrict x, Complex4 *restrict y, const float *unit, int unit_step) {
  int quarter = n / 4;
  for (int p = 0; p < quarter; p++) {
    const float *w1 = unit + 2 * p * unit_step;
    const float *w2 = unit + 4 * p * unit_step;
    const float *w3 = unit + 6 * p * unit_step;
    float c1 = w1[0], s1 = w1[1], c2 = w2[0], s2 = w2[1], c3 = w3[0], s3 = w3[1];
    const Complex4 *x0 = x + stride * p;
    const Complex4 *x1 = x0 + stride * quarter;
    const Complex4 *x2 = x1 + stride * quarter;
    const Complex4 *x3 = x2 + stride * quarter;
    Complex4 *out = y + stride * 4 * p;
    for (int q = 0; q < stride; q++) {
      v4 sum_re = x0[q].re + x2[q].re, sum_im = x0[q].im + x2[q].im;
      v4 dif_re = x0[q].re - x2[q].re, dif_im = x0[q].im - x2[q].im;
      v4 odd_re = x1[q].re + x3[q].re, odd_im = x1[q].im + x3[q].im;
      // i (x1 - x3)
      v4 rot_re = x3[q].im - x1[q].im, rot_im = x1[q].re - x3[q].re;
      out[q] = (Complex4){sum_re + odd_re, sum_im + odd_im};
      out[q + stride] = turn((Complex4){dif_re - rot_re, dif_im - rot_im}, c1, s1);
      out[q + 2 * stride] = turn((Complex4){sum_re - odd_re, sum_im - odd_im}, c2, s2);
      out[q + 3 * stride] = turn((Complex4){dif_re + rot_re, dif_im + rot_im}, c3, s3);
    }
  }
}

static void pass2(int stride, const Complex4 *restrict x, Complex4 *restrict y) {
  for (int q = 0; q < stride; q++) {
    Complex4 a = x[q], b = x[q + stride];
    y[q] = (Complex4){a.re + b.re, a.im + b.im};
    y[q + stride] = (Complex4){a.re - b.re, a.im - b.im};
  }
}

/** Forward transform of `n` (a power of two) points; returns which of the two buffers holds it. */
static Complex4 *transform(int n, Complex4 *x, Complex4 *y, const float *unit) {
  int length = n, stride = 1;
  for (; length >= 4; length /= 4, stride *= 4) {
    pass4(length, stride, x, y, unit, stride);
    Complex4 *swap = x;
    x = y;
    y = swap;
  }
  if (length == 2) {
    pass2(stride, x, y);
    return y;
  }
  return x;
}

/** Four values of each of four blocks, as four vectors across the blocks. */
static inline void transpose(v4 a, v4 b, v4 c, v4 d, v4 out[4]) {
  v4 ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  v4 cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5), cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  out[0] = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
  out[1] = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
  out[2] = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
  out[3] = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
}

static inline v4 load(const float *at) {
  v4 value;
  __builtin_memcpy(&value, at, 16);
  return value;
}

static inline void store(float *at, v4 value) {
  __builtin_memcpy(at, &value, 16);
}

/**
 * Eight overlapping blocks of `n` samples, `hop` apart, each filtered by the real, even response `gains` (bins
 * 0 .. bins - 1, zero above) and brought to `m` samples; of each, `keep` samples from `skip` on go to `output`.
 * n, m: powers of two; hop, skip and keep: multiples of 4. `unit_n`, `unit_m`: exp(-2 pi i k / n), k < 3 n / 4.
 */
EXPORT("filterBlocks")
void filter_blocks(const float *input, float *output, int n, int m, int hop, int skip, int keep, const float *gains,
                   int bins, const float *unit_n, const float *unit_m, Complex4 *x, Complex4 *y) {
  for (int i = 0; i < n; i += 4) {
    v4 re[4], im[4];
    const float *at = input + i;
    transpose(load(at), load(at + 2 * hop), load(at + 4 * hop), load(at + 6 * hop), re);
    at += hop;
    transpose(load(at), load(at + 2 * hop), load(at + 4 * hop), load(at + 6 * hop), im);
    for (int j = 0; j < 4; j++) x[i + j] = (Complex4){re[j], im[j]};
  }
  Complex4 *spectrum = transform(n, x, y, unit_n);
  Complex4 *other = spectrum == x ? y : x;
  // Real and imaginary part swapped here and after it: the forward transform is then the inverse one.
  other[0] = (Complex4){spectrum[0].im * gains[0], spectrum[0].re * gains[0]};
  for (int k = 1; k < bins; k++) {
    Complex4 above = spectrum[k], below = spectrum[n - k];
    other[k] = (Complex4){above.im * gains[k], above.re * gains[k]};
    other[m - k] = (Complex4){below.im * gains[k], below.re * gains[k]};
  }
  for (int k = bins; k <= m - bins; k++) other[k] = (Complex4){(v4){0}, (v4){0}};
  Complex4 *blocks = transform(m, other, spectrum, unit_m);
  for (int i = 0; i < keep; i += 4) {
    const Complex4 *b = blocks + skip + i;
    v4 even[4], odd[4];
    transpose(b[0].im, b[1].im, b[2].im, b[3].im, even);
    transpose(b[0].re, b[1].re, b[2].re, b[3].re, odd);
    for (int lane = 0; lane < LANES; lane++) {
      store(output + 2 * lane * keep + i, even[lane]);
      store(output + (2 * lane + 1) * keep + i, odd[lane]);
    }
  }
}

/**
 * `count` values between the samples of `input`: value j lies (phase + j * step) / phases samples after the first,
 * seen through `taps` (a multiple of 4) samples by the table's row for its phase.
 */
EXPORT("interpolate")
void interpolate(const float *input, float *output, int count, int phase, int step, int phases, const float *table,
                 int taps) {
  int whole = step / phases, part = step % phases;
  for (int j = 0; j < count; j++) {
    const float *row = table + phase * taps;
    v4 sum = load(input) * load(row);
    for (int t = 4; t < taps; t += 4) sum += load(input + t) * load(row + t);
    output[j] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    input += whole;
    phase += part;
    if (phase >= phases) {
      phase -= phases;
      input++;
    }
  }
}
