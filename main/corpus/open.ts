// Opens a folder as a corpus: indexes it, or what has changed in it since it was last opened.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../shared/contract/errors.ts';
import type { CorpusSummary, OpenCorpusInput } from '../../shared/contract/schemas.ts';
import { corpusSummary, findCorpus, saveCorpus } from '../store/corpora.ts';
import type { Store } from '../store/database.ts';
import {
  finishIndex,
  indexedClips,
  isUnchanged,
  writeClips,
  type AudioFacts,
  type ClipRecord,
  type ClipWrite,
  type IndexedClip,
} from '../store/indexing.ts';
import { NO_FACTS, type Adapter } from './adapter.ts';
import { corpusFolder, corpusName, realTable } from './folder.ts';
import { planCorpus, type Plan } from './plan.ts';
import { progressReporter, type IndexProgress } from './progress.ts';
import { audioReader, defective, systemReason, type AudioReader } from './read.ts';
import { scanFolder, type Scan } from './scan.ts';

const FILES_IN_FLIGHT = 8;
/** Clips of one transaction; what a crash in mid-indexing costs. */
const BATCH_CLIPS = 200;

export interface OpenOptions {
  signal?: AbortSignal;
  /** At most ten times a second. */
  onProgress?: (progress: IndexProgress) => void;
  /** Generated speech: said wherever the corpus is named. */
  synthetic?: boolean;
  /** By default the one it has had, at first the folder's. */
  name?: string;
}

export interface OpenedCorpus {
  summary: CorpusSummary;
  /** Files read anew, as against taken over from the last opening. */
  readFiles: number;
  seconds: number;
}

/** Folders that are being indexed, by store: two indexings of one folder would undo each other's work. */
const opening = new WeakMap<Store, Set<string>>();

/**
 * Indexes a folder. A file whose size and time are those of the last opening is not read again; one that has moved
 * keeps its ledger; one that is gone is forgotten, its ledger kept. Defects are listed and stop nothing.
 * A cancelled opening leaves what it had finished, and the next one goes on from there.
 * @throws UserError where the folder holds no audio or cannot be read, BUSY where it is being indexed;
 *   the signal's reason after a cancel
 */
export async function openCorpus(
  store: Store,
  input: OpenCorpusInput,
  options: OpenOptions = {},
): Promise<OpenedCorpus> {
  const folder = await corpusFolder(input.folder);
  const folders = opening.get(store) ?? new Set();
  opening.set(store, folders);
  if (folders.has(folder)) {
    throw new UserError('BUSY', `${folder} is being indexed already.`, { path: folder });
  }
  folders.add(folder);
  try {
    return await indexFolder(store, folder, input, options);
  } finally {
    folders.delete(folder);
  }
}

async function indexFolder(
  store: Store,
  folder: string,
  input: OpenCorpusInput,
  options: OpenOptions,
): Promise<OpenedCorpus> {
  const startedAt = seconds();
  const scan = await scanFolder(folder, options.signal);
  const known = findCorpus(store, folder);
  const chosen = input.table ? await realTable(input.table) : (known?.table ?? null);
  if (scan.audio.length === 0) throw noAudio(folder);
  const plan = await planCorpus(folder, scan, chosen);
  const corpusId = saveCorpus(store, {
    folder,
    name: options.name ?? known?.name ?? corpusName(folder, plan.adapter.name),
    adapter: plan.adapter.name,
    synthetic: options.synthetic ?? false,
    table: plan.table,
  });
  const job = new IndexJob(store, corpusId, folder, scan, plan);
  await job.run(options);
  return {
    summary: corpusSummary(store, corpusId),
    readFiles: job.readFiles,
    seconds: seconds() - startedAt,
  };
}

/** One indexing: several files in flight, their clips written in batches. */
class IndexJob {
  readFiles = 0;
  readonly #store: Store;
  readonly #corpusId: number;
  readonly #folder: string;
  readonly #plan: Plan;
  /** Files that lie there; those behind `problems` are among them, for they are not gone. */
  readonly #present: Set<string>;
  readonly #audio: readonly string[];
  /** Not usable, whatever is in them: problems of the scan and files that a table misses. */
  readonly #absent: readonly { path: string; reason: string }[];
  readonly #known: Map<string, IndexedClip>;
  /** Known clips whose path is no more, by content: a new file of that content is one of them, moved. */
  readonly #lost: Map<string, IndexedClip[]>;
  #pending: ClipWrite[] = [];
  #importDecision: number | null = null;

