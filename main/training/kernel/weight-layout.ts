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
  readonly #places: number[] = [];

  /** Adds a tensor. @returns where its panels begin, in bytes from the vector's start */
  add({ rows, rowPanels, columns, columnPanels }: Placement): number {
    const start = this.length;
    for (const row of rows)
      for (const column of columns)
        this.#places.push(start + ((column >> 3) * rowPanels * 8 + row) * 8 + (column & 7));
    this.length += rowPanels * 8 * columnPanels * 8;
    return start * 4;
  }

  /** Adds a bias: one row without padding to eight. @returns as `add` */
  addBias(columns: Int32Array, columnPanels: number): number {
    const start = this.length;
    for (const column of columns) this.#places.push(start + column);
    this.length += columnPanels * 8;
    return start * 4;
  }

  /** Number of weights without padding. */
  get count(): number {
    return this.#places.length;
  }

  /** @throws RangeError where `flat` is of another network */
  scatter(flat: Float32Array, padded: Float32Array<ArrayBufferLike>): void {
    if (flat.length !== this.count)
      throw new RangeError(`${flat.length} weights for a network that has ${this.count}`);
    this.#places.forEach((place, i) => (padded[place] = flat[i]!));
  }

  gather(padded: Float32Array<ArrayBufferLike>): Float32Array {
    return Float32Array.from(this.#places, (place) => padded[place]!);
  }
}
