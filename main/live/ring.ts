// The last stretch of a stream of samples, found by their place in the stream.

/** Keeps the last `capacity` samples; places are counted from the start of the stream. */
export class Ring {
  readonly #values: Float32Array;
  #end = 0;

  constructor(capacity: number) {
    this.#values = new Float32Array(capacity);
  }

  /** One past the last sample. */
  get end(): number {
    return this.#end;
  }

  /** The first sample that is still there. */
  get start(): number {
    return Math.max(0, this.#end - this.#values.length);
  }

  append(samples: Float32Array): void {
    const capacity = this.#values.length;
    const kept = samples.subarray(Math.max(0, samples.length - capacity));
    const at = (this.#end + samples.length - kept.length) % capacity;
    const first = Math.min(kept.length, capacity - at);
    this.#values.set(kept.subarray(0, first), at);
    this.#values.set(kept.subarray(first), 0);
    this.#end += samples.length;
  }

  /**
   * A copy of the samples [from, until).
   * @throws RangeError where some of them are not there
   */
  slice(from: number, until: number): Float32Array {
    if (from < this.start || until > this.#end || from > until)
      throw new RangeError(`samples ${from} to ${until} are not kept: ${this.start} to ${this.#end} are`);
    const capacity = this.#values.length;
    const copy = new Float32Array(until - from);
    const at = from % capacity;
    const first = Math.min(copy.length, capacity - at);
    copy.set(this.#values.subarray(at, at + first));
    copy.set(this.#values.subarray(0, copy.length - first), first);
    return copy;
  }
}
