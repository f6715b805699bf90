// A list of numbers whose length is not known beforehand, in a typed array.

type Numbers = Float32Array | Float64Array | Uint16Array | Uint32Array;

/** Grows by half as it fills. */
export class Growing<T extends Numbers> {
  readonly #create: new (length: number) => T;
  #values: T;
  #length = 0;

  constructor(create: new (length: number) => T) {
    this.#create = create;
    this.#values = new create(16);
  }

  get length(): number {
    return this.#length;
  }

  /** The numbers, and room behind them; good until the next is added. */
  get values(): T {
    return this.#values;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new this.#create(Math.ceil(this.#length * 1.5));
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  clear(): void {
    this.#length = 0;
  }
}
