// What a fold goes on from after a pause or a crash: one file, whole or not there at all.
import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Epoch } from '../../shared/contract/schemas.ts';
import { canonicalJson } from '../../shared/recipe/recipe.ts';
import type { ModelArtifacts } from './artifacts.ts';
import type { KeptEpoch, TrainJob } from './protocol.ts';
import type { TrainingState } from './step.ts';

/** Sums over the batches of an epoch under way. */
export interface EpochSums {
  /** Batches trained on so far. */
  readonly batches: number;
  readonly clips: number;
  readonly lossSum: number;
  readonly correct: number;
  readonly seconds: number;
}

/** A fold between two batches. */
export interface Checkpoint {
  /** The epoch under way, from 1. */
  readonly epoch: number;
  readonly sums: EpochSums;
  readonly state: TrainingState;
  /** What the fold would end with now; null before the first epoch is over. */
  readonly kept: KeptEpoch | null;
  /** Best value of what is monitored, and epochs since; see selection.ts. */
  readonly best: number | null;
  readonly epochsSinceBest: number;
  /** Epochs that are over. */
  readonly epochs: readonly Epoch[];
  readonly model: ModelArtifacts;
}

const MAGIC = Buffer.from('PATHOSCP');
const HASH_BYTES = 32;
/** Changes whenever the shape above does: an older file is then no checkpoint. */
const VERSION = 1;

/** A checkpoint's file; apart from the fold's folder, which holds a finished model or is not there. */
export function checkpointFile(workspace: string, runId: number, fold: number): string {
  return path.join(workspace, 'runs', String(runId), `fold-${fold}.checkpoint`);
}

/** Tells a job from every other: a hash of all that its numbers hang on. */
export function fingerprint(job: TrainJob): string {
  const { recipe, labels, train, validation, test, seed, fold, epochs, backend } = job;
  const hash = createHash('sha256');
  hash.update(canonicalJson({ version: VERSION, recipe, labels, seed, fold, epochs, backend }));
  for (const positions of [train, validation, test, job.targets]) hash.update(bytesOf(positions));
  return hash.update(bytesOf(job.features)).digest('hex');
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Int32Array | Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/**
 * Writes a fold's checkpoint, of the job with this fingerprint, in the place of its last one, and only once all of it is on disk.
 * @throws the file system's error; the last checkpoint stays then
 */
export function writeCheckpoint(file: string, job: string, checkpoint: Checkpoint): void {
  const payload = serialize({ fingerprint: job, checkpoint });
  const unfinished = `${file}.part`;
  mkdirSync(path.dirname(file), { recursive: true });
  try {
    const handle = openSync(unfinished, 'w');
    try {
      for (const part of [MAGIC, createHash('sha256').update(payload).digest(), payload])
        writeAll(handle, part);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

/** A full disk may take a part of a write without an error. */
function writeAll(handle: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
}

/** What to go on from; null where there is no checkpoint, or none of this very job. */
export function readCheckpoint(file: string, job: string): Checkpoint | null {
  const found = readAny(file);
  return found?.fingerprint === job ? found.checkpoint : null;
}

/** What a fold that will not go on has kept so far, and its model; null where there is nothing. */
export function readKept(file: string): { kept: KeptEpoch; model: ModelArtifacts } | null {
  const { kept, model } = readAny(file)?.checkpoint ?? { kept: null };
  return kept && model ? { kept, model } : null;
}

function readAny(file: string): { fingerprint: string; checkpoint: Checkpoint } | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    return null;
  }
  const start = MAGIC.length + HASH_BYTES;
  const payload = bytes.subarray(start);
  const whole =
    bytes.subarray(0, MAGIC.length).equals(MAGIC) &&
    createHash('sha256').update(payload).digest().equals(bytes.subarray(MAGIC.length, start));
  return whole ? (deserialize(payload) as { fingerprint: string; checkpoint: Checkpoint }) : null;
}

/** Forgets a fold's checkpoint: it has ended. */
export function dropCheckpoint(file: string): void {
  rmSync(file, { force: true });
}
