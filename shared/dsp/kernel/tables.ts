// The tables of the kernel's transforms.

/** exp(-2 pi i k / period) */
function root(k: number, period: number): [number, number] {
  const angle = (-2 * Math.PI * k) / period;
  return [Math.cos(angle), Math.sin(angle)];
}

/**
 * The factors of every pass but the last in the order of their use, and for the last pass, by lowest frequency,
 * where its blocks of four points lie after the passes before it (decimation in frequency leaves them permuted).
 */
export function passTables(points: number): { twiddles: Float32Array; blocks: Uint32Array } {
  const twiddles: number[] = [];
  let frequencies = [0];
  let step = 1;
  for (let size = points; size > 4;) {
    const odd = Math.log2(size) % 2 === 1;
    const radix = odd && size < points ? 2 : 4;
    for (let p = 0; p < size / radix; p++) {
      for (let j = 1; j < radix; j++) twiddles.push(...root(p * j, size));
    }
    frequencies = frequencies.flatMap((base) => Array.from({ length: radix }, (_, j) => base + step * j));
    size /= radix;
    step *= radix;
  }
  const blocks = new Uint32Array(points / 4);
  frequencies.forEach((frequency, block) => (blocks[frequency] = block * 4 * 32));
  return { twiddles: Float32Array.from(twiddles), blocks };
}

/** exp(-2 pi i k / nFft) for k = r + j points / 4, j = 0 .. 3, r = 0 .. points / 8. */
export function splitTable(points: number): Float32Array {
  const table: number[] = [];
  for (let r = 0; r <= points / 8; r++) {
    for (let j = 0; j < 4; j++) table.push(...root(r + (j * points) / 4, 2 * points));
  }
  return Float32Array.from(table);
}
