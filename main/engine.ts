// The composition root: builds the studio's services on one workspace and answers the contract with them.
import { EventPublisher, implement, ORPCError } from '@orpc/server';
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { z } from 'zod';
import packageJson from '../package.json' with { type: 'json' };
import { contract } from '../shared/contract/contract.ts';
import { UserError } from '../shared/contract/errors.ts';
import type {
  ClipFeatures,
  ExtractEvent,
  IndexEvent,
  Notice,
  OpenCorpusInput,
} from '../shared/contract/schemas.ts';
import type { extractInputSchema } from '../shared/contract/schemas.ts';
import { columnNames } from '../shared/recipe/columns.ts';
import { DspError } from '../shared/dsp/dspError.ts';
import { FEATURE_PRESETS, type FeatureSpec } from '../shared/recipe/recipe.ts';
import { playableWav } from './audio/decode.ts';
import { AudioError } from './audio/audioError.ts';
import { DEMO_CORPUS_NAME, unpackDemoCorpus } from './corpus/demo.ts';
import { corpusFolder } from './corpus/folder.ts';
import { openCorpus, type OpenOptions } from './corpus/open.ts';
import { probeFolder } from './corpus/probe.ts';
import { progressReporter } from './corpus/progress.ts';
import { scanFolder } from './corpus/scan.ts';
import { computeFeatures } from './features/features.ts';
import { extractFolder } from './features/folder.ts';
import { Predictor } from './inference/predictor.ts';
import { listFolders } from './process/list-folders.ts';
import type { Logger } from './process/log.ts';
import * as clips from './store/clips.ts';
import * as corpora from './store/corpora.ts';
import { lockWorkspace, openStore } from './store/database.ts';
import { featureStore } from './store/features.ts';
import * as labels from './store/labels.ts';
import { loadSettings, saveSettings } from './store/settings.ts';
import { probeBackends } from './training/backend.ts';
import { RunService } from './training/runs.ts';

export interface EngineOptions {
  /** Folder of index, ledger and runs; made when missing. */
  readonly workspace: string;
  /** What shows this engine, for the lock's message. */
  readonly host: string;
  readonly openFolder: string | null;
  readonly resourcesDir: string;
  readonly logger: Logger;
}

export type Engine = ReturnType<typeof createEngine>;
type ExtractInput = z.output<typeof extractInputSchema>;

/** Errors for people cross the contract by code; the rest are bugs, logged here and told without their message. */
function crossing(error: unknown, logger: Logger): unknown {
  if (error instanceof UserError) {
    return new ORPCError(error.code, { message: error.message, ...(error.data && { data: error.data }) });
  }
  if (error instanceof DspError) return new ORPCError('BAD_INPUT', { message: sentence(error) });
  if (error instanceof AudioError) {
    return new ORPCError('UNREADABLE', { message: error.message, data: { path: error.path } });
  }
  const aborted = error instanceof Error && error.name === 'AbortError';
  if (!(error instanceof ORPCError) && !aborted) logger.error({ err: error }, 'unexpected error');
  return error;
}

/**
 * Opens a workspace and builds the engine on it.
 * @throws UserError BUSY when another engine holds the workspace, UNAVAILABLE when its database is newer
 */
