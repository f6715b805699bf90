// One indexing of a corpus: its files read, several at a time, and written in batches; moves and losses found.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
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
import type { Plan } from './plan.ts';
import { progressReporter, type IndexProgress } from './progress.ts';
import { audioReader, defective, systemReason, type AudioReader } from './read.ts';
import type { Scan } from './scan.ts';

const FILES_IN_FLIGHT = 8;
/** Clips of one transaction; what a crash in mid-indexing costs. */
const BATCH_CLIPS = 500;

/** What an indexing changed, in files. */
export interface IndexTally {
  readonly added: number;
  readonly changed: number;
  readonly moved: number;
  readonly gone: number;
}

export interface IndexRunOptions {
  signal?: AbortSignal | undefined;
  /** At most ten times a second. */
  onProgress?: ((progress: IndexProgress) => void) | undefined;
}

/** One indexing: several files in flight, their clips written in batches. */
export class IndexJob {
  readFiles = 0;
  #tally = { added: 0, changed: 0, moved: 0, gone: 0 };
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
  /** What was read of files whose turn has not come, by their place in the scan. */
  readonly #read = new Map<number, AudioFacts>();
  /** Place of the file whose turn it is. */
  #turn = 0;
  #pending: ClipWrite[] = [];
  #importDecision: number | null = null;

  /** @param only paths to look at, of files that are there or were; without it, everything */
  constructor(
    store: Store,
    corpusId: number,
    folder: string,
    scan: Scan,
    plan: Plan,
    only?: ReadonlySet<string>,
  ) {
    this.#store = store;
    this.#corpusId = corpusId;
    this.#folder = folder;
    this.#plan = plan;
    this.#audio = only ? scan.audio.filter((path) => only.has(path)) : scan.audio;
    this.#absent = only ? [] : [...scan.problems, ...plan.missing];
    this.#present = new Set([...scan.audio, ...scan.problems.map(({ path }) => path)]);
    this.#known = indexedClips(store, corpusId, only);
    this.#lost = Map.groupBy(
      [...this.#known.values()].filter((clip) => clip.contentHash !== null && !this.#present.has(clip.path)),
      (clip) => clip.contentHash!,
    );
  }

  /** Returns what it changed. @throws the signal's reason after a cancel: what was finished is kept */
  async run({ signal, onProgress }: IndexRunOptions): Promise<IndexTally> {
    const report = progressReporter(this.#audio.length, onProgress ?? (() => undefined), seconds);
    let next = 0;
    let done = 0;
    const work = async (): Promise<void> => {
      const reader = audioReader();
      for (let place = next++; place < this.#audio.length; place = next++) {
        signal?.throwIfAborted();
        this.#read.set(place, await this.#audioOf(this.#audio[place]!, reader, signal));
        while (this.#read.has(this.#turn)) this.#take(this.#turn++);
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
      for (const place of [...this.#read.keys()].sort((a, b) => a - b)) this.#take(place);
      this.#flush();
      throw error;
    }
    this.#finish();
    return this.#tally;
  }

  /** Takes a file into the index: one after another, so that clips are numbered, and moves found, the same every time. */
  #take(place: number): void {
    const path = this.#audio[place]!;
    const known = this.#known.get(path);
    const record = recordOf(path, this.#read.get(place)!, this.#plan.adapter);
    this.#read.delete(place);
    if (known && known.state !== 'forgotten' && isUnchanged(known, record)) return;
    const moved = known ? undefined : this.#takeMoved(record);
    if (moved) this.#tally.moved++;
    else if (known && known.state !== 'forgotten') this.#tally.changed++;
    else this.#tally.added++;
    this.#write({ known: known ?? moved, record });
  }

  /** Takes over what is known of the file where its size and time are the same, else reads it. */
  async #audioOf(path: string, reader: AudioReader, signal: AbortSignal | undefined): Promise<AudioFacts> {
    const file = join(this.#folder, path);
    const known = this.#known.get(path);
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
      if (known && isUnchanged(known, record)) continue;
      this.#tally.changed++;
      this.#write({ known, record });
    }
    this.#flush();
    const gone = [...this.#known.values()].filter(
      (clip) => clip.state !== 'forgotten' && !this.#present.has(clip.path),
    );
    this.#tally.gone = gone.length;
    const { added, changed, moved } = this.#tally;
    finishIndex(
      this.#store,
      this.#corpusId,
      gone.map((clip) => clip.clipId),
      added + changed + moved + gone.length > 0,
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
  const { audioDefect, sizeBytes, modifiedMs, contentHash, opinion } = clip;
  return {
    ...{ durationSeconds, sampleRateHz, channels, encoding },
    ...{ audioDefect, sizeBytes, modifiedMs, contentHash, opinion },
  };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function seconds(): number {
  return performance.now() / 1000;
}
