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
import { predictCalls, runsCalls } from './engine/runs-calls.ts';
import type { Services } from './engine/services.ts';
import { Predictor } from './inference/predictor.ts';
import type { Logger } from './process/log.ts';
import { lockWorkspace, openStore } from './store/database.ts';
import { featureStore } from './store/features.ts';
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
  const services: Services = {
    workspace,
    openFolder,
    resourcesDir,
    logger,
    store,
    publisher,
    notify,
    featureCache,
    runs,
    predictor,
    backends: probeBackends(),
  };

  const os = implementer(logger);
  const router = os.router({
    engine: engineCalls(os.engine, services),
    corpora: corporaCalls(os.corpora, services),
    features: featuresCalls(os.features, services),
    clips: clipsCalls(os.clips, services),
    labels: labelsCalls(os.labels, services),
    segments: segmentsCalls(os.segments, services),
    raters: ratersCalls(os.raters, services),
    agreement: agreementCalls(os.agreement, services),
    labelSets: labelSetsCalls(os.labelSets, services),
    labelVersions: labelVersionsCalls(os.labelVersions, services),
    listening: listeningCalls(os.listening, services),
    humanRecall: humanRecallCalls(os.humanRecall, services),
    runs: runsCalls(os.runs, services),
    predict: predictCalls(os.predict, services),
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
