// Where a network's weights lie in the kernel: each tensor in panels of eight columns, widths rounded up to eight.

/** A width in panels of eight. */
export const panelsOf = (width: number): number => Math.ceil(width / 8);

/** A weight as tfjs has it, [rows, columns], and the place of each of them in the kernel's wider one. */
export interface Placement {
  readonly rows: Int32Array;
  readonly rowPanels: number;
  readonly columns: Int32Array;
  readonly columnPanels: number;
}

/** Places of a width: each by itself. */
export function plainPlaces(width: number): Int32Array {
  return Int32Array.from({ length: width }, (_, i) => i);
}

/** Places of `parts` widths side by side, each rounded up by itself: gates, or the directions of an LSTM. */
export function repeatedPlaces(width: number, parts: number): Int32Array {
  const padded = 8 * panelsOf(width);
  return Int32Array.from({ length: parts * width }, (_, i) => Math.floor(i / width) * padded + (i % width));
}

/** A flat vector of all weights, padded with zeros, and the way between it and tfjs's. */
export class WeightLayout {
  /** float32 of the padded vector. */
  length = 0;
  /** For every weight in tfjs's order its index in the padded vector. */
  #places = new Int32Array(0);

  /** Adds a tensor. @returns where its panels begin, in bytes from the vector's start */
  add({ rows, rowPanels, columns, columnPanels }: Placement): number {
    const start = this.length;
    const place = (i: number): number => {
      const row = rows[Math.floor(i / columns.length)]!;
      const column = columns[i % columns.length]!;
      return start + ((column >> 3) * rowPanels * 8 + row) * 8 + (column & 7);
    };
    this.#append(rows.length * columns.length, place);
    this.length += rowPanels * 8 * columnPanels * 8;
    return start * 4;
  }

  /** Adds a bias: one row without padding to eight. @returns as `add` */
  addBias(columns: Int32Array, columnPanels: number): number {
    const start = this.length;
    this.#append(columns.length, (i) => start + columns[i]!);
    this.length += columnPanels * 8;
    return start * 4;
  }

  #append(count: number, place: (i: number) => number): void {
    const places = new Int32Array(this.#places.length + count);
    places.set(this.#places);
    for (let i = 0; i < count; i++) places[this.#places.length + i] = place(i);
    this.#places = places;
  }

  /** Number of weights without padding. */
  get count(): number {
    return this.#places.length;
  }

  /** @throws RangeError where `flat` is of another network */
  scatter(flat: Float32Array, padded: Float32Array<ArrayBufferLike>): void {
    if (flat.length !== this.count)
      throw new RangeError(`${flat.length} weights for a network that has ${this.count}`);
    // Plain loops here and below: a batch of the fused layer goes through both.
    for (let i = 0; i < flat.length; i++) padded[this.#places[i]!] = flat[i]!;
  }

  gather(padded: Float32Array<ArrayBufferLike>): Float32Array {
    const flat = new Float32Array(this.count);
    for (let i = 0; i < flat.length; i++) flat[i] = padded[this.#places[i]!]!;
    return flat;
  }
}
