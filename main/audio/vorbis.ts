// Ogg Vorbis: length and rate from the first and last page, samples by stb_vorbis as WebAssembly.
import { AudioError } from './audioError.ts';
import type { AudioHeader, Block, Blocks } from './format.ts';
import { instantiate, type NativeBase } from './native/instance.ts';
import { WASM_BASE64 } from './native/vorbis.wasm.ts';
import { oggPages, type OggEnds, type OggPage } from './ogg.ts';
import { text, viewOf, type ByteSource } from './source.ts';

export interface VorbisLayout extends AudioHeader {
  readonly serial: number;
}

const MAX_CHANNELS = 16;
/** The headers, with whatever picture a tagger put among them, and any page behind them fit into this. */
const MAX_HEADER_BYTES = 1 << 25;
const FIRST_CAPACITY_BYTES = 1 << 18;

export function isVorbis({ head }: OggEnds): boolean {
  return text(head, 0, 7) === '\x01vorbis';
}

export function vorbisLayout({ head, serial, lastGranule }: OggEnds, path: string): VorbisLayout {
  const bad = (reason: string): AudioError => new AudioError('bad-header', path, reason);
  if (head.length !== 30) throw bad('has a Vorbis header of a wrong length');
  const view = viewOf(head);
  const channels = view.getUint8(11);
  const sampleRateHz = view.getUint32(12, true);
  if (channels < 1 || channels > MAX_CHANNELS) throw bad(`says it has ${channels} channels`);
  if (sampleRateHz === 0) throw bad('says its sample rate is 0 Hz');
  if (lastGranule < 1) throw new AudioError('empty', path, 'holds no samples');
  const durationSeconds = lastGranule / sampleRateHz;
  return { encoding: 'Ogg Vorbis', sampleRateHz, channels, frames: lastGranule, durationSeconds, serial };
}

interface Native extends NativeBase {
  openVorbis(data: number, bytes: number): number;
  decodeVorbis(data: number, bytes: number, result: number): number;
}

export function* decodeVorbis(source: ByteSource, layout: VorbisLayout, path: string): Blocks {
  const decoder = new Decoder(path);
  let left = layout.frames;
  for (const page of oggPages(source, layout.serial, path)) {
    decoder.push(page);
    for (let block = decoder.next(); block; block = decoder.next()) {
      if (block.length !== layout.channels) throw decoder.damaged('its channels change');
      const frames = Math.min(left, block[0]!.length);
      left -= frames;
      if (frames > 0) yield block.map((samples) => samples.subarray(0, frames));
    }
  }
  if (left > 0) {
    const what = `it claims ${layout.frames} samples and holds ${layout.frames - left}`;
    throw new AudioError('truncated', path, `is cut short or its header lies: ${what}`);
  }
}

/** Pages go in, blocks come out. */
class Decoder {
  readonly #path: string;
  readonly #native = instantiate<Native>(WASM_BASE64);
  readonly #result = this.#native.allocate(4 * RESULT_INTEGERS);
  #data = this.#native.allocate(FIRST_CAPACITY_BYTES);
  #capacity = FIRST_CAPACITY_BYTES;
  #filled = 0;
  /** Of what is filled, how much the decoder has had. */
  #used = 0;
  /** Packets that ended so far, until the headers are there. */
  #packets = 0;
  #isOpen = false;

  constructor(path: string) {
    this.#path = path;
  }

  push({ bytes, lacing }: OggPage): void {
    this.#compact();
    if (this.#filled + bytes.length > this.#capacity) this.#grow(this.#filled + bytes.length);
    new Uint8Array(this.#native.memory.buffer, this.#data).set(bytes, this.#filled);
    this.#filled += bytes.length;
    this.#packets += lacing.reduce((count, length) => count + (length < 255 ? 1 : 0), 0);
  }

  /** The next block with samples in it, while there are any in what was pushed. */
  next(): Block | undefined {
    // The decoder reads its headers afresh each time it is asked to open.
    if (this.#packets < HEADER_PACKETS) return undefined;
    if (!this.#isOpen) {
      const used = this.#call(() => this.#native.openVorbis(this.#data, this.#filled));
      if (used < 0) throw this.damaged(`its headers mean nothing (error ${-used} of the decoder)`);
      if (used === 0) return undefined;
      this.#used = used;
      this.#isOpen = true;
    }
    while (this.#used < this.#filled) {
      const [at, left] = [this.#data + this.#used, this.#filled - this.#used];
      const used = this.#call(() => this.#native.decodeVorbis(at, left, this.#result));
      const { buffer } = this.#native.memory;
      const result = new Int32Array(buffer, this.#result, RESULT_INTEGERS);
      const [frames, channels, list, error] = result as unknown as [number, number, number, number];
      if (error > WANTS_MORE) throw this.damaged(`a packet means nothing (error ${error} of the decoder)`);
      if (used === 0) return undefined;
      this.#used += used;
      if (frames === 0) continue;
      const addresses = new Uint32Array(buffer, list, channels);
      return Array.from(addresses, (address) => new Float32Array(buffer, address, frames).slice());
    }
    return undefined;
  }

  damaged(how: string): AudioError {
    return new AudioError('damaged', this.#path, `is damaged: ${how}`);
  }

  #compact(): void {
    new Uint8Array(this.#native.memory.buffer, this.#data, this.#filled).copyWithin(0, this.#used);
    this.#filled -= this.#used;
    this.#used = 0;
  }

  #grow(needed: number): void {
    const capacity = 2 ** Math.ceil(Math.log2(needed));
    const data = capacity > MAX_HEADER_BYTES ? 0 : this.#native.allocate(capacity);
    if (data === 0) throw this.damaged('its headers have no end');
    new Uint8Array(this.#native.memory.buffer).copyWithin(data, this.#data, this.#data + this.#filled);
    this.#data = data;
    this.#capacity = capacity;
  }

  /** A trap is damage that the decoder has not foreseen; nothing outside its own memory is touched by it. */
  #call<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError)
        throw this.damaged(`the decoder stopped (${error.message})`);
      throw error;
    }
  }
}

/** The decoder's code for more data, and the only one that is no error besides 0. */
const WANTS_MORE = 1;
const RESULT_INTEGERS = 4;
/** Identification, comments, setup. */
const HEADER_PACKETS = 3;
