// Opens a folder as a corpus: indexes it, or what has changed in it since it was last opened.
import { UserError } from '../../shared/contract/errors.ts';
import type { CorpusSummary, OpenCorpusInput } from '../../shared/contract/schemas.ts';
import { corpusSummary, findCorpus, saveCorpus } from '../store/corpora.ts';
import type { Store } from '../store/database.ts';
import { indexedPaths } from '../store/indexing.ts';
import { alone } from './alone.ts';
import { corpusFolder, corpusName, realTable } from './folder.ts';
import { IndexJob, type IndexTally } from './index-job.ts';
import { planCorpus } from './plan.ts';
import type { IndexProgress } from './progress.ts';
import { isAudioFile, scanFolder } from './scan.ts';

export interface OpenOptions {
  signal?: AbortSignal;
  /** At most ten times a second. */
  onProgress?: (progress: IndexProgress) => void;
  /** Nobody waits for it: it gives way to an opening that a person asks for. */
  background?: boolean;
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
  tally: IndexTally;
}

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
  return alone(store, folder, options.background ?? false, (given) => {
    const signals = [options.signal, given].filter((signal) => signal !== undefined);
    return indexFolder(store, folder, input, { ...options, signal: AbortSignal.any(signals) });
  });
}

/**
 * Indexes some files of a known corpus anew, in the background: what came, changed or went among `paths` (relative to
 * its folder). What the others say is taken from the index. @throws as openCorpus
 */
export async function refreshFiles(
  store: Store,
  corpus: { readonly corpusId: number; readonly folder: string },
  paths: ReadonlySet<string>,
): Promise<IndexTally> {
  const folder = await corpusFolder(corpus.folder);
  return alone(store, folder, true, async (signal) => {
    const there = new Set(indexedPaths(store, corpus.corpusId));
    for (const path of paths) {
      if (await isAudioFile(folder, path)) there.add(path);
      else there.delete(path);
    }
    const scan = { audio: [...there].sort(), tables: [], problems: [] };
    const known = findCorpus(store, folder);
    const plan = await planCorpus(folder, scan, known?.table ?? null);
    return new IndexJob(store, corpus.corpusId, folder, scan, plan, paths).run({ signal });
  });
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
  const tally = await job.run(options);
  return {
    summary: corpusSummary(store, corpusId),
    readFiles: job.readFiles,
    seconds: seconds() - startedAt,
    tally,
  };
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