  constructor(store: Store, corpusId: number, folder: string, scan: Scan, plan: Plan) {
    this.#store = store;
    this.#corpusId = corpusId;
    this.#folder = folder;
    this.#plan = plan;
    this.#audio = scan.audio;
    this.#absent = [...scan.problems, ...plan.missing];
    this.#present = new Set([...scan.audio, ...scan.problems.map(({ path }) => path)]);
    this.#known = indexedClips(store, corpusId);
    this.#lost = Map.groupBy(
      [...this.#known.values()].filter((clip) => clip.contentHash !== null && !this.#present.has(clip.path)),
      (clip) => clip.contentHash!,
    );
  }

  async run({ signal, onProgress }: OpenOptions): Promise<void> {
    const report = progressReporter(this.#audio.length, onProgress ?? (() => undefined), seconds);
    let next = 0;
    let done = 0;
    const work = async (): Promise<void> => {
      const reader = audioReader();
      for (let path = this.#audio[next++]; path !== undefined; path = this.#audio[next++]) {
        signal?.throwIfAborted();
        await this.#index(path, reader, signal);
        report(++done);
      }
    };
    const workers = Array.from({ length: FILES_IN_FLIGHT }, work);
    try {
      await Promise.all(workers);
    } catch (error) {
      // The others end at their next file or chunk; nothing may write once this has returned.
      next = this.#audio.length;
      await Promise.allSettled(workers);
      this.#flush();
      throw error;
    }
    this.#finish();
  }

  async #index(path: string, reader: AudioReader, signal: AbortSignal | undefined): Promise<void> {
    const known = this.#known.get(path);
    const audio = await this.#audioOf(path, known, reader, signal);
    const record = recordOf(path, audio, this.#plan.adapter);
    if (known && known.state !== 'forgotten' && isUnchanged(known, record)) return;
    this.#write({ known: known ?? this.#takeMoved(record), record });
  }

  /** Takes over what is known of the file where its size and time are the same, else reads it. */
  async #audioOf(
    path: string,
    known: IndexedClip | undefined,
    reader: AudioReader,
    signal: AbortSignal | undefined,
  ): Promise<AudioFacts> {
    const file = join(this.#folder, path);
    try {
      const { size, mtimeMs } = await stat(file);
      if (known && known.sizeBytes === size && known.modifiedMs === mtimeMs) return audioFactsOf(known);
    } catch (error) {
      return defective(systemReason(error));
    }
    this.readFiles++;
    return reader.read(file, path, signal);
  }

  /** The clip that this file was before it moved: of its content, and no longer where it was. */
  #takeMoved(record: ClipRecord): IndexedClip | undefined {
    const candidates = record.contentHash === null ? undefined : this.#lost.get(record.contentHash);
    if (!candidates) return undefined;
    const sameName = candidates.findIndex((clip) => nameOf(clip.path) === nameOf(record.path));
    const [moved] = candidates.splice(Math.max(0, sameName), 1);
    if (moved) this.#known.delete(moved.path);
    return moved;
  }

  #write(write: ClipWrite): void {
    this.#pending.push(write);
    if (this.#pending.length >= BATCH_CLIPS) this.#flush();
  }

  #flush(): void {
    const batch = this.#pending;
    this.#pending = [];
    if (batch.length > 0) {
      this.#importDecision = writeClips(this.#store, this.#corpusId, batch, this.#importDecision);
    }
  }

  #finish(): void {
    for (const { path, reason } of this.#absent) {
      const record: ClipRecord = { ...NO_FACTS, ...defective(reason), path, nameDefect: null };
      this.#present.add(path);
      const known = this.#known.get(path);
      if (!known || !isUnchanged(known, record)) this.#write({ known, record });
    }
    this.#flush();
    const gone = [...this.#known.values()].filter(
      (clip) => clip.state !== 'forgotten' && !this.#present.has(clip.path),
    );
    finishIndex(
      this.#store,
      this.#corpusId,
      gone.map((clip) => clip.clipId),
    );
  }
}

function recordOf(path: string, audio: AudioFacts, adapter: Adapter): ClipRecord {
  const reading = adapter.read(path);
  if ('facts' in reading) return { ...reading.facts, ...audio, path, nameDefect: null };
  return { ...NO_FACTS, ...audio, path, nameDefect: reading.misfit };
}

function audioFactsOf(clip: IndexedClip): AudioFacts {
  const { durationSeconds, sampleRateHz, channels, encoding } = clip;
  const { audioDefect, sizeBytes, modifiedMs, contentHash } = clip;
  return {
    ...{ durationSeconds, sampleRateHz, channels, encoding },
    ...{ audioDefect, sizeBytes, modifiedMs, contentHash },
  };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function noAudio(folder: string): UserError {
  return new UserError('BAD_INPUT', `${folder} holds no audio files.`, {
    path: folder,
    next: 'Open a folder with audio files (WAV, FLAC, MP3, Ogg, Opus, AIFF) in it or in its subfolders.',
  });
}

function seconds(): number {
  return performance.now() / 1000;
}
