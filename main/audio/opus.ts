// Ogg Opus (RFC 7845): length from the first and last page, packets by libopus as WebAssembly (opus-decoder).
import { OpusDecoder } from 'opus-decoder';
import { AudioError } from './audioError.ts';
import type { AudioHeader, Blocks } from './format.ts';
import { oggPackets, oggPages, type OggEnds } from './ogg.ts';
import { text, viewOf, type ByteSource } from './source.ts';

/** Opus decodes to this rate, whatever went in. */
const RATE_HZ = 48_000;

export interface OpusLayout extends AudioHeader {
  readonly serial: number;
  /** Samples at the start that are the codec's, not the recording's. */
  readonly preSkip: number;
  readonly gain: number;
  readonly streamCount: number;
  readonly coupledStreamCount: number;
  readonly channelMappingTable: number[];
}

export function isOpus({ head }: OggEnds): boolean {
  return text(head, 0, 8) === 'OpusHead';
}

export function opusLayout({ head, serial, lastGranule }: OggEnds, path: string): OpusLayout {
  const bad = (reason: string): AudioError => new AudioError('bad-header', path, reason);
  if (head.length < 19) throw bad('has an Opus header of a wrong length');
  const view = viewOf(head);
  if (view.getUint8(8) >> 4 !== 0) throw bad('has an Opus header of an unknown version');
  const channels = view.getUint8(9);
  const preSkip = view.getUint16(10, true);
  const gain = 10 ** (view.getInt16(16, true) / 256 / 20);
  const mapping = mappingOf(head, channels);
  if (!mapping) throw bad(`has an Opus header that contradicts itself (${channels} channels)`);
  const frames = lastGranule - preSkip;
  if (frames < 1) throw new AudioError('empty', path, 'holds no samples');
  return {
    ...{ encoding: 'Opus', sampleRateHz: RATE_HZ, channels, frames, durationSeconds: frames / RATE_HZ },
    ...{ serial, preSkip, gain, ...mapping },
  };
}

type Mapping = Pick<OpusLayout, 'streamCount' | 'coupledStreamCount' | 'channelMappingTable'>;

function mappingOf(head: Uint8Array, channels: number): Mapping | undefined {
  if (head[18] === 0) {
    if (channels !== 1 && channels !== 2) return undefined;
    const channelMappingTable = channels === 2 ? [0, 1] : [0];
    return { streamCount: 1, coupledStreamCount: channels - 1, channelMappingTable };
  }
  if (channels < 1 || head.length < 21 + channels) return undefined;
  const [streamCount, coupledStreamCount] = [head[19]!, head[20]!];
  const channelMappingTable = [...head.subarray(21, 21 + channels)];
  const decoded = streamCount + coupledStreamCount;
  const isSound = channelMappingTable.every((index) => index < decoded || index === 255);
  if (streamCount < 1 || coupledStreamCount > streamCount || decoded > 255 || !isSound) return undefined;
  return { streamCount, coupledStreamCount, channelMappingTable };
}

export async function decodeOpus(source: ByteSource, layout: OpusLayout, path: string): Promise<Blocks> {
  const { channels, streamCount, coupledStreamCount, channelMappingTable } = layout;
  const mapping = { channels, streamCount, coupledStreamCount, channelMappingTable };
  // The first samples are dropped here, for all mappings alike.
  const decoder = new OpusDecoder({ ...mapping, preSkip: 0, sampleRate: RATE_HZ });
  await decoder.ready;
  // Nothing to free at the end: its memory is its own, and goes with it.
  return blocksOf(decoder, source, layout, path);
}

/** Packets before the first with sound in it: the two headers. */
const HEADER_PACKETS = 2;

function* blocksOf(
  decoder: OpusDecoder<typeof RATE_HZ>,
  source: ByteSource,
  layout: OpusLayout,
  path: string,
): Blocks {
  let toSkip = layout.preSkip;
  let left = layout.frames;
  let index = 0;
  for (const packet of oggPackets(oggPages(source, layout.serial, path), path)) {
    if (index++ < HEADER_PACKETS || left === 0) continue;
    const { channelData, samplesDecoded } = decodePacket(decoder, packet, index - HEADER_PACKETS, path);
    const from = Math.min(toSkip, samplesDecoded);
    const to = Math.min(samplesDecoded, from + left);
    toSkip -= from;
    left -= to - from;
    if (to === from) continue;
    yield channelData.map((samples) => {
      const part = samples.subarray(from, to);
      return layout.gain === 1 ? part : part.map((sample) => sample * layout.gain);
    });
  }
  if (left > 0) {
    const what = `it claims ${layout.frames} samples and holds ${layout.frames - left}`;
    throw new AudioError('truncated', path, `is cut short or its header lies: ${what}`);
  }
}

interface DecodedPacket {
  channelData: Float32Array[];
  samplesDecoded: number;
}

function decodePacket(
  decoder: OpusDecoder<typeof RATE_HZ>,
  packet: Uint8Array,
  number: number,
  path: string,
): DecodedPacket {
  const damaged = (cause?: unknown): AudioError =>
    new AudioError('damaged', path, `is damaged: Opus packet ${number} does not decode`, { cause });
  // The table of contents and at least a byte to decode: shorter ones are losses, of which a file has none.
  if (packet.length < 1) throw damaged();
  try {
    const decoded = decoder.decodeFrame(packet);
    if (decoded.errors.length > 0) throw damaged();
    return decoded;
  } catch (error) {
    // A packet beyond what the decoder has room for, or a trap inside it.
    throw error instanceof AudioError ? error : damaged(error);
  }
}
