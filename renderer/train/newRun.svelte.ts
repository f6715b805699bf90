// The form of the next run: what is chosen, whether it can start, and why not.
import { CLASSIC_RECIPE } from '../../shared/recipe/recipe.ts';
import type { BackendName, RunSummary, StartRunInput } from '../../shared/contract/schemas.ts';
import { app } from '../state/app.svelte.ts';
import { engine } from '../state/engine.svelte.ts';
import { formatDuration, formatRate, plural } from '../ui/format.ts';
import { runs } from './runs.svelte.ts';
import { paceOf, wholeNumber } from './words.ts';

const MOST_EPOCHS = 10_000;
const LAST_SEED = 2_147_483_647;
/** Fewest labelled clips a random split can divide. */
const FEWEST_CLIPS = 5;

/** The splits of the form. */
export type OfferedSplit = 'loso' | 'random';

class NewRun {
  split = $state<OfferedSplit>('loso');
  epochsText = $state(String(CLASSIC_RECIPE.training.epochs));
  seedText = $state('1');
  #backend = $state<BackendName | null>(null);
  starting = $state(false);
  error = $state.raw<unknown>(null);

  readonly recipe = CLASSIC_RECIPE;
  readonly epochs = $derived(wholeNumber(this.epochsText, 1, MOST_EPOCHS));
  readonly seed = $derived(wholeNumber(this.seedText, 0, LAST_SEED));
  readonly hasNative = $derived(engine.info !== null && engine.info.nativeMissing === null);
  readonly backend = $derived<BackendName>(
    this.hasNative ? (this.#backend ?? engine.info?.backend ?? 'wasm') : 'wasm',
  );
  /** Folds that leaving one speaker out makes. */
  readonly speakers = $derived(app.corpus?.speakers.filter(({ clips }) => clips > 0).length ?? 0);
  readonly folds = $derived(this.split === 'loso' ? this.speakers : 1);

  readonly epochsError = $derived(
    this.epochs === null ? `Epochs: a whole number from 1 to ${MOST_EPOCHS.toLocaleString('en-GB')}.` : null,
  );
  readonly seedError = $derived(this.seed === null ? 'Seed: a whole number from 0 to 2,147,483,647.' : null);

  /** Why it cannot start; null when it can. */
  readonly blocked = $derived.by((): string | null => {
    const { corpus } = app;
    if (!engine.ready) return 'The engine is not ready yet.';
    if (corpus === null) return 'No corpus is open.';
    if (corpus.clips === 0) return 'This corpus has no readable clip.';
    const labels = corpus.labels.filter(({ clips }) => clips > 0);
    if (labels.length === 0) return 'No clip has a label yet: set some in the Label room.';
    if (labels.length === 1)
      return `All labelled clips are “${labels[0]!.label}”: training needs two labels or more.`;
    if (this.split === 'loso' && this.speakers < 2) {
      return `Leaving one speaker out needs two speakers or more; this corpus names ${this.speakers === 0 ? 'none' : 'one'}.`;
    }
    if (corpus.clips - corpus.unlabelled < FEWEST_CLIPS)
      return `Training needs ${FEWEST_CLIPS} labelled clips or more.`;
    return this.epochsError ?? this.seedError;
  });

  /** What starting now would mean: its place in the queue and its length by the pace of an earlier run. */
  readonly outlook = $derived.by((): string => {
    if (this.epochs === null) return '';
    const before = runs.active.at(0);
    const queue = before ? `Waits for run ${before.runId}. ` : '';
    const like = runs.list.find(
      (run) => run.state === 'done' && run.backend === this.backend && run.split === this.split,
    );
    const seconds = like ? paceOf(like, this.epochs * this.folds) : null;
    if (seconds !== null)
      return `${queue}About ${formatDuration(seconds)}${before ? '' : `, at run ${like!.runId}’s pace`}.`;
    return `${queue}${plural(this.folds, 'fold')} of ${plural(this.epochs, 'epoch')}.`;
  });

  /** What a random split overstated on this corpus, where both were run alike; null before that. */
  readonly overstated = $derived.by((): string | null => {
    for (const random of runs.list) {
      if (random.split !== 'random' || random.state !== 'done' || random.uar === null) continue;
      const loso = runs.list.find(
        (run) =>
          run.split === 'loso' &&
          run.state === 'done' &&
          run.recipe === random.recipe &&
          run.epochs === random.epochs,
      );
      if (loso === undefined || loso.uar === null || random.uar <= loso.uar) continue;
      return `UAR read ${formatRate(random.uar - loso.uar)} higher here (run ${random.runId} against ${loso.runId}).`;
    }
    return null;
  });

  choose(backend: BackendName): void {
    this.#backend = backend;
  }

  /** Fills the form with what another run had. */
  adopt(run: RunSummary): void {
    this.split = run.split === 'random' ? 'random' : 'loso';
    this.epochsText = String(run.epochs);
    this.seedText = String(run.seed);
    this.#backend = run.backend;
  }

  /** Starts the run that the form describes. */
  async start(): Promise<void> {
    if (this.blocked !== null || this.starting || app.corpusId === null) return;
    const input: StartRunInput = {
      corpusId: app.corpusId,
      recipe: this.recipe.name,
      split: this.split,
      seed: this.seed!,
      epochs: this.epochs!,
      backend: this.backend,
    };
    this.starting = true;
    this.error = null;
    try {
      await runs.start(input);
    } catch (error) {
      this.error = error;
    } finally {
      this.starting = false;
    }
  }
}

export const newRun = new NewRun();