export function createEngine({ workspace, host, openFolder, resourcesDir, logger }: EngineOptions) {
  mkdirSync(workspace, { recursive: true });
  const unlock = lockWorkspace(workspace, { host, processId: process.pid });
  const store = openStore(path.join(workspace, 'studio.db'));
  const publisher = new EventPublisher<{ notice: Notice }>();
  const notify = (notice: Notice): void => publisher.publish('notice', notice);
  const featureCache = featureStore(store);
  const runs = new RunService({ store, workspace, featureCache, notify, logger });
  const predictor = new Predictor({ store, workspace, logger });
  const backends = probeBackends();

  const fileOf = (clipId: number): string => {
    const { folder, path: relative } = clips.clipFile(store, clipId);
    return path.join(folder, relative);
  };
  const rater = (): string => loadSettings(store).rater;
  const decided = (result: ReturnType<typeof labels.setLabels>): typeof result => {
    const [first] = result.clips;
    if (first)
      notify({ type: 'labels', corpusId: first.corpusId, clipIds: result.clips.map((clip) => clip.clipId) });
    return result;
  };

  const indexing = (input: OpenCorpusInput, options: OpenOptions): AsyncGenerator<IndexEvent> =>
    streaming<IndexEvent>(async (publish) => {
      const opened = await openCorpus(store, input, { ...options, onProgress: publish });
      notify({ type: 'corpora' });
      return { type: 'done', ...opened };
    }, logger);

  const extracting = (input: ExtractInput, signal: AbortSignal | undefined): AsyncGenerator<ExtractEvent> =>
    streaming<ExtractEvent>(async (publish) => {
      const folder = await corpusFolder(input.folder);
      const { audio, problems } = await scanFolder(folder, signal);
      const report = progressReporter(audio.length, publish, () => performance.now() / 1000);
      const { defects, ...done } = await extractFolder(folder, audio, input.spec, {
        onProgress: (progress) => report(progress.done),
        ...(signal && { signal }),
        ...(input.useCache && { cache: featureCache }),
        ...(input.workers !== undefined && { workers: input.workers }),
      });
      return { type: 'done', ...done, defects: [...problems, ...defects] };
    }, logger);

  const os = implement(contract).use(async ({ next }) => {
    try {
      return await next();
    } catch (error) {
      throw crossing(error, logger);
    }
  });

  const router = os.router({
    engine: {
      info: os.engine.info.handler(async () => {
        const { backend, nativeMissing } = await backends;
        return {
          version: packageJson.version,
          node: process.versions.node,
          platform: process.platform,
          processId: process.pid,
          cores: availableParallelism(),
          workspace,
          backend,
          nativeMissing,
          openFolder,
        };
      }),
      notices: os.engine.notices.handler(async function* ({ signal }) {
        yield* untilAborted(publisher.subscribe('notice', { signal }), signal);
      }),
      settings: os.engine.settings.handler(() => loadSettings(store)),
      saveSettings: os.engine.saveSettings.handler(({ input }) => {
        const settings = saveSettings(store, input);
        notify({ type: 'settings', settings });
        return settings;
      }),
      listFolders: os.engine.listFolders.handler(({ input }) => listFolders(input.folder)),
    },
    corpora: {
      list: os.corpora.list.handler(() => corpora.listCorpora(store)),
      probe: os.corpora.probe.handler(({ input }) => probeFolder(store, input.folder)),
      open: os.corpora.open.handler(({ input, signal }) => indexing(input, { signal })),
      openDemo: os.corpora.openDemo.handler(async ({ signal }) => {
        const folder = await unpackDemoCorpus(workspace, { resourcesDir });
        return indexing({ folder }, { signal, synthetic: true, name: DEMO_CORPUS_NAME });
      }),
      summary: os.corpora.summary.handler(({ input }) => corpora.corpusSummary(store, input.corpusId)),
      defects: os.corpora.defects.handler(({ input }) => corpora.defects(store, input.corpusId)),
      crosstab: os.corpora.crosstab.handler(({ input }) =>
        corpora.crosstab(store, input.corpusId, input.filter),
      ),
      forget: os.corpora.forget.handler(({ input }) => {
        corpora.forgetCorpus(store, input.corpusId);
        notify({ type: 'corpora' });
      }),
    },
    features: {
      extract: os.features.extract.handler(({ input, signal }) => extracting(input, signal)),
    },
    clips: {
      page: os.clips.page.handler(({ input }) => {
        const { corpusId, filter, sort, offset, limit } = input;
        return clips.clipPage(store, corpusId, filter, sort, offset, limit);
      }),
      ids: os.clips.ids.handler(({ input }) =>
        clips.clipIds(store, input.corpusId, input.filter, input.sort),
      ),
      get: os.clips.get.handler(({ input }) => clips.getClip(store, input.clipId)),
      history: os.clips.history.handler(({ input }) => labels.history(store, input.clipId)),
      audio: os.clips.audio.handler(async ({ input }) => {
        const file = fileOf(input.clipId);
        const wav = await playableWav(file);
        return new File([wav as BlobPart], path.basename(file), { type: 'audio/wav' });
      }),
      features: os.clips.features.handler(({ input }) => clipFeatures(fileOf(input.clipId), input.recipe)),
    },
    labels: {
      set: os.labels.set.handler(({ input }) => {
        const { clipIds, label, reason, blind } = input;
        return decided(labels.setLabels(store, clipIds, label, { rater: rater(), reason, blind }));
      }),
      undo: os.labels.undo.handler(({ input }) => decided(labels.undo(store, input.corpusId, rater()))),
      redo: os.labels.redo.handler(({ input }) => decided(labels.redo(store, input.corpusId, rater()))),
      state: os.labels.state.handler(({ input }) => labels.labelState(store, input.corpusId, rater())),
    },
    runs: {
      list: os.runs.list.handler(({ input }) => runs.list(input.corpusId)),
      start: os.runs.start.handler(({ input }) => runs.start(input)),
      get: os.runs.get.handler(({ input }) => runs.get(input.runId)),
      watch: os.runs.watch.handler(async function* ({ input, signal }) {
        yield* runs.watch(input.runId, signal);
      }),
      cancel: os.runs.cancel.handler(({ input }) => runs.cancel(input.runId)),
      predictions: os.runs.predictions.handler(({ input }) => runs.predictions(input.runId)),
    },
    predict: {
      clip: os.predict.clip.handler(({ input }) => predictor.predictClip(input.runId, input.clipId)),
      file: os.predict.file.handler(async ({ input }) =>
        predictor.predictBytes(input.runId, new Uint8Array(await input.file.arrayBuffer()), input.file.name),
      ),
    },
  });

  return {
    router,
    /** Tells what closing now would stop, at once and whenever it changes. */
    onBusy(listener: (what: string | null) => void): void {
      runs.onBusy(listener);
    },
    /** Stops what runs (finished epochs are kept), closes the index and gives the workspace back. */
    async close(): Promise<void> {
      await runs.close();
      await predictor.close();
      store.close();
      unlock();
    },
  };
}

