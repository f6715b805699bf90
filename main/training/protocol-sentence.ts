// Says in a few sentences who was scored by whom: what stands beside every score.
import type { LabelVersion, SplitName } from '../../shared/contract/schemas.ts';
import { BOOTSTRAP_RESAMPLES, MIN_SPEAKERS_FOR_INTERVAL } from '../../shared/metrics/metrics.ts';

export interface ProtocolFacts {
  readonly split: SplitName;
  readonly clips: number;
  /** Speakers with test clips. */
  readonly testSpeakers: number;
  /** Speakers that stand in training and in test of the same fold. */
  readonly sharedSpeakers: number;
  readonly labelVersion: LabelVersion;
  readonly recipe: string;
  readonly seed: number;
  readonly epochs: number;
}

/** The protocol of a run, for a person. */
export function describeProtocol(facts: ProtocolFacts): string {
  const { clips, labelVersion, recipe, seed, epochs, testSpeakers } = facts;
  const count = new Intl.NumberFormat('en');
  const interval =
    testSpeakers < MIN_SPEAKERS_FOR_INTERVAL
      ? `Interval: not estimable with fewer than ${MIN_SPEAKERS_FOR_INTERVAL} test speakers.`
      : `Interval: 95 %, ${count.format(BOOTSTRAP_RESAMPLES)} bootstraps by speaker.`;
  return [
    describeSplit(facts),
    `${count.format(clips)} clips, labels v${labelVersion.version}, ${recipe} recipe, seed ${seed}, ${plural(epochs, 'epoch')}.`,
    interval,
    'The second curve is test accuracy: nothing was selected on it.',
  ].join(' ');
}

function describeSplit({ split, testSpeakers, sharedSpeakers }: ProtocolFacts): string {
  if (split === 'loso')
    return `Each of ${testSpeakers} speakers scored by a model trained on the other ${testSpeakers - 1}.`;
  const scored =
    'A random fifth of the clips, each label by its share, scored by a model trained on the rest';
  return sharedSpeakers > 0 ? `${scored}: same voices in both parts, so it reads high.` : `${scored}.`;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
