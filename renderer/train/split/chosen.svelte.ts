// The split of the next run: which one, with its settings, and what keeps it from being used.
import {
  SPLIT_NAMES,
  splitSpecSchema,
  type SplitName,
  type SplitSpec,
} from '../../../shared/protocol/split.ts';
import { app } from '../../state/app.svelte.ts';
import { labelSets } from '../../state/labelSets.svelte.ts';
import { labelMapOf, type LabelMatch } from './label-map.ts';
import { numberBetween, wholeNumber } from '../words.ts';

const MOST_FOLDS = 100;
/** Fewest labelled clips a random split can divide. */
const FEWEST_CLIPS = 5;

class ChosenSplit {
  name = $state<SplitName>('loso');
  foldsText = $state('5');
  shareText = $state('0.2');
  /** Speakers held out by name; none: a share of them is drawn. */
  heldOut = $state.raw<readonly string[]>([]);
  #testCorpusId = $state<number | null>(null);
  /** Labels of the other corpus that are mapped by hand. */
  #map = $state.raw<Readonly<Record<string, string | null>>>({});

  readonly speakers = $derived(app.corpus?.speakers.filter(({ clips }) => clips > 0) ?? []);
  /** Speakers held out that the open corpus has. */
  readonly named = $derived(
    this.heldOut.filter((name) => this.speakers.some(({ speaker }) => speaker === name)),
  );
  readonly folds = $derived(wholeNumber(this.foldsText, 2, MOST_FOLDS));
  readonly share = $derived(numberBetween(this.shareText, 0, 1));
  readonly labels = $derived(
    app.corpus?.labels.filter(({ clips }) => clips > 0).map(({ label }) => label) ?? [],
  );

  /** Corpora that a cross-corpus run can be tested on. */
  readonly others = $derived(app.corpora.filter(({ corpusId }) => corpusId !== app.corpusId));
  readonly testCorpus = $derived(
    this.others.find(({ corpusId }) => corpusId === this.#testCorpusId) ?? this.others[0] ?? null,
  );
  readonly matches = $derived<readonly LabelMatch[]>(
    labelMapOf(
      this.testCorpus?.labels.filter(({ clips }) => clips > 0) ?? [],
      this.labels,
      this.#map,
      labelSets.of(app.corpusId),
      labelSets.of(this.testCorpus?.corpusId ?? null),
    ),
  );

  /** Folds that it will make. */
  readonly count = $derived(this.foldsOf(this.name));

  readonly spec = $derived.by((): SplitSpec | null => {
    const parsed = splitSpecSchema.safeParse(this.#asked());
    return parsed.success ? parsed.data : null;
  });

  /** Why it cannot be used on the open corpus; null where it can. */
  readonly blocked = $derived.by((): string | null => {
    const speakers = this.speakers.length;
    const named = `this corpus names ${speakers === 0 ? 'none' : speakers === 1 ? 'one' : String(speakers)}`;
    const clips = (app.corpus?.clips ?? 0) - (app.corpus?.unlabelled ?? 0);
    switch (this.name) {
      case 'loso':
        return speakers < 2 ? `Leaving one speaker out needs two speakers or more; ${named}.` : null;
      case 'grouped-k-fold':
        if (this.folds === null) return `Folds: a whole number from 2 to ${MOST_FOLDS}.`;
        return speakers < this.folds ? `${this.folds} groups need as many speakers; ${named}.` : null;
      case 'hold-out-speakers':
        if (speakers < 2) return `Holding speakers out needs two speakers or more; ${named}.`;
        if (this.named.length === speakers) return 'Leave at least one speaker to train on.';
        return this.named.length === 0 && this.share === null ? 'Share: a number between 0 and 1.' : null;
      case 'random-k-fold':
        if (this.folds === null) return `Folds: a whole number from 2 to ${MOST_FOLDS}.`;
        return clips < this.folds ? `${this.folds} folds need as many labelled clips.` : null;
      case 'random':
        if (this.share === null) return 'Share: a number between 0 and 1.';
        return clips < FEWEST_CLIPS ? `Training needs ${FEWEST_CLIPS} labelled clips or more.` : null;
      case 'cross-corpus':
        if (this.testCorpus === null) return 'Open another corpus to test on it.';
        return this.matches.every(({ to }) => to === null)
          ? `No label of ${this.testCorpus.name} is matched to one of this corpus.`
          : null;
    }
  });

  /** Folds a split would make on the open corpus. */
  foldsOf(name: SplitName): number {
    if (name === 'loso') return this.speakers.length;
    if (name === 'grouped-k-fold' || name === 'random-k-fold') return this.folds ?? 0;
    return 1;
  }

  testOn(corpusId: number): void {
    this.#testCorpusId = corpusId;
    this.#map = {};
  }

  match(from: string, to: string | null): void {
    this.#map = { ...this.#map, [from]: to };
  }

  toggleSpeaker(speaker: string): void {
    this.heldOut = this.named.includes(speaker)
      ? this.named.filter((other) => other !== speaker)
      : [...this.named, speaker];
  }

  /** Takes over another run's split. */
  adopt(spec: SplitSpec): void {
    this.name = spec.name;
    if ('folds' in spec) this.foldsText = String(spec.folds);
    if ('share' in spec) this.shareText = String(spec.share);
    if ('speakers' in spec) this.heldOut = spec.speakers;
    if (spec.name === 'cross-corpus') {
      this.#testCorpusId = spec.testCorpusId;
      this.#map = spec.labelMap;
    }
  }

  /** The next of the splits, around; returns its name. */
  step(by: 1 | -1): SplitName {
    const at = SPLIT_NAMES.indexOf(this.name) + by;
    this.name = SPLIT_NAMES[(at + SPLIT_NAMES.length) % SPLIT_NAMES.length]!;
    return this.name;
  }

  #asked(): unknown {
    const { name, folds, share } = this;
    switch (name) {
      case 'loso':
        return { name };
      case 'grouped-k-fold':
      case 'random-k-fold':
        return { name, folds };
      case 'hold-out-speakers':
        return { name, speakers: [...this.named], ...(share === null ? {} : { share }) };
      case 'random':
        return { name, share };
      case 'cross-corpus':
        return {
          name,
          testCorpusId: this.testCorpus?.corpusId,
          labelMap: Object.fromEntries(this.matches.map(({ from, to }) => [from, to])),
        };
    }
  }
}

export const chosenSplit = new ChosenSplit();
