// Says how a run ended: what it kept, what it lost and why, and what to do next.
import type { Fold } from '../../shared/contract/schemas.ts';
import { plural } from '../../shared/words.ts';
import type { FeatureDefect } from '../features/features.ts';

const DEFECTS_NAMED = 3;

export interface RunEnd {
  readonly state: 'done' | 'paused' | 'cancelled' | 'failed';
  /** As they stand at the end. */
  readonly folds: readonly Fold[];
  /** Epochs of a fold, as asked for. */
  readonly epochs: number;
  /** Clips without features. */
  readonly leftOut?: readonly FeatureDefect[];
  /** What ended or paused the run as a whole; a fold's own failure stands in the fold. */
  readonly failure?: string | null;
  /** Somebody wanted what there was. */
  readonly stopped?: boolean;
}

/** What a person should know about how a run ended; null where there is nothing to say. */
export function endMessage({
  state,
  folds,
  epochs,
  leftOut = [],
  failure = null,
  stopped = false,
}: RunEnd): string | null {
  const parts: string[] = [];
  if (failure !== null) parts.push(asSentence(failure));
  if (state === 'paused') parts.push(pauseMessage(folds, epochs));
  if (stopped) parts.push(stopMessage(folds));
  else if (state === 'cancelled') parts.push(cancelMessage(folds, epochs));
  const failed = folds.filter((fold) => fold.state === 'failed' && fold.error !== null);
  if (failed.length > 0) {
    const names = failed.map(({ index }) => index + 1).join(', ');
    const reason = asSentence(failed[0]!.error!);
    parts.push(`${plural(failed.length, 'fold')} of ${folds.length} failed (${names}): ${reason}`);
    if (state === 'done') parts.push(`Scores are over the other ${folds.length - failed.length}.`);
  }
  if (state === 'failed') parts.push(failureMessage(folds, epochs));
  if (leftOut.length > 0) {
    const named = leftOut.slice(0, DEFECTS_NAMED).map((defect) => `${defect.path} (${defect.reason})`);
    const more = leftOut.length > DEFECTS_NAMED ? ` and ${leftOut.length - DEFECTS_NAMED} more` : '';
    parts.push(`Left out, because they have no features: ${named.join('; ')}${more}.`);
  }
  return parts.length > 0 ? parts.join(' ') : null;
}

/** What a failure left, and what to do: only a fold that went to its end or was cancelled has a model. */
function failureMessage(folds: readonly Fold[], epochs: number): string {
  const done = folds.filter(({ state }) => state === 'done').length;
  if (done > 0) return `${done} of ${folds.length} folds were finished and are kept.`;
  const finished = folds.reduce((total, fold) => total + fold.epochs.length, 0);
  const asked = plural(epochs * folds.length, 'epoch');
  return finished > 0
    ? `${finished} of ${asked} finished, no model kept. Start again.`
    : 'No epoch finished, no model kept. Start again.';
}

function pauseMessage(folds: readonly Fold[], epochs: number): string {
  const done = folds.filter(({ state }) => state === 'done').length;
  const finished = folds.reduce((total, fold) => total + fold.epochs.length, 0);
  const asked = plural(epochs * folds.length, 'epoch');
  const behind = folds.find((fold) => fold.state === 'paused' && fold.error !== null);
  const warning = behind ? ` ${asSentence(behind.error!)}` : '';
  return `Paused with ${done} of ${plural(folds.length, 'fold')} and ${finished} of ${asked} finished.${warning} Resume goes on from there.`;
}

function stopMessage(folds: readonly Fold[]): string {
  const done = folds.filter(({ state }) => state === 'done');
  if (done.length === 0) return 'Stopped before the first epoch was finished: no model is kept.';
  const early = done.filter(({ stoppedEarly }) => stoppedEarly);
  const kept = early.map((fold) => `fold ${fold.index + 1} with epoch ${fold.keptEpoch}`).join(', ');
  const left = folds.length - done.length;
  const without = left > 0 ? ` Scores are over ${done.length} of ${plural(folds.length, 'fold')}.` : '';
  return `Stopped${kept ? `, keeping ${kept}` : ''}.${without}`;
}

function cancelMessage(folds: readonly Fold[], epochs: number): string {
  const done = folds.filter((fold) => fold.state === 'done').length;
  const kept = folds.filter((fold) => fold.state === 'cancelled' && fold.keptEpoch !== null);
  if (done === 0 && kept.length === 0)
    return 'Cancelled before the first epoch was finished: no model is kept.';
  if (folds.length === 1)
    return `Cancelled: the weights of epoch ${kept[0]!.keptEpoch} of ${epochs} are kept.`;
  const partial = kept.map((fold) => `fold ${fold.index + 1} with epoch ${fold.keptEpoch} of ${epochs}`);
  const scored = done > 0 ? ` Scores are over the ${plural(done, 'finished fold')}.` : '';
  const also = partial.length > 0 ? `, ${partial.join(', ')}` : '';
  return `Cancelled with ${done} of ${folds.length} folds finished${also}; their models are kept.${scored}`;
}

function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
