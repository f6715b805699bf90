// Asks a run's model what it hears in a clip or a file: one question at a time, the last one counts.
import type { Clip, OverTime, Prediction } from '../../shared/contract/schemas.ts';
import { engine } from '../state/engine.svelte.ts';
import { isAbort } from '../ui/errors.ts';

export type Source =
  { kind: 'clip'; clip: Pick<Clip, 'clipId' | 'path' | 'label'> } | { kind: 'file'; file: File };

/** The contract's limit for a file. */
const LARGEST_FILE_BYTES = 200_000_000;

class TooLargeError extends Error {
  constructor(file: File) {
    super(`${file.name} is larger than 200 MB and was not read.`);
    this.name = 'TooLargeError';
  }
}

class Predictor {
  /** Run that was asked last. */
  runId = $state<number | null>(null);
  source = $state.raw<Source | null>(null);
  /** The answer to `source`; null until it is there. */
  answer = $state.raw<Prediction | null>(null);
  /** The answers of sliding windows; null until they are there. */
  overTime = $state.raw<OverTime | null>(null);
  error = $state.raw<unknown>(null);
  busy = $state(false);
  #abort: AbortController | null = null;

  /** Asks run `runId` about a clip or a file. */
  async ask(runId: number, source: Source): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.runId = runId;
    this.source = source;
    this.answer = null;
    this.overTime = null;
    this.busy = true;
    this.error = null;
    try {
      const answer = await this.#call(runId, source, abort.signal);
      if (abort.signal.aborted) return;
      this.answer = answer;
      const overTime = await this.#callOverTime(runId, source, abort.signal);
      if (abort.signal.aborted) return;
      this.overTime = overTime;
    } catch (error) {
      if (abort.signal.aborted || isAbort(error)) return;
      this.error = error;
    }
    this.busy = false;
  }

  clear(): void {
    this.#abort?.abort();
    this.source = null;
    this.answer = null;
    this.overTime = null;
    this.error = null;
    this.busy = false;
  }

  #call(runId: number, source: Source, signal: AbortSignal): Promise<Prediction> {
    if (source.kind === 'clip') {
      return engine.client.predict.clip({ runId, clipId: source.clip.clipId }, { signal });
    }
    if (source.file.size > LARGEST_FILE_BYTES) return Promise.reject(new TooLargeError(source.file));
    return engine.client.predict.file({ runId, file: source.file }, { signal });
  }

  #callOverTime(runId: number, source: Source, signal: AbortSignal): Promise<OverTime> {
    return source.kind === 'clip'
      ? engine.client.predict.clipOverTime({ runId, clipId: source.clip.clipId }, { signal })
      : engine.client.predict.fileOverTime({ runId, file: source.file }, { signal });
  }
}

export const predictor = new Predictor();
