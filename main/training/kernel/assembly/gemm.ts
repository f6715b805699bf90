// Matrix products on panels of eight columns, four rows at a time.
//
// Every matrix is kept in panels: [columns / 8][rows][8], float32, so that a panel's rows are neighbours, 32 bytes
// each. The distance between panels (`...Panel`, in bytes) is the caller's. A tile of 4 rows x 8 columns is eight
// vectors of sums: enough to hide the latency of the additions, and all of them stay in registers.

/** Bytes of a panel's row. */
export const ROW: usize = 32;

/** a * b + c: rounded once where the build has relaxed SIMD, twice where not. */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/**
 * One panel of C = start + A B, `rows` of them: A [rows, 8 kPanels], B [8 kPanels, 8] one panel.
 * @param start where the sums begin, `startRow` bytes a row: C itself to add to it, a bias with 0 to repeat it
 */
export function panelProduct(
  a: usize,
  aPanel: usize,
  kPanels: usize,
  b: usize,
  c: usize,
  rows: usize,
  start: usize,
  startRow: usize,
): void {
  while (rows >= 4) {
    tileOfFour(a, aPanel, kPanels, b, c, start, startRow);
    a += 4 * ROW;
    c += 4 * ROW;
    start += 4 * startRow;
    rows -= 4;
  }
  for (; rows > 0; rows--) {
    tileOfOne(a, aPanel, kPanels, b, c, start, startRow);
    a += ROW;
    c += ROW;
    start += startRow;
  }
}

function tileOfFour(
  a: usize,
  aPanel: usize,
  kPanels: usize,
  b: usize,
  c: usize,
  start: usize,
  startRow: usize,
): void {
  let c00 = v128.load(start);
  let c01 = v128.load(start, 16);
  start += startRow;
  let c10 = v128.load(start);
  let c11 = v128.load(start, 16);
  start += startRow;
  let c20 = v128.load(start);
  let c21 = v128.load(start, 16);
  start += startRow;
  let c30 = v128.load(start);
  let c31 = v128.load(start, 16);
  for (; kPanels > 0; kPanels--) {
    const end = a + ROW;
    for (let at = a; at < end; at += 4) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      let x = v128.load32_splat(at);
      c00 = multiplyAdd(x, b0, c00);
      c01 = multiplyAdd(x, b1, c01);
      x = v128.load32_splat(at, 32);
      c10 = multiplyAdd(x, b0, c10);
      c11 = multiplyAdd(x, b1, c11);
      x = v128.load32_splat(at, 64);
      c20 = multiplyAdd(x, b0, c20);
      c21 = multiplyAdd(x, b1, c21);
      x = v128.load32_splat(at, 96);
      c30 = multiplyAdd(x, b0, c30);
      c31 = multiplyAdd(x, b1, c31);
      b += ROW;
    }
    a += aPanel;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c, c10, 32);
  v128.store(c, c11, 48);
  v128.store(c, c20, 64);
  v128.store(c, c21, 80);
  v128.store(c, c30, 96);
  v128.store(c, c31, 112);
}

function tileOfOne(
  a: usize,
  aPanel: usize,
  kPanels: usize,
  b: usize,
  c: usize,
  start: usize,
  _startRow: usize,
): void {
  let c0 = v128.load(start);
  let c1 = v128.load(start, 16);
  for (; kPanels > 0; kPanels--) {
    const end = a + ROW;
    for (let at = a; at < end; at += 4) {
      const x = v128.load32_splat(at);
      c0 = multiplyAdd(x, v128.load(b), c0);
      c1 = multiplyAdd(x, v128.load(b, 16), c1);
      b += ROW;
    }
    a += aPanel;
  }
  v128.store(c, c0);
  v128.store(c, c1, 16);
}

/** C = start + A B over all panels of C; B's panels are `8 kPanels` rows, the start's panels `startPanel` bytes apart. */
export function product(
  a: usize,
  aPanel: usize,
  kPanels: usize,
  b: usize,
  c: usize,
  cPanel: usize,
  rows: usize,
  panels: usize,
  start: usize,
  startRow: usize,
  startPanel: usize,
): void {
  for (; panels > 0; panels--) {
    panelProduct(a, aPanel, kPanels, b, c, rows, start, startRow);
    b += kPanels * 8 * ROW;
    c += cPanel;
    start += startPanel;
  }
}

/**
 * C = A' B: the gradient of a weight from its input A [k, 8 aPanels] and its output's gradient B [k, 8 bPanels].
 * C [8 aPanels, 8 bPanels] lies as weights do, its panels without gaps.
 */
export function transposedProduct(
  a: usize,
  aPanel: usize,
  aPanels: usize,
  b: usize,
  bPanel: usize,
  bPanels: usize,
  k: usize,
  c: usize,
): void {
  for (; bPanels > 0; bPanels--) {
    let at = a;
    for (let i: usize = 0; i < aPanels; i++) {
      transposedTile(at, b, k, c);
      transposedTile(at + 16, b, k, c + 4 * ROW);
      at += aPanel;
      c += 8 * ROW;
    }
    b += bPanel;
  }
}

function transposedTile(a: usize, b: usize, k: usize, c: usize): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  for (const end = b + k * ROW; b < end; b += ROW) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    c00 = multiplyAdd(x, b0, c00);
    c01 = multiplyAdd(x, b1, c01);
    x = v128.load32_splat(a, 4);
    c10 = multiplyAdd(x, b0, c10);
    c11 = multiplyAdd(x, b1, c11);
    x = v128.load32_splat(a, 8);
    c20 = multiplyAdd(x, b0, c20);
    c21 = multiplyAdd(x, b1, c21);
    x = v128.load32_splat(a, 12);
    c30 = multiplyAdd(x, b0, c30);
    c31 = multiplyAdd(x, b1, c31);
    a += ROW;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c, c10, 32);
  v128.store(c, c11, 48);
  v128.store(c, c20, 64);
  v128.store(c, c21, 80);
  v128.store(c, c30, 96);
  v128.store(c, c31, 112);
}
