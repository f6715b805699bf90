// Runs that an engine left behind when it ended under them: paused, and those that may go on by themselves named.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Fold } from '../../shared/contract/schemas.ts';
import type { Store } from '../store/database.ts';
import * as runStore from '../store/runs.ts';
import { endMessage } from './end-message.ts';
import { scoreRun, summaryScores } from './scores.ts';

const INTERRUPTED = 'The engine ended while the run was under way.';
const NEVER_BEGAN = 'The engine ended before the run began.';
const GOES_ON = 'It was started again, and the run goes on by itself in a few seconds.';
const NO_FURTHER =
  'The engine ended while the run was under way, twice at the same place: it may be this run that ends it, so it waits for you.';
/** Of a run that went on by itself, for as long as it trains. */
export const WENT_ON =
  'The engine ended while the run was under way and was started again: the run went on from where it was.';

export interface InterruptedOptions {
  readonly workspace: string;
  /** True where this engine stands in for one that crashed in the same studio: nobody closed anything. */
  readonly afterCrash: boolean;
}

/**
 * Pauses every run that the database believes to be under way; what they had finished is scored.
 * @returns runs that are to go on unasked, oldest first: after a crash all but those that have got no further since a
 *   crash before it
 */
export function pauseInterrupted(store: Store, { workspace, afterCrash }: InterruptedOptions): number[] {
  const goOn: number[] = [];
  for (const run of runStore.unfinishedRuns(store)) {
    const { runId, labels, seed, recipe } = run;
    const folds = runStore.listFolds(store, runId).map((fold) => ({
      ...fold,
      state: fold.state === 'running' ? ('paused' as const) : fold.state,
    }));
    const began = run.state !== 'queued';
    const further = !afterCrash || !began || hasGotFurther(workspace, runId, folds);
    if (afterCrash && further) goOn.push(runId);
    const reason = began ? INTERRUPTED : NEVER_BEGAN;
    runStore.finishRun(store, runId, {
      state: 'paused',
      // When it died is not known; what its epochs took is.
      seconds: folds.flatMap(({ epochs }) => epochs).reduce((total, { seconds }) => total + seconds, 0),
      message:
        afterCrash && further
          ? `${reason} ${GOES_ON}`
          : endMessage({
              state: 'paused',
              folds,
              epochs: recipe.training.epochs,
              failure: further ? reason : NO_FURTHER,
            }),
      scores: summaryScores(scoreRun(runStore.listPredictions(store, runId), labels, seed)),
    });
  }
  return goOn;
}

/** Whether a run has finished an epoch since it last went on by itself; notes where it is now. */
function hasGotFurther(workspace: string, runId: number, folds: readonly Fold[]): boolean {
  const place = String(folds.reduce((total, { epochs }) => total + epochs.length, 0));
  const folder = path.join(workspace, 'runs', String(runId));
  const file = path.join(folder, 'after-crash');
  try {
    if (readFileSync(file, 'utf8') === place) return false;
  } catch {
    // It has not gone on by itself before.
  }
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, place);
    return true;
  } catch {
    // What cannot be noted would go on again and again.
    return false;
  }
}
