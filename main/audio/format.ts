// What every audio format tells and gives: a header read without the samples, and samples in blocks.
import type { ByteSource, Parser } from './source.ts';

/** What a file says of itself, checked against its size as far as its format allows. */
export interface AudioHeader {
  /** Format and encoding in words, as a facet of the clip list: `16-bit PCM`, `MP3`. */
  readonly encoding: string;
  /** Of the decoded samples. */
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Samples per channel; at least 1. */
  readonly frames: number;
  readonly durationSeconds: number;
}

/** One array a channel, of equal lengths, full scale = +-1; the receiver's to keep. */
export type Block = Float32Array[];
export type Blocks = Generator<Block, void, undefined>;

/** Samples a channel in one block of an uncompressed format; compressed ones give what a packet holds. */
export const BLOCK_FRAMES = 1 << 16;

export interface AudioFormat<Layout extends AudioHeader> {
  /**
   * Reads the header, and no more of the file than the length needs. Ranges may lie beyond the end of the file.
   * @throws AudioError
   */
  parse(fileBytes: number, path: string): Parser<Layout>;
  /**
   * All samples, `layout.frames` of each channel.
   * @throws AudioError while going, where the samples are damaged or fewer than the header says
   */
  decode(source: ByteSource, layout: Layout, path: string): Blocks | Promise<Blocks>;
  /** The same of `frames` samples from `first` on, in a format that can be entered anywhere. */
  decodeWindow?(source: ByteSource, layout: Layout, path: string, first: number, frames: number): Blocks;
}

/** Most channels that are read: a header that says more lies. */
export const MAX_CHANNELS = 256;
