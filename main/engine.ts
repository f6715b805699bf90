// The composition root: builds the studio's services on one workspace and answers the contract with them.
import { EventPublisher } from '@orpc/server';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Notice } from '../shared/contract/schemas.ts';
import { implementer } from './engine/answering.ts';
import { clipsCalls } from './engine/clips-calls.ts';
import { corporaCalls } from './engine/corpora-calls.ts';
import { engineCalls } from './engine/engine-calls.ts';
import { featuresCalls } from './engine/features-calls.ts';
import { labelsCalls, segmentsCalls } from './engine/labels-calls.ts';
import { humanRecallCalls, listeningCalls } from './engine/listening-calls.ts';
import { agreementCalls, labelSetsCalls, labelVersionsCalls, ratersCalls } from './engine/raters-calls.ts';
import { parallelCalls } from './engine/parallel-calls.ts';
import { predictCalls, runsCalls } from './engine/runs-calls.ts';
import { tracksCalls } from './engine/tracks-calls.ts';
import { liveCalls } from './engine/live-calls.ts';
import type { Services } from './engine/services.ts';
import { CorpusKeeper } from './corpus/keeper.ts';
import { Predictor } from './inference/predictor.ts';
import { entryFile } from './process/entry.ts';
import { LiveService } from './live/sessions.ts';
import type { Logger } from './process/log.ts';
import { corpusFolders } from './store/corpora.ts';
import { lockWorkspace, openStore, type Store } from './store/database.ts';
import { featureStore } from './store/features.ts';
import { Tracks } from './tracks/tracks.ts';
import { RunService } from './training/runs.ts';

export interface EngineOptions {
  /** Folder of index, ledger and runs; made when missing. */
  readonly workspace: string;
  /** What shows this engine, for the lock's message. */
  readonly host: string;
  readonly openFolder: string | null;
  readonly resourcesDir: string;
  readonly logger: Logger;
  /** True where it stands in for an engine that crashed in the same studio. */
  readonly afterCrash?: boolean;
}

export type Engine = ReturnType<typeof createEngine>;

/**
 * Opens a workspace and builds the engine on it.
 * @throws UserError BUSY when another engine holds the workspace, UNAVAILABLE when its database is newer
 */
export function createEngine(options: EngineOptions) {
  const { workspace, host, openFolder, resourcesDir, logger, afterCrash } = options;
  mkdirSync(workspace, { recursive: true });
  const unlock = lockWorkspace(workspace, { host, processId: process.pid });
  const store = openStoreOr(unlock, path.join(workspace, 'studio.db'));
  const publisher = new EventPublisher<{ notice: Notice }>();
  let tellFolders: () => void = () => undefined;
  const notify = (notice: Notice): void => {
    publisher.publish('notice', notice);
    if (notice.type === 'corpora') tellFolders();
  };
  const featureCache = featureStore(store);
  const runs = new RunService({ store, workspace, featureCache, notify, logger, afterCrash });
  const keeper = new CorpusKeeper({
    ...{ store, notify },
    listenerEntry: entryFile('listener'),
    warn: (err, message) => logger.warn({ err }, message),
  });
  const predictor = new Predictor({ store, workspace, logger });
  const tracks = new Tracks(path.join(workspace, 'tracks'));
  const live = new LiveService({ store, workspace });
  const services: Services = {
    workspace,
    openFolder,
    resourcesDir,
    logger,
    store,
    publisher,
    notify,
    featureCache,
    keeper,
    runs,
    predictor,
    tracks,
    live,
  };

  const os = implementer(logger);
  const router = os.router({
    engine: engineCalls(os.engine, services),
    corpora: corporaCalls(os.corpora, services),
    features: featuresCalls(os.features, services),
    clips: clipsCalls(os.clips, services),
    tracks: tracksCalls(os.tracks, services),
    labels: labelsCalls(os.labels, services),
    segments: segmentsCalls(os.segments, services),
    raters: ratersCalls(os.raters, services),
    agreement: agreementCalls(os.agreement, services),
    labelSets: labelSetsCalls(os.labelSets, services),
    labelVersions: labelVersionsCalls(os.labelVersions, services),
    listening: listeningCalls(os.listening, services),
    humanRecall: humanRecallCalls(os.humanRecall, services),
    parallel: parallelCalls(os.parallel, services),
    runs: runsCalls(os.runs, services),
    predict: predictCalls(os.predict, services),
    live: liveCalls(os.live, services),
  });

  return {
    router,
    /** Tells what closing now would stop, at once and whenever it changes. */
    onBusy(listener: (what: string | null) => void): void {
      runs.onBusy(listener);
    },
    /** Tells the folders of the corpora, at once and whenever one is opened or forgotten. */
    onFolders(listener: (folders: string[]) => void): void {
      tellFolders = () => listener(corpusFolders(store).map(({ folder }) => folder));
      tellFolders();
    },
    /** Stops what runs (finished epochs are kept), closes the index and gives the workspace back. */
    async close(): Promise<void> {
      await keeper.close();
      live.close();
      await runs.close();
      await predictor.close();
      await tracks.close();
      store.close();
      unlock();
    },
  };
}

/** @param unlock what gives the workspace back, where its database cannot be opened */
function openStoreOr(unlock: () => void, file: string): Store {
  try {
    return openStore(file);
  } catch (error) {
    unlock();
    throw error;
  }
}
