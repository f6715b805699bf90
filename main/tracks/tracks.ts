// A clip over time, in windows: the service behind the viewer. Nothing of a long file is ever held whole.
import { UserError } from '../../shared/contract/errors.ts';
import type { FeatureTrack, SoundInfo, TrackName, ValueTrack } from '../../shared/contract/schemas.ts';
import { CLASSIC_RECIPE, type FeatureSpec } from '../../shared/recipe/recipe.ts';
import { decodeAudioFile, openReader, readAudioHeader } from '../audio/decode.ts';
import type { AudioHeader, Block } from '../audio/format.ts';
import { pcm16 } from '../audio/wav.ts';
import { type CachedSource, TrackCache } from './cache.ts';
import { fileBytes, readBytes } from './files.ts';
import { RunningTrack, TrackThread } from './jobs.ts';
import { specOf, type TrackMeta, WHOLE_SECONDS } from './protocol.ts';
import { doneAt, levelCounts, levelOffset, recordBytes } from './pyramid.ts';
import { LOWEST_DB, STEP_DB } from './spectrogram.ts';
import { tableHead, tableLine, type TableTrack } from './table.ts';

/** A window that is not there yet is waited for this long, or until more of it is: a short clip's come in one answer. */
const PATIENCE_MS = 150;
/** More records than a half hour of frames: what such a track takes in its thread is worth a new thread. */
const LONG_RECORDS = 75_000;

export interface WindowQuery {
  readonly level: number;
  readonly first: number;
  readonly count: number;
}

export interface Window extends Omit<TrackMeta, 'shape' | 'keepsSound'> {
  readonly kind: 'int16' | 'uint8' | 'float32';
  readonly width: number;
  readonly records: number;
  readonly done: number;
  readonly first: number;
  readonly data: Uint8Array;
}

export class Tracks {
  readonly #cache: TrackCache;
  readonly #tracks = new Map<string, RunningTrack>();
  /** Streamed and shown while they grow; features that come whole must not hold them up. */
  readonly #streaming: TrackThread;
  readonly #features: TrackThread;
  #decoded: { key: string; channels: Block } | null = null;
  #nextId = 1;

  /** @param folder for the files; made where it is missing */
  constructor(folder: string) {
    this.#cache = new TrackCache(folder);
    const forget = (track: RunningTrack): void => {
      this.#tracks.delete(track.job.files.meta);
      track.fail(new UserError('UNAVAILABLE', 'Nobody asked for this track any more.'));
    };
    this.#streaming = new TrackThread({ atOnce: Infinity, onGivenUp: forget });
    this.#features = new TrackThread({ atOnce: 1, mostRecords: LONG_RECORDS, onGivenUp: forget });
  }

  /** @throws AudioError naming the file */
  async sound({ path }: CachedSource): Promise<SoundInfo> {
    const { sampleRateHz, channels, frames, durationSeconds } = await readAudioHeader(path);
    return { sampleRateHz, channels, frames, durationSeconds };
  }

  /**
   * Samples of the sound, interleaved, fewer at its end.
   * @throws AudioError naming the file
   */
  async audio(source: CachedSource, first: number, frames: number): Promise<Int16Array> {
    const reader = openReader(source.path);
    if (reader) {
      try {
        return pcm16(reader.read(first, frames));
      } finally {
        reader.close();
      }
    }
    const header = await readAudioHeader(source.path);
    return header.durationSeconds <= WHOLE_SECONDS
      ? this.#shortAudio(source, first, frames)
      : this.#spooledAudio(source, header, first, frames);
  }

  /**
   * Records of a track, as far as they are computed.
   * @throws AudioError naming the file
   */
  async window(
    source: CachedSource,
    track: TrackName,
    recipe: FeatureSpec,
    query: WindowQuery,
  ): Promise<Window> {
    const running = this.#track(source, track, recipe);
    const isThere = (): boolean => running.meta !== null && reaches(running, query);
    if (!isThere()) await running.within(PATIENCE_MS, running.news);
    if (running.error) throw this.#failure(running);
    const { meta } = running;
    if (!meta) return { ...NOTHING_YET, first: query.first };
    const { shape, stepSeconds, low, high, columns } = meta;
    const level = Math.min(query.level, levelCounts(shape.records).length - 1);
    const end = Math.min(query.first + query.count, doneAt(level, running.done, shape.records));
    const count = Math.max(0, end - query.first);
    const bytes = recordBytes(shape);
    const offset = levelOffset(shape, level) + query.first * bytes;
    const data = this.#read(running, 'pyramid', offset, count * bytes);
    return { ...shape, stepSeconds, low, high, columns, done: running.done, first: query.first, data };
  }

  /**
   * The recipe's own numbers, frame by frame, float32; fewer at the end.
   * @throws UserError UNAVAILABLE while the track is not computed
   */
  async values(
    source: CachedSource,
    track: ValueTrack,
    recipe: FeatureSpec,
    first: number,
    count: number,
  ): Promise<Uint8Array> {
    const running = this.#track(source, track, recipe);
    await running.within(PATIENCE_MS, running.settled);
    if (running.error) throw this.#failure(running);
    if (running.meta === null) throw new UserError('UNAVAILABLE', `The ${track} track is not computed yet.`);
    const { columns, shape } = running.meta;
    const frames = Math.max(0, Math.min(count, shape.records - first));
    const bytes = columns.length * Float32Array.BYTES_PER_ELEMENT;
    return this.#read(running, 'values', first * bytes, frames * bytes);
  }

