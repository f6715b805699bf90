// Reads a short stretch of a WAV without decoding the rest: an hour of sound is never in memory for the sake of one edge.
import type { Stretch } from '../../../shared/labels/snapping.ts';

/** RIFF chunks are looked for in this many bytes. */
const HEAD_BYTES = 4096;
const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;

interface WavHead {
  format: number;
  channels: number;
  sampleRateHz: number;
  bytesPerSample: number;
  dataStart: number;
  dataBytes: number;
}

/**
 * The first channel between two times, as far as the sound goes.
 * @param file 16- or 24-bit PCM or 32-bit float, as the engine sends it
 * @returns null for a file that is neither
 */
export async function wavStretch(
  file: Blob,
  fromSeconds: number,
  toSeconds: number,
): Promise<Stretch | null> {
  const head = readHead(new DataView(await file.slice(0, HEAD_BYTES).arrayBuffer()), file.size);
  if (!head) return null;
  const { channels, sampleRateHz, bytesPerSample, dataStart, dataBytes } = head;
  const frameBytes = channels * bytesPerSample;
  const frames = Math.floor(dataBytes / frameBytes);
  const first = Math.max(0, Math.min(frames, Math.floor(fromSeconds * sampleRateHz)));
  const end = Math.max(first, Math.min(frames, Math.ceil(toSeconds * sampleRateHz)));
  const bytes = await file.slice(dataStart + first * frameBytes, dataStart + end * frameBytes).arrayBuffer();
  const view = new DataView(bytes);
  const samples = Float32Array.from({ length: Math.floor(bytes.byteLength / frameBytes) }, (_, i) =>
    readSample(view, i * frameBytes, bytesPerSample),
  );
  return { samples, sampleRateHz, startSeconds: first / sampleRateHz };
}

function readSample(view: DataView, at: number, bytes: number): number {
  if (bytes === 4) return view.getFloat32(at, true);
  if (bytes === 2) return view.getInt16(at, true) / 32_768;
  return (view.getInt16(at + 1, true) * 256 + view.getUint8(at)) / 8_388_608;
}

function readHead(view: DataView, fileBytes: number): WavHead | null {
  const tag = (at: number) => String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
  if (view.byteLength < 12 || tag(0) !== 'RIFF' || tag(8) !== 'WAVE') return null;
  let fmt: Omit<WavHead, 'dataStart' | 'dataBytes'> | null = null;
  for (let at = 12; at + 8 <= view.byteLength;) {
    const size = view.getUint32(at + 4, true);
    if (tag(at) === 'fmt ' && at + 24 <= view.byteLength) fmt = readFormat(view, at + 8);
    if (tag(at) === 'data') {
      return fmt && { ...fmt, dataStart: at + 8, dataBytes: Math.min(size, fileBytes - at - 8) };
    }
    at += 8 + size + (size % 2);
  }
  return null;
}

function readFormat(view: DataView, at: number): Omit<WavHead, 'dataStart' | 'dataBytes'> | null {
  const named = view.getUint16(at, true);
  const isExtended = named === EXTENSIBLE && at + 26 <= view.byteLength;
  const format = isExtended ? view.getUint16(at + 24, true) : named;
  const bytesPerSample = view.getUint16(at + 14, true) / 8;
  const isKnown =
    (format === PCM && (bytesPerSample === 2 || bytesPerSample === 3)) ||
    (format === FLOAT && bytesPerSample === 4);
  if (!isKnown) return null;
  return {
    format,
    channels: view.getUint16(at + 2, true),
    sampleRateHz: view.getUint32(at + 4, true),
    bytesPerSample,
  };
}
