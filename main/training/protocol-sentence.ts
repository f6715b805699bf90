// Says in a few sentences who was scored by whom: what stands beside every score.
import type { LabelVersion, Leakage, SplitSpec } from '../../shared/contract/schemas.ts';
import { BOOTSTRAP_RESAMPLES, MIN_SPEAKERS_FOR_INTERVAL } from '../../shared/metrics/bootstrap.ts';
import type { TrainingSpec } from '../../shared/recipe/recipe.ts';

/** What the scores of a run are over. */
export interface Scored {
  readonly clips: number;
  /** Named speakers of those clips. */
  readonly speakers: number;
  /** Fewest and most epochs behind the models that scored. */
  readonly epochs: readonly [fewest: number, most: number];
}

/** Clips of one corpus. */
export interface ClipsOf {
  readonly corpus: string;
  readonly clips: number;
}

export interface ProtocolFacts {
  readonly split: SplitSpec;
  readonly folds: number;
  /** Clips of training, validation and test together. */
  readonly clips: number;
  /** Of a run that is tested on another corpus: how many clips of which. */
  readonly sides?: { readonly trained: ClipsOf; readonly tested: ClipsOf } | null;
  /** As planned. */
  readonly leakage: Pick<Leakage, 'testSpeakers' | 'sharedSpeakers' | 'takeClips' | 'duplicateClips'>;
  /** Clips that some fold must not train on, because they are copies of what it is tested on. */
  readonly duplicatesLeftOut: number;
  readonly labelVersion: LabelVersion;
  readonly recipe: string;
  readonly training: Pick<TrainingSpec, 'validation' | 'earlyStopping' | 'keep' | 'monitor' | 'classWeights'>;
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
  return [
    describeSplit(facts),
    `${describeClips(facts)}, ${settings}`,
    describeValidation(facts),
    describeCopies(facts),
    describeInterval(facts),
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function describeSplit(facts: ProtocolFacts): string {
  const { split, folds, leakage, ended, scored } = facts;
  if (scored === null && ended) return 'Nothing was scored.';
  const { testSpeakers, sharedSpeakers } = leakage;
  const whole = scored === null || scored.speakers === testSpeakers;
  const reads = sharedSpeakers > 0 ? ': same voices in both parts, so it reads high.' : '.';
  switch (split.name) {
    case 'loso': {
      const others = `a model trained on the other ${testSpeakers - 1}`;
      return whole
        ? `Each of ${testSpeakers} speakers scored by ${others}.`
        : `${scored.speakers} of ${testSpeakers} speakers scored, each by ${others}.`;
    }
    case 'grouped-k-fold': {
      const who = whole
        ? `Each of ${testSpeakers} speakers`
        : `${scored.speakers} of ${testSpeakers} speakers`;
      return `${who} scored by a model that never heard them, in ${folds} groups of speakers.`;
    }
    case 'hold-out-speakers':
      return `${plural(testSpeakers, 'speaker')} held out and scored by a model trained on the others.`;
    case 'random-k-fold':
      return `Each clip scored by a model trained on the others of ${folds} random parts${reads}`;
    case 'random': {
      const part = split.share === 0.2 ? 'fifth' : `${count.format(split.share * 100)} %`;
      return `A random ${part} of the clips, each label by its share, scored by a model trained on the rest${reads}`;
    }
    case 'cross-corpus':
      return 'Another corpus scored by a model that heard nothing of it.';
  }
}

function describeClips({ clips, scored, sides }: ProtocolFacts): string {
  if (sides) {
    const [trained, tested] = [sides.trained, sides.tested].map(
      (side) => `${plural(side.clips, 'clip')} of ${side.corpus}`,
    );
    const part =
      scored === null || scored.clips === sides.tested.clips
        ? ''
        : `, ${count.format(scored.clips)} of them scored`;
    return `Trained on ${trained}, tested on ${tested}${part}`;
  }
  return scored === null || scored.clips === clips
    ? plural(clips, 'clip')
    : `${count.format(scored.clips)} of ${plural(clips, 'clip')} scored`;
}

function describeEpochs({ epochs, scored, training }: ProtocolFacts): string {
  const asked = `${training.earlyStopping === null ? '' : 'at most '}${plural(epochs, 'epoch')}`;
  if (scored === null || scored.epochs[0] === epochs) return asked;
  const [fewest, most] = scored.epochs;
  const range = fewest === most ? count.format(most) : `${count.format(fewest)} to ${count.format(most)}`;
  return training.validation === null
    ? `stopped after ${range} of ${plural(epochs, 'epoch')}`
    : `kept epoch ${range} of ${plural(epochs, 'epoch')}`;
}

/** How an epoch is chosen, and that no test clip had a say in it. */
function describeValidation({ training }: ProtocolFacts): string {
  const weights = training.classWeights === 'balanced' ? 'Labels weigh the same in the loss.' : '';
  if (training.validation === null) return weights;
  const share = `${count.format(training.validation.share * 100)} % of the training speakers`;
  const chosen =
    training.keep === 'best'
      ? `The epoch of the best ${training.monitor} was chosen`
      : 'Training was watched';
  const stop =
    training.earlyStopping === null
      ? ''
      : `, and training ended after ${plural(training.earlyStopping.patience, 'epoch')} without a better one`;
  return [`${chosen} on ${share}, set aside in each fold${stop}: test clips had no say.`, weights]
    .filter(Boolean)
    .join(' ');
}

function describeCopies({
  leakage: { takeClips, duplicateClips },
  duplicatesLeftOut,
}: ProtocolFacts): string {
  if (duplicateClips > 0) {
    const takes = takeClips > 0 ? `, and of ${count.format(takeClips)} another take` : '';
    return `Of ${plural(duplicateClips, 'test clip')} a copy is trained on${takes}.`;
  }
  if (duplicatesLeftOut > 0)
    return `Copies of test clips are not trained on: ${plural(duplicatesLeftOut, 'clip')} left out of some fold.`;
  return '';
}

function describeInterval({ scored, leakage, ended }: ProtocolFacts): string {
  if (scored === null && ended) return '';
  return (scored?.speakers ?? leakage.testSpeakers) < MIN_SPEAKERS_FOR_INTERVAL
    ? `Interval: not estimable with fewer than ${MIN_SPEAKERS_FOR_INTERVAL} test speakers.`
    : `Interval: 95 %, ${count.format(BOOTSTRAP_RESAMPLES)} bootstraps by speaker.`;
}

export function plural(many: number, noun: string): string {
  return `${count.format(many)} ${noun}${many === 1 ? '' : 's'}`;
}
