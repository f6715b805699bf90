// What is drawn of a clip, at every zoom: records in time at full detail, and four of them in one at each level above.
import { closeSync, openSync, writeSync } from 'node:fs';

/** Records of one level in a record of the next. */
export const FACTOR = 4;
/** A level this short is the last. */
const SHORTEST_LEVEL = 512;

/** Kinds of numbers in a record. */
export type Numbers = Uint8Array | Int16Array | Float32Array;
type NumberKind = 'uint8' | 'int16' | 'float32';
const ARRAYS = { uint8: Uint8Array, int16: Int16Array, float32: Float32Array };

export interface PyramidShape {
  readonly kind: NumberKind;
  /** Numbers in a record. */
  readonly width: number;
  /** Records of the finest level. */
  readonly records: number;
}

/** Writes `count` records of `width` numbers that lie in `from` into the one record that stands for them. */
export type Reduce = (from: Numbers, count: number, width: number, to: Numbers) => void;

/** The largest of each column: a line in a spectrogram stays a line. */
export const largest: Reduce = (from, count, width, to) => {
  for (let c = 0; c < width; c++) {
    let value = from[c]!;
    for (let i = 1; i < count; i++) value = Math.max(value, from[i * width + c]!);
    to[c] = value;
  }
};

/** The mean of each column. */
export const mean: Reduce = (from, count, width, to) => {
  for (let c = 0; c < width; c++) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += from[i * width + c]!;
    to[c] = to instanceof Float32Array ? sum / count : Math.round(sum / count);
  }
};

/** Of pairs of a least and a largest value. */
export const range: Reduce = (from, count, _width, to) => {
  let [low, high] = [from[0]!, from[1]!];
  for (let i = 2; i < count * 2; i += 2) {
    if (from[i]! < low) low = from[i]!;
    if (from[i + 1]! > high) high = from[i + 1]!;
  }
  to[0] = low;
  to[1] = high;
};

/** Of pairs as `range`, where 0 stands for no value. */
export const rangeOfSome: Reduce = (from, count, _width, to) => {
  let [low, high] = [0, 0];
  for (let i = 0; i < count * 2; i += 2) {
    if (from[i + 1]! === 0) continue;
    if (low === 0 || from[i]! < low) low = from[i]!;
    if (from[i + 1]! > high) high = from[i + 1]!;
  }
  to[0] = low;
  to[1] = high;
};

/** Records of each level, the finest first. */
export function levelCounts(records: number): number[] {
  const counts = [records];
  while (counts.at(-1)! > SHORTEST_LEVEL) counts.push(Math.ceil(counts.at(-1)! / FACTOR));
  return counts;
}

export function recordBytes({ kind, width }: PyramidShape): number {
  return ARRAYS[kind].BYTES_PER_ELEMENT * width;
}

/** Where a level starts in the file. */
export function levelOffset(shape: PyramidShape, level: number): number {
  const before = levelCounts(shape.records).slice(0, level);
  return before.reduce((sum, count) => sum + count, 0) * recordBytes(shape);
}

/** Records of a level that are whole once `done` of the finest are. */
export function doneAt(level: number, done: number, records: number): number {
  return done >= records ? levelCounts(records)[level]! : Math.floor(done / FACTOR ** level);
}

/** Bytes of a level held back before they are written. */
const HELD_BYTES = 1 << 18;

/** Takes the finest level record by record and writes every level to a file, little-endian, level after level. */
export class PyramidWriter {
  readonly #levels: LevelWriter[];
  readonly #file: number;
  readonly #records: number;
  #taken = 0;
  #isFinished = false;

  constructor(path: string, shape: PyramidShape, reduce: Reduce) {
    this.#file = openSync(path, 'w');
    this.#records = shape.records;
    this.#levels = levelCounts(shape.records).map(
      (_, level) => new LevelWriter(this.#file, shape, levelOffset(shape, level), reduce),
    );
  }

  /** Records taken so far and written at the last flush; all of them only once every level has its last record. */
  get done(): number {
    return this.#isFinished ? this.#taken : Math.min(this.#taken, this.#records - 1);
  }

  add(record: Numbers): void {
    this.#taken++;
    let given: Numbers | null = record;
    for (const level of this.#levels) {
      given = level.add(given);
      if (given === null) return;
    }
  }

  /** Everything taken so far is in the file, but for records of higher levels that are not whole yet. */
  flush(): void {
    for (const level of this.#levels) level.flush();
  }

  /** Completes the last records and closes the file. */
  finish(): void {
    for (const [i, level] of this.#levels.entries()) {
      const rest = level.rest();
      let given = rest;
      for (let above = i + 1; given !== null && above < this.#levels.length; above++) {
        given = this.#levels[above]!.add(given);
      }
    }
    this.flush();
    closeSync(this.#file);
    this.#isFinished = true;
  }

  /** Gives up: closes the file as it is. */
  close(): void {
    closeSync(this.#file);
  }
}

class LevelWriter {
  readonly #file: number;
  readonly #reduce: Reduce;
  readonly #width: number;
  /** Records that wait to be one of the level above. */
  readonly #group: Numbers;
  readonly #reduced: Numbers;
  readonly #held: Numbers;
  #inGroup = 0;
  #inHeld = 0;
  #offset: number;

  constructor(file: number, shape: PyramidShape, offset: number, reduce: Reduce) {
    const make = ARRAYS[shape.kind];
    const bytes = recordBytes(shape);
    this.#file = file;
    this.#reduce = reduce;
    this.#width = shape.width;
    this.#offset = offset;
    this.#group = new make(FACTOR * shape.width);
    this.#reduced = new make(shape.width);
    this.#held = new make(Math.max(1, Math.floor(HELD_BYTES / bytes)) * shape.width);
  }

  /** Returns the record of the level above where this one completes it. */
  add(record: Numbers): Numbers | null {
    if (this.#inHeld === this.#held.length) this.flush();
    this.#held.set(record, this.#inHeld);
    this.#inHeld += this.#width;
    this.#group.set(record, this.#inGroup * this.#width);
    if (++this.#inGroup < FACTOR) return null;
    return this.#pool();
  }

  /** The record of the level above of what is left over, if anything is. */
  rest(): Numbers | null {
    return this.#inGroup === 0 ? null : this.#pool();
  }

  flush(): void {
    const { buffer, byteOffset, BYTES_PER_ELEMENT } = this.#held;
    const bytes = new Uint8Array(buffer, byteOffset, this.#inHeld * BYTES_PER_ELEMENT);
    this.#offset += writeSync(this.#file, bytes, 0, bytes.length, this.#offset);
    this.#inHeld = 0;
  }

  #pool(): Numbers {
    this.#reduce(this.#group, this.#inGroup, this.#width, this.#reduced);
    this.#inGroup = 0;
    return this.#reduced;
  }
}
