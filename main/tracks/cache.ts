// Where computed tracks are kept: a folder of the workspace, files named by what was heard and how it was computed.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import type { TrackName } from '../../shared/contract/schemas.ts';
import type { FeatureSpec } from '../../shared/recipe/recipe.ts';
import { featureHash } from '../features/features.ts';
import type { TrackFiles, TrackMeta } from './protocol.ts';

/** Raised whenever the files of a track hold something else. */
const FILES_VERSION = 2;
/** The folder's size at most, in bytes, when the engine starts. */
const MOST_BYTES = 4 * 2 ** 30;

export interface CachedSource {
  /** The sound file. */
  readonly path: string;
  /** Hex SHA-256 of its content when it was indexed; null where it is not known. */
  readonly contentHash: string | null;
}

export class TrackCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    this.#tidy();
  }

  /**
   * Files of a track. Beside the content's hash, the file's size and time of change go into their name: what was
   * changed since it was indexed is not taken for what it was.
   */
  filesOf(source: CachedSource, track: TrackName, spec: FeatureSpec): TrackFiles {
    const computed = track === 'outline' ? '' : featureHash(spec);
    const name = this.#name(source, `${track}:${computed}`);
    const file = (kind: string): string => path.join(this.#folder, `${name}.${kind}`);
    return {
      pyramid: file('levels'),
      values: file('values'),
      meta: file('json'),
      sound: this.soundFile(source),
    };
  }

  /** Where the sound of a file is kept as a WAV file. */
  soundFile(source: CachedSource): string {
    return path.join(this.#folder, `${this.#name(source, 'sound')}.wav`);
  }

  /** What whole files hold; null where there are none. */
  read(files: TrackFiles): TrackMeta | null {
    try {
      const meta = JSON.parse(readFileSync(files.meta, 'utf8')) as TrackMeta;
      if (meta.keepsSound) statSync(files.sound);
      const now = new Date();
      utimesSync(files.meta, now, now);
      return meta;
    } catch {
      return null;
    }
  }

  /** Takes the files for whole no longer. */
  forget(files: TrackFiles): void {
    rmSync(files.meta, { force: true });
  }

  #name({ path: file, contentHash }: CachedSource, what: string): string {
    // A file that is gone fails when it is read, and is named then.
    const { size, mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? { size: 0, mtimeMs: 0 };
    const identity = JSON.stringify([FILES_VERSION, contentHash ?? file, size, mtimeMs, what]);
    return createHash('sha256').update(identity).digest('hex').slice(0, 40);
  }

  /** Removes what an engine that ended left unfinished, and the tracks used longest ago. */
  #tidy(): void {
    const sets = new Map<string, { files: string[]; bytes: number; usedMs: number; whole: boolean }>();
    for (const name of readdirSync(this.#folder)) {
      const file = path.join(this.#folder, name);
      const key = name.split('.')[0]!;
      const { size, mtimeMs } = statSync(file);
      const set = sets.get(key) ?? { files: [], bytes: 0, usedMs: 0, whole: false };
      set.files.push(file);
      set.bytes += size;
      set.usedMs = Math.max(set.usedMs, mtimeMs);
      set.whole ||= /\.(json|wav)$/.test(name);
      sets.set(key, set);
    }
    const newestFirst = [...sets.values()].sort((a, b) => b.usedMs - a.usedMs);
    let bytes = 0;
    for (const set of newestFirst) {
      bytes += set.bytes;
      if (set.whole && bytes <= MOST_BYTES) continue;
      for (const file of set.files) rmSync(file, { force: true });
    }
  }
}
