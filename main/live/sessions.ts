// Live recognition as a service: streams by their id, each in a process of its own.
import { EventPublisher } from '@orpc/server';
import { randomUUID } from 'node:crypto';
import { UserError } from '../../shared/contract/errors.ts';
import type {
  LiveCalibration,
  LiveEvent,
  LiveFile,
  LiveModel,
  LiveModelRef,
  LiveSettings,
  LiveWindow,
  StartLiveInput,
} from '../../shared/contract/schemas.ts';
import { LIVE_DEFAULTS } from '../../shared/contract/schemas.ts';
import type { Store } from '../store/database.ts';
import { collectNowAndThen } from './collecting.ts';
import { LiveProcess } from './live-process.ts';
import { chooseModel, missingFile, type ChosenModel } from './model-choice.ts';
import { opinionOf } from './opinion.ts';
import type { ResolvedSettings, Stretch } from './protocol.ts';

/** How often the model's files are looked for while a stream runs from memory. */
const LOOK_MS = 2000;

export interface LiveOptions {
  readonly store: Store;
  readonly workspace: string;
}

interface Session {
  readonly process: LiveProcess;
  readonly sampleRateHz: number;
  model: ChosenModel;
  settings: LiveSettings;
  publish: (event: LiveEvent) => void;
}

export class LiveService {
  readonly #store: Store;
  readonly #workspace: string;
  readonly #sessions = new Map<string, Session>();
  readonly #files = new Set<LiveProcess>();

  constructor({ store, workspace }: LiveOptions) {
    this.#store = store;
    this.#workspace = workspace;
  }

  /**
   * Listens until the signal is aborted; the first event names the session.
   * @throws UserError NOT_FOUND, UNREADABLE naming a model file; UNAVAILABLE where the process ended
   */
  async *listen(input: Required<StartLiveInput>, signal: AbortSignal | undefined): AsyncGenerator<LiveEvent> {
    const { sampleRateHz, settings, runId, folds } = input;
    const model = this.#choose({ runId, folds }, sampleRateHz);
    const events = new EventPublisher<{ event: LiveEvent }>();
    const over = new AbortController();
    const ends = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
    const publish = (event: LiveEvent): void => events.publish('event', event);
    const heard = events.subscribe('event', { signal: ends });
    const process = new LiveProcess(publish);
    const sessionId = randomUUID();
    const session: Session = { ...{ process, sampleRateHz, model, settings, publish } };
    this.#sessions.set(sessionId, session);
    const watch = watchFiles(session);
    const stopCollecting = collectNowAndThen();
    let failure: UserError | null = null;
    void process.ended.then((error) => {
      failure = error;
      over.abort();
    });
    try {
      await process.ask('start', {
        sampleRateHz,
        model: model.files,
        settings: resolved(settings, model.told),
      });
      yield { type: 'started', sessionId };
      yield { type: 'model', model: model.told };
      try {
        yield* heard;
      } catch (error) {
        if (!ends.aborted) throw error;
      }
      if (failure) throw failure;
    } finally {
      clearInterval(watch);
      stopCollecting();
      this.#sessions.delete(sessionId);
      process.close();
    }
  }

  /** Hands samples on; they are float32, full scale +-1. */
  push(sessionId: string, at: number, samples: Float32Array): void {
    this.#session(sessionId).process.tell({ type: 'push', at, samples });
  }

  adjust(sessionId: string, settings: LiveSettings): void {
    const session = this.#session(sessionId);
    session.settings = settings;
    session.process.tell({ type: 'adjust', settings: resolved(settings, session.model.told) });
  }

  /** @throws as listen; the stream goes on with the model it had */
  async useModel(sessionId: string, ref: LiveModelRef): Promise<LiveModel> {
    const session = this.#session(sessionId);
    const model = this.#choose(ref, session.sampleRateHz);
    await session.process.ask('useModel', {
      model: model.files,
      settings: resolved(session.settings, model.told),
    });
    session.model = model;
    session.publish({ type: 'model', model: model.told });
    return model.told;
  }

  calibrate(
    sessionId: string,
    quiet: { from: number; until: number },
    speech: { from: number; until: number },
  ): Promise<LiveCalibration> {
    return this.#session(sessionId).process.ask('calibrate', { quiet, speech });
  }

  /** A stretch of what was heard, with what was said of it. */
  async stretch(
    sessionId: string,
    fromSample: number,
    untilSample: number,
  ): Promise<Stretch & { sampleRateHz: number; model: LiveModel }> {
    const { process, sampleRateHz, model } = this.#session(sessionId);
    const stretch = await process.ask('stretch', { fromSample, untilSample });
    return { ...stretch, sampleRateHz, model: model.told };
  }

  /** Every window of a recording, down the path of a stream. @throws as listen */
  async file(
    samples: Float32Array,
    sampleRateHz: number,
    ref: LiveModelRef,
    settings: LiveSettings = LIVE_DEFAULTS,
    signal?: AbortSignal,
  ): Promise<LiveFile> {
    signal?.throwIfAborted();
    const { files, told } = this.#choose(ref, sampleRateHz);
    const process = new LiveProcess(() => undefined);
    this.#files.add(process);
    const giveUp = (): void => process.close();
    signal?.addEventListener('abort', giveUp, { once: true });
    try {
      const input = { samples, sampleRateHz, model: files, settings: resolved(settings, told) };
      const windows: LiveWindow[] = await process.ask('file', input);
      return { model: told, sampleRateHz, windows, opinion: opinionOf(windows, told.labels) };
    } finally {
      signal?.removeEventListener('abort', giveUp);
      this.#files.delete(process);
      process.close();
    }
  }

  /** Ends every stream. */
  close(): void {
    for (const { process } of this.#sessions.values()) process.close();
    for (const process of this.#files) process.close();
  }

  #choose(ref: LiveModelRef, sampleRateHz: number): ChosenModel {
    return chooseModel(this.#store, this.#workspace, ref, sampleRateHz);
  }

  #session(sessionId: string): Session {
    const session = this.#sessions.get(sessionId);
    if (!session)
      throw new UserError('NOT_FOUND', 'That stream is over.', { next: 'Start listening again.' });
    return session;
  }
}

function resolved(settings: LiveSettings, { threshold }: LiveModel): ResolvedSettings {
  return { ...settings, unsureBelow: settings.unsureBelow ?? threshold.value };
}

/** Tells once when the model's files go, and once when they are back. */
function watchFiles(session: Session): NodeJS.Timeout {
  let gone: string | null = null;
  return setInterval(() => {
    const missing = missingFile(session.model.files);
    if (missing === gone) return;
    gone = missing;
    const trouble = missing && {
      message:
        'The model that is listening was deleted from the disk. It answers from memory until you stop.',
      path: missing,
      next: 'Choose another run, or bring the file back.',
    };
    session.publish({ type: 'trouble', trouble: trouble || null });
  }, LOOK_MS);
}
