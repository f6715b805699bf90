// 16-bit samples of one or two channels to floats, for WebAssembly SIMD: nearly every file of a corpus has them.
#include "freestanding.h"
#include <wasm_simd128.h>

static inline v128_t low_floats(v128_t integers, v128_t scale) {
  return wasm_f32x4_mul(wasm_f32x4_convert_i32x4(wasm_i32x4_extend_low_i16x8(integers)), scale);
}

static inline v128_t high_floats(v128_t integers, v128_t scale) {
  return wasm_f32x4_mul(wasm_f32x4_convert_i32x4(wasm_i32x4_extend_high_i16x8(integers)), scale);
}

/** `frames` samples over 2^15; rounded up to eight, so that up to seven more are read and written. */
EXPORT("convertMono16") void convert_mono(const int16_t *input, float *output, int frames) {
  v128_t scale = wasm_f32x4_splat(1.0f / 32768);
  for (int i = 0; i < frames; i += 8) {
    v128_t eight = wasm_v128_load(input + i);
    wasm_v128_store(output + i, low_floats(eight, scale));
    wasm_v128_store(output + i + 4, high_floats(eight, scale));
  }
}

/** The same of two channels in turns, each to an output of its own; up to three more are read and written. */
EXPORT("convertStereo16")
void convert_stereo(const int16_t *input, float *left, float *right, int frames) {
  v128_t scale = wasm_f32x4_splat(1.0f / 32768);
  for (int i = 0; i < frames; i += 4) {
    v128_t four = wasm_v128_load(input + 2 * i);
    v128_t first = low_floats(four, scale), second = high_floats(four, scale);
    wasm_v128_store(left + i, wasm_i32x4_shuffle(first, second, 0, 2, 4, 6));
    wasm_v128_store(right + i, wasm_i32x4_shuffle(first, second, 1, 3, 5, 7));
  }
}
