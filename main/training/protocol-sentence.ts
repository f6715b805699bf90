// Says in a few sentences who was scored by whom: what stands beside every score.
import type { LabelVersion, SplitName } from '../../shared/contract/schemas.ts';
import { BOOTSTRAP_RESAMPLES, MIN_SPEAKERS_FOR_INTERVAL } from '../../shared/metrics/metrics.ts';

/** What the scores of a run are over. */
export interface Scored {
  readonly clips: number;
  /** Named speakers of those clips. */
  readonly speakers: number;
  /** Fewest and most epochs behind the models that scored. */
  readonly epochs: readonly [fewest: number, most: number];
}

export interface ProtocolFacts {
  readonly split: SplitName;
  /** Clips of training and test together. */
  readonly clips: number;
  /** Speakers with test clips, as planned. */
  readonly testSpeakers: number;
  /** Speakers that stand in training and in test of the same fold. */
  readonly sharedSpeakers: number;
  readonly labelVersion: LabelVersion;
  readonly recipe: string;
  readonly seed: number;
  /** As asked for. */
  readonly epochs: number;
  /** True once nothing more will be scored. */
  readonly ended: boolean;
  /** Null while nothing is. */
  readonly scored: Scored | null;
}

const count = new Intl.NumberFormat('en');

/** The protocol of a run, for a person: of its plan until a clip is scored, then of what was scored. */
export function describeProtocol(facts: ProtocolFacts): string {
  const { labelVersion, recipe, seed } = facts;
  const settings = `labels v${labelVersion.version}, ${recipe} recipe, seed ${seed}, ${describeEpochs(facts)}.`;
  return [describeSplit(facts), `${describeClips(facts)}, ${settings}`, describeInterval(facts)]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function describeSplit(facts: ProtocolFacts): string {
  const { split, testSpeakers, sharedSpeakers, ended, scored } = facts;
  if (scored === null && ended) return 'Nothing was scored.';
  if (split === 'loso') {
    const others = `a model trained on the other ${testSpeakers - 1}`;
    return scored === null || scored.speakers === testSpeakers
      ? `Each of ${testSpeakers} speakers scored by ${others}.`
      : `${scored.speakers} of ${testSpeakers} speakers scored, each by ${others}.`;
  }
  const fifth = 'A random fifth of the clips, each label by its share, scored by a model trained on the rest';
  return sharedSpeakers > 0 ? `${fifth}: same voices in both parts, so it reads high.` : `${fifth}.`;
}

function describeClips({ clips, scored }: ProtocolFacts): string {
  return scored === null || scored.clips === clips
    ? plural(clips, 'clip')
    : `${count.format(scored.clips)} of ${plural(clips, 'clip')} scored`;
}

function describeEpochs({ epochs, scored }: ProtocolFacts): string {
  if (scored === null || scored.epochs[0] === epochs) return plural(epochs, 'epoch');
  const [fewest, most] = scored.epochs;
  const range = fewest === most ? count.format(most) : `${count.format(fewest)} to ${count.format(most)}`;
  return `stopped after ${range} of ${plural(epochs, 'epoch')}`;
}

function describeInterval({ scored, testSpeakers, ended }: ProtocolFacts): string {
  if (scored === null && ended) return '';
  return (scored?.speakers ?? testSpeakers) < MIN_SPEAKERS_FOR_INTERVAL
    ? `Interval: not estimable with fewer than ${MIN_SPEAKERS_FOR_INTERVAL} test speakers.`
    : `Interval: 95 %, ${count.format(BOOTSTRAP_RESAMPLES)} bootstraps by speaker.`;
}

export function plural(many: number, noun: string): string {
  return `${count.format(many)} ${noun}${many === 1 ? '' : 's'}`;
}
