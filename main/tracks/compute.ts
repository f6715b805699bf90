// Computes one track of one clip into its files: streamed where it can be, by the recipe's own code everywhere.
import { closeSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import type { Matrix } from '../../shared/dsp/matrix.ts';
import { columnNames } from '../../shared/recipe/columns.ts';
import { openAudio, openMono, openReader } from '../audio/decode.ts';
import type { AudioHeader, Block } from '../audio/format.ts';
import { PEAK_SCALE, PeakFinder, SAMPLES_PER_PEAK } from '../audio/peaks.ts';
import { pcm16, wavHeader } from '../audio/wav.ts';
import { computeFeaturesHere } from '../features/features.ts';
import { type TrackJob, type TrackMeta, WHOLE_SECONDS } from './protocol.ts';
import { largest, mean, PyramidWriter, range, rangeOfSome } from './pyramid.ts';
import { LOWEST_DB, SpectrogramFrames, spectrogramRows, STEP_DB } from './spectrogram.ts';

/** Time between two words on how far it is. */
const NEWS_MS = 80;

type Progress = (meta: TrackMeta, done: number) => void;

/**
 * Leaves the track's files in place and says what they hold; on the way it tells how many records can be read. An
 * outline and a spectrogram are computed in turns with the event loop, and end soon after `signal` is aborted.
 *
 * @throws AudioError naming the file, or the signal's reason; nothing is left in place then
 */
export async function computeTrack(
  job: TrackJob,
  onProgress: Progress,
  signal?: AbortSignal,
): Promise<TrackMeta> {
  // It says that the other files are whole: computed once more, as after a drop that came too late, they are not.
  rmSync(job.files.meta, { force: true });
  try {
    const meta = await stepOf(job)(job, onProgress, signal);
    writeFileSync(`${job.files.meta}.part`, JSON.stringify(meta));
    renameSync(`${job.files.meta}.part`, job.files.meta);
    return meta;
  } catch (error) {
    const { pyramid, values, sound } = job.files;
    for (const file of job.track === 'outline' ? [pyramid, sound] : [pyramid, values]) {
      rmSync(file, { force: true });
    }
    throw error;
  }
}

type Step = (job: TrackJob, onProgress: Progress, signal?: AbortSignal) => Promise<TrackMeta>;

function stepOf({ track }: TrackJob): Step {
  if (track === 'outline') return computeOutline;
  if (track === 'spectrogram') return computeSpectrogram;
  return computeMatrix;
}

/** Calls `tell` when the last time is long enough ago. */
function regularly(tell: () => void): () => void {
  let last = performance.now();
  return () => {
    if (performance.now() - last < NEWS_MS) return;
    last = performance.now();
    tell();
  };
}

async function computeOutline(
  { path, files }: TrackJob,
  onProgress: Progress,
  signal?: AbortSignal,
): Promise<TrackMeta> {
  const audio = await openAudio(path);
  const { frames, sampleRateHz } = audio.header;
  const meta: TrackMeta = {
    shape: { kind: 'int16', width: 2, records: Math.ceil(frames / SAMPLES_PER_PEAK) },
    stepSeconds: SAMPLES_PER_PEAK / sampleRateHz,
    low: [-1],
    high: [1],
    columns: [],
  };
  const writer = new PyramidWriter(files.pyramid, meta.shape, range);
  const sound = keepsSound(path, audio.header) ? new SoundWriter(files.sound, audio.header) : null;
  const pair = new Int16Array(2);
  let [low, high] = [0, 0];
  const finder = new PeakFinder((least, most) => {
    pair[0] = least;
    pair[1] = most;
    low = Math.min(low, least);
    high = Math.max(high, most);
    writer.add(pair);
  });
  const tell = regularly(() => {
    writer.flush();
    onProgress(meta, writer.done);
  });
  try {
    for await (const block of audio) {
      signal?.throwIfAborted();
      finder.add(block);
      sound?.add(block);
      tell();
    }
    finder.finish();
    writer.finish();
  } catch (error) {
    writer.close();
    throw error;
  } finally {
    sound?.close();
    audio.close();
  }
  const span = { low: [low / PEAK_SCALE], high: [high / PEAK_SCALE] };
  return { ...meta, ...span, keepsSound: sound !== null };
}

/** Whether a sound must be kept to be played from anywhere: it is long, and its format starts at its beginning. */
function keepsSound(path: string, { durationSeconds }: AudioHeader): boolean {
  if (durationSeconds <= WHOLE_SECONDS) return false;
  const reader = openReader(path);
  reader?.close();
  return reader === null;
}

/** A sound as a WAV file on disk, block by block. */
class SoundWriter {
  readonly #file: number;

  constructor(path: string, header: AudioHeader) {
    this.#file = openSync(path, 'w');
    writeSync(this.#file, wavHeader(header));
  }

  add(block: Block): void {
    writeSync(this.#file, new Uint8Array(pcm16(block).buffer));
  }

  close(): void {
    closeSync(this.#file);
  }
}

async function computeSpectrogram(
  { path, spec, files }: TrackJob,
  onProgress: Progress,
  signal?: AbortSignal,
): Promise<TrackMeta> {
  const mono = await openMono(path, spec.sampleRateHz);
  const rows = spectrogramRows(spec);
  const meta: TrackMeta = {
    shape: { kind: 'uint8', width: rows, records: 1 + Math.floor(mono.frames / spec.hopLength) },
    stepSeconds: spec.hopLength / spec.sampleRateHz,
    low: [LOWEST_DB],
    high: [LOWEST_DB + 255 * STEP_DB],
    columns: [],
  };
  const writer = new PyramidWriter(files.pyramid, meta.shape, largest);
  const frames = new SpectrogramFrames(spec, (row) => writer.add(row));
  const tell = regularly(() => {
    writer.flush();
    onProgress(meta, writer.done);
  });
  try {
    for await (const block of mono) {
      signal?.throwIfAborted();
      frames.add(block);
      tell();
    }
    frames.finish();
    writer.finish();
  } catch (error) {
    writer.close();
    throw error;
  } finally {
    mono.close();
  }
  return meta;
}

/** Any feature of the recipe: its matrix as it is, and the picture or curve of it. */
async function computeMatrix(job: TrackJob): Promise<TrackMeta> {
  const { path, spec, files, track } = job;
  const matrix = await computeFeaturesHere(path, spec);
  const { values, frames, coefficients } = matrix;
  writeFileSync(files.values, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  const stepSeconds = spec.hopLength / spec.sampleRateHz;
  const isCurve = track === 'f0' || track === 'rms';
  const { low, high } = isCurve ? curveRange(matrix, track === 'f0') : pictureRange(matrix, job);
  const shape = isCurve
    ? ({ kind: 'float32', width: 2, records: frames } as const)
    : ({ kind: 'uint8', width: coefficients, records: frames } as const);
  const writer = new PyramidWriter(
    files.pyramid,
    shape,
    isCurve ? (track === 'f0' ? rangeOfSome : range) : track === 'mfcc' ? mean : largest,
  );
  const record = isCurve ? new Float32Array(2) : new Uint8Array(coefficients);
  for (let frame = 0; frame < frames; frame++) {
    if (isCurve) record.fill(values[frame * coefficients]!);
    else {
      for (let c = 0; c < coefficients; c++) {
        const [from, to] = [low[c % low.length]!, high[c % high.length]!];
        const share = to > from ? (values[frame * coefficients + c]! - from) / (to - from) : 0.5;
        record[c] = Math.max(0, Math.min(255, Math.round(share * 255)));
      }
    }
    writer.add(record);
  }
  writer.finish();
  return { shape, stepSeconds, low, high, columns: columnNames(spec) };
}

interface Range {
  low: number[];
  high: number[];
}

/** Each coefficient of its own, as c0 alone spans hundreds; decibels of log-mel all alike. */
function pictureRange({ values, frames, coefficients }: Matrix, { track }: TrackJob): Range {
  const low = new Array<number>(coefficients).fill(Infinity);
  const high = new Array<number>(coefficients).fill(-Infinity);
  for (let frame = 0, at = 0; frame < frames; frame++) {
    for (let c = 0; c < coefficients; c++, at++) {
      const value = values[at]!;
      if (value < low[c]!) low[c] = value;
      if (value > high[c]!) high[c] = value;
    }
  }
  return track === 'mfcc' ? { low, high } : { low: [Math.min(...low)], high: [Math.max(...high)] };
}

function curveRange({ values, frames, coefficients }: Matrix, skipsZeros: boolean): Range {
  let [low, high] = [Infinity, -Infinity];
  for (let frame = 0; frame < frames; frame++) {
    const value = values[frame * coefficients]!;
    if (skipsZeros && value === 0) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low > high ? { low: [0], high: [0] } : { low: [low], high: [high] };
}
