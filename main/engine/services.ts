// What the calls of every area are answered with: built once by the composition root.
import type { EventPublisher } from '@orpc/server';
import type { Notice } from '../../shared/contract/schemas.ts';
import type { CorpusKeeper } from '../corpus/keeper.ts';
import type { Predictor } from '../inference/predictor.ts';
import type { LiveService } from '../live/sessions.ts';
import type { Logger } from '../process/log.ts';
import type { Store } from '../store/database.ts';
import type { featureStore } from '../store/features.ts';
import type { Tracks } from '../tracks/tracks.ts';
import type { RunService } from '../training/runs.ts';

export interface Services {
  /** Folder of index, ledger and runs. */
  readonly workspace: string;
  readonly openFolder: string | null;
  readonly resourcesDir: string;
  readonly logger: Logger;
  readonly store: Store;
  readonly publisher: EventPublisher<{ notice: Notice }>;
  /** Tells every interface on this engine what changed. */
  readonly notify: (notice: Notice) => void;
  readonly featureCache: ReturnType<typeof featureStore>;
  readonly keeper: CorpusKeeper;
  readonly runs: RunService;
  readonly predictor: Predictor;
  readonly tracks: Tracks;
  readonly live: LiveService;
}