  /**
   * Frames of several tracks as CSV, the head in front of frame 0; empty behind the last.
   * @throws AudioError naming the file
   */
  async table(
    source: CachedSource,
    names: readonly FeatureTrack[],
    recipe: FeatureSpec,
    first: number,
    count: number,
  ): Promise<string> {
    const tracks = await Promise.all(
      names.map((name) => this.#tableTrack(source, name, recipe, first, count)),
    );
    const stepSeconds = recipe.hopLength / recipe.sampleRateHz;
    const frames = Math.max(0, Math.min(...tracks.map(({ frames: there }) => there)));
    const lines = first === 0 ? [tableHead(tracks)] : [];
    for (let i = 0; i < frames; i++) lines.push(tableLine(tracks, first + i, i, stepSeconds));
    return lines.join('');
  }

  async close(): Promise<void> {
    await Promise.all([this.#streaming.close(), this.#features.close()]);
  }

  async #tableTrack(
    source: CachedSource,
    name: FeatureTrack,
    recipe: FeatureSpec,
    first: number,
    count: number,
  ): Promise<TableTrack> {
    const running = this.#track(source, name, recipe);
    while (running.error === null && (running.meta === null || running.done < running.meta.shape.records)) {
      await running.within(PATIENCE_MS, running.settled);
    }
    if (running.error) throw this.#failure(running);
    const { shape, columns } = running.meta!;
    const frames = Math.max(0, Math.min(count, shape.records - first));
    if (name !== 'spectrogram') {
      const bytes = await this.values(source, name, recipe, first, count);
      const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
      return { frames, columns, values };
    }
    const bytes = this.#read(running, 'pyramid', first * shape.width, frames * shape.width);
    const bandHz = recipe.sampleRateHz / 2 / shape.width;
    return {
      frames,
      columns: Array.from(
        { length: shape.width },
        (_, row) => `spectrogram_${Math.round(row * bandHz)}_hz_db`,
      ),
      values: decibelsOf(bytes),
    };
  }

  /** The track, known, on its way or begun now. */
  #track(source: CachedSource, track: TrackName, recipe: FeatureSpec): RunningTrack {
    const spec = specOf(track, recipe);
    const files = this.#cache.filesOf(source, track, spec);
    const known = this.#tracks.get(files.meta);
    if (known) {
      known.askedAt = performance.now();
      return known;
    }
    const running = new RunningTrack({ id: this.#nextId++, track, path: source.path, spec, files });
    this.#remember(running);
    const meta = this.#cache.read(files);
    if (meta) running.finish(meta);
    else (track === 'outline' || track === 'spectrogram' ? this.#streaming : this.#features).run(running);
    return running;
  }

  #remember(running: RunningTrack): void {
    this.#tracks.set(running.job.files.meta, running);
    if (this.#tracks.size <= MOST_REMEMBERED) return;
    for (const [key, { meta, done }] of this.#tracks) {
      if (meta && done === meta.shape.records) {
        this.#tracks.delete(key);
        return;
      }
    }
  }

  /** A failure is told once; asked again, the track is tried again. */
  #failure(running: RunningTrack): unknown {
    this.#tracks.delete(running.job.files.meta);
    return running.error;
  }

  /** @throws UserError UNAVAILABLE where somebody removed the file; asked again, the track is computed anew */
  #read({ job }: RunningTrack, kind: 'pyramid' | 'values' | 'sound', offset: number, length: number) {
    try {
      return readBytes(job.files[kind], offset, length);
    } catch (error) {
      this.#cache.forget(job.files);
      this.#tracks.delete(job.files.meta);
      const reason = `${job.files[kind]} could not be read: ${(error as Error).message}`;
      throw new UserError('UNAVAILABLE', reason, { path: job.files[kind], next: 'Try again.' });
    }
  }

  async #shortAudio(source: CachedSource, first: number, frames: number): Promise<Int16Array> {
    const key = this.#cache.soundFile(source);
    if (this.#decoded?.key !== key) {
      this.#decoded = { key, channels: (await decodeAudioFile(source.path)).channels };
    }
    return pcm16(this.#decoded.channels.map((channel) => channel.subarray(first, first + frames)));
  }

  /** From the WAV file that is written beside the outline; waits for the stretch where it is not written yet. */
  async #spooledAudio(
    source: CachedSource,
    { channels, frames }: AudioHeader,
    first: number,
    wanted: number,
  ): Promise<Int16Array> {
    const running = this.#track(source, 'outline', CLASSIC_RECIPE.features);
    const { sound } = running.job.files;
    const frameBytes = channels * Int16Array.BYTES_PER_ELEMENT;
    const count = Math.max(0, Math.min(wanted, frames - first));
    const end = WAV_HEADER_BYTES + (first + count) * frameBytes;
    while (fileBytes(sound) < end && running.error === null) {
      if (running.meta && running.done === running.meta.shape.records) break;
      await running.within(PATIENCE_MS, running.settled);
    }
    if (running.error) throw this.#failure(running);
    const bytes = this.#read(running, 'sound', WAV_HEADER_BYTES + first * frameBytes, count * frameBytes);
    return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
  }
}

/** Tracks known without a look at the disk. */
const MOST_REMEMBERED = 256;
/** Of the sounds kept as WAV files. */
const WAV_HEADER_BYTES = 44;
const NOTHING_YET: Omit<Window, 'first'> = {
  kind: 'uint8',
  ...{ width: 0, records: 0, done: 0, stepSeconds: 0 },
  ...{ low: [], high: [], columns: [], data: new Uint8Array(0) },
};

function reaches({ meta, done }: RunningTrack, { level, first, count }: WindowQuery): boolean {
  const { records } = meta!.shape;
  const counts = levelCounts(records);
  const at = Math.min(level, counts.length - 1);
  return doneAt(at, done, records) >= Math.min(first + count, counts[at]!);
}

function decibelsOf(bytes: Uint8Array): Float32Array {
  const values = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) values[i] = LOWEST_DB + STEP_DB * bytes[i]!;
  return values;
}