/** What is wrong with a specification, and its name for programs. */
function sentence({ code, message }: DspError): string {
  return `This recipe has no features (${code}): ${message}.`;
}

function featurePreset(name: string): FeatureSpec {
  const spec = FEATURE_PRESETS.get(name);
  if (!spec) throw new UserError('NOT_FOUND', `There is no recipe called "${name}".`);
  return spec;
}

/** What the viewer draws: the same matrix that training sees, before it is fitted to the network's input. */
async function clipFeatures(file: string, name: string): Promise<ClipFeatures> {
  const features = featurePreset(name);
  const { frames, coefficients, values } = await computeFeatures(file, features);
  return {
    recipe: name,
    sampleRateHz: features.sampleRateHz,
    hopLength: features.hopLength,
    frames,
    coefficients,
    values: Array.from({ length: frames }, (_, frame) =>
      Array.from(values.subarray(frame * coefficients, (frame + 1) * coefficients)),
    ),
    names: columnNames(features),
    inputFrames: features.frames ?? frames,
  };
}

/**
 * What a long work publishes, and at last what it returns.
 * @throws the work's own error, as it crosses the contract
 */
async function* streaming<Event>(
  work: (publish: (event: Event) => void) => Promise<Event>,
  logger: Logger,
): AsyncGenerator<Event> {
  const progress = new EventPublisher<{ event: Event }>();
  const ended = new AbortController();
  const events = progress.subscribe('event', { signal: ended.signal });
  const result = work((event) => progress.publish('event', event));
  const finished = result.then(
    () => ended.abort(),
    () => ended.abort(),
  );
  try {
    yield* untilAborted(events, ended.signal);
    await finished;
    yield await result;
  } catch (error) {
    throw crossing(error, logger);
  }
}

/** A subscription's events; ends quietly, not with an error, when its signal says so. */
async function* untilAborted<T>(
  events: AsyncIterable<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T> {
  try {
    yield* events;
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}
