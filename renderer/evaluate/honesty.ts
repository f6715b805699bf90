// The honesty meter's rules: which two runs ask the same recipe both questions, and which one is missing.
import type { RunSummary, SplitSpec } from '../../shared/contract/schemas.ts';
import { SPLIT_WORDS, splitByName } from '../../shared/protocol/split.ts';

/** What of a run decides whether another one is its counterpart. */
export type Paired = Pick<
  RunSummary,
  | 'runId'
  | 'corpusId'
  | 'recipe'
  | 'split'
  | 'seed'
  | 'epochs'
  | 'labelVersion'
  | 'keepFlagged'
  | 'state'
  | 'uar'
>;

const POSSIBLE: ReadonlySet<RunSummary['state']> = new Set(['done', 'queued', 'running', 'paused']);

/** Whether a run's split keeps speakers apart; null where it is tested on another corpus, which has no counterpart. */
export function keepsApart({ split }: Pick<RunSummary, 'split'>): boolean | null {
  return split === 'cross-corpus' ? null : SPLIT_WORDS[split].speakersApart;
}

/**
 * Runs that ask the other question of the same recipe, by all that a list tells: name, epochs, seed, labels and whether
 * flagged clips are used. Done ones first, the newest first among them. Whether the recipes are the same to the letter,
 * their details tell.
 */
export function counterparts<Run extends Paired>(run: Paired, all: readonly Run[]): Run[] {
  const apart = keepsApart(run);
  if (apart === null) return [];
  const isDone = ({ state, uar }: Paired): boolean => state === 'done' && uar !== null;
  return all
    .filter(
      (other) =>
        other.corpusId === run.corpusId &&
        keepsApart(other) === !apart &&
        POSSIBLE.has(other.state) &&
        other.recipe === run.recipe &&
        other.epochs === run.epochs &&
        other.seed === run.seed &&
        other.labelVersion.hash === run.labelVersion.hash &&
        other.keepFlagged === run.keepFlagged,
    )
    .sort((a, b) => Number(isDone(b)) - Number(isDone(a)) || b.runId - a.runId);
}

/** The split of the run that is missing beside this one. */
export function missingSplit(run: Pick<RunSummary, 'split'>): SplitSpec {
  return splitByName(keepsApart(run) ? 'random' : 'loso');
}

/** What the two scores say together, as a sentence. @param difference random's UAR less the other's */
export function honestyInWords(difference: number): string {
  const size = Math.abs(difference).toFixed(3);
  if (difference > 0) return `Random reads ${size} higher: it has heard these voices.`;
  if (difference < 0)
    return `Random reads ${size} lower here: what it gains by known voices is less than chance moves it.`;
  return 'Both read the same here.';
}
