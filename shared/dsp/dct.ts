// Discrete cosine transform.

/**
 * The first `count` rows of the orthonormal DCT-II of `length` points, row-major (count x length):
 * row 0 is sqrt(1 / length), row k is sqrt(2 / length) cos(pi k (2 n + 1) / (2 length)).
 *
 * Source: scipy.fft.dct(type=2, norm='ortho').
 */
export function dctMatrix(count: number, length: number): Float64Array {
  return Float64Array.from({ length: count * length }, (_, i) => {
    const k = Math.floor(i / length);
    const n = i % length;
    const scale = Math.sqrt((k === 0 ? 1 : 2) / length);
    return scale * Math.cos((Math.PI * k * (2 * n + 1)) / (2 * length));
  });
}
